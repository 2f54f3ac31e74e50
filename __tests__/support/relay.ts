import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll } from '@jest/globals';

/** A way to a port of this machine that can be cut. It ends with the test file. */
export interface Relay {
  readonly port: number;
  /** Cuts all connections that are open. New ones are let through. */
  cut(): void;
}

const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Starts a relay to a port on loopback. */
export async function startRelay(to: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  ends.push(async () => {
    cut();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, cut };
}
