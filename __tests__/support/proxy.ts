import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterAll } from '@jest/globals';

/** What a proxy does with a CONNECT. */
export type ProxyConduct =
  /** Leads every connection to a port of this machine: to one whatever was asked for, or by `host:port`. */
  | {
      readonly kind: 'lead to';
      readonly port: number | ((target: string) => number);
      readonly credentials?: string;
    }
  /** Answers with a status, and ends. */
  | { readonly kind: 'answer'; readonly status: number }
  /** Takes the connection, and says nothing. */
  | { readonly kind: 'stay silent' }
  /** Takes the connection, and cuts it. */
  | { readonly kind: 'hang up' };

/** A CONNECT that a proxy was sent. */
export interface Connect {
  /** `host:port`. */
  readonly target: string;
  /** The decoded `user:password`; undefined when none was sent. */
  readonly credentials: string | undefined;
}

/** A proxy on loopback that ends with the test file. */
export interface TestProxy {
  /** `127.0.0.1:PORT`. */
  readonly authority: string;
  /** What it was asked for, in order. */
  readonly connects: readonly Connect[];
}

const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Starts a proxy. */
export async function startProxy(conduct: ProxyConduct): Promise<TestProxy> {
  const connects: Connect[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    if (conduct.kind === 'hang up') socket.destroy();
  });
  server.on('connect', (request, socket: Socket, head: Buffer) => {
    const credentials = credentialsOf(request);
    connects.push({ target: request.url ?? '', credentials });
    if (conduct.kind === 'answer') {
      socket.end(`HTTP/1.1 ${conduct.status} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    if (conduct.kind !== 'lead to') return;
    if (conduct.credentials !== undefined && credentials !== conduct.credentials) {
      socket.end('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="proxy"\r\n\r\n');
      return;
    }
    const { port } = conduct;
    const near = typeof port === 'number' ? port : port(request.url ?? '');
    const far = connect(near, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      far.write(head);
      far.pipe(socket);
      socket.pipe(far);
    });
    sockets.add(far);
    far.on('error', () => socket.destroy());
    socket.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { authority: `127.0.0.1:${(server.address() as AddressInfo).port}`, connects };
}

function credentialsOf({ headers }: IncomingMessage): string | undefined {
  const [scheme, encoded = ''] = (headers['proxy-authorization'] ?? '').split(' ');
  return scheme === 'Basic' ? Buffer.from(encoded, 'base64').toString('utf8') : undefined;
}
