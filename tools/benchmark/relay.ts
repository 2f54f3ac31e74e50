import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A connection that went through the relay. */
export interface RelayedConnection {
  /**
   * How often the client had to wait for the other side, one message after the other: the one for
   * TCP included, those that overlap counted once.
   */
  readonly roundTrips: number;
}

/** A relay that stands in for a long way. */
export interface Relay {
  readonly port: number;
  /** All connections since the last {@link Relay.clear}. */
  readonly connections: readonly RelayedConnection[];
  /** Forgets the connections so far. */
  clear(): void;
  /** Ends the port and all connections. */
  stop(): Promise<void>;
}

/**
 * Starts a TCP relay on loopback that takes its time, the same each way.
 *
 * @param port    where to pass everything on to, on loopback
 * @param delayMs how long everything takes each way
 */
export async function startRelay(port: number, delayMs: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let connections: RelayedConnection[] = [];
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const service = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    connections.push(relay(client, service, delayMs));
    for (const socket of [client, service]) {
      socket.setNoDelay();
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    clear: () => {
      connections = [];
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/**
 * Passes on what both sides send. Each side knows of how many round trips it has seen the end; all
 * that it sends carries that number. What the client gets is one more than what the service knew
 * when it sent it.
 */
function relay(client: Socket, service: Socket, delayMs: number): RelayedConnection {
  // The kernel has answered the client already. That answer would have taken one round trip, so the
  // client's first words are held back for as long.
  const known = { client: 1, service: 0 };
  const toService = lane(delayMs, 2 * delayMs);
  const toClient = lane(delayMs, 0);
  client.on('data', (bytes: Buffer) => {
    const seen = known.client;
    toService(() => {
      known.service = Math.max(known.service, seen);
      service.write(bytes);
    });
  });
  service.on('data', (bytes: Buffer) => {
    const seen = known.service + 1;
    toClient(() => {
      // What still comes to a client that has ended is no answer that it waited for.
      if (!client.readableEnded) known.client = Math.max(known.client, seen);
      client.write(bytes);
    });
  });
  client.on('end', () => {
    toService(() => service.end());
  });
  service.on('end', () => {
    toClient(() => client.end());
  });
  client.on('close', () => {
    toService(() => {
      service.destroySoon();
    });
  });
  service.on('close', () => {
    toClient(() => {
      client.destroySoon();
    });
  });
  client.on('error', () => undefined);
  service.on('error', () => undefined);
  return {
    get roundTrips() {
      return known.client;
    },
  };
}

/**
 * One direction: does what it is given so many milliseconds later, in the same order.
 *
 * @param delayMs  how much later
 * @param closedMs how long from now nothing sets out at all
 */
function lane(delayMs: number, closedMs: number): (arrive: () => void) => void {
  const opens = performance.now() + closedMs;
  const underWay: { readonly due: number; readonly arrive: () => void }[] = [];
  // One timer for all: several, of different lengths, overtake each other.
  const next = (): void => {
    for (let [first] = underWay; first !== undefined; [first] = underWay) {
      const wait = first.due - performance.now();
      if (wait > 0) {
        setTimeout(next, wait);
        return;
      }
      underWay.shift();
      first.arrive();
    }
  };
  return (arrive) => {
    underWay.push({ due: Math.max(opens, performance.now()) + delayMs, arrive });
    if (underWay.length === 1) next();
  };
}
