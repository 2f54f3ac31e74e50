import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Authority } from './certificates.ts';

/** How the port is protected: well, not at all, or in one of the ways that a client must refuse. */
export type TlsKind = 'trusted' | 'plain' | 'expired' | 'not-yet-valid' | 'wrong-name' | 'tls1.1';

/** What the listener needs. */
export interface ListenerOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls: TlsKind;
  /** Host names that a good certificate is for, besides those of loopback. */
  readonly extraNames: readonly string[];
  /** Who signs the certificate. */
  readonly authority: Authority;
  /** A connection was accepted; gives its number. Called before any handshake. */
  readonly connected: () => number;
  /** Serves a connection that is ready for HTTP/2. */
  readonly serve: (socket: Socket, connection: number) => void;
}

/** A port that is listened on. */
export interface Listener {
  readonly port: number;
  /** Ends the port, and every connection on it, at once. */
  stop(): Promise<void>;
}

/** Opens the port. Rejects when it cannot be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const sockets = new Set<Socket>();
  const numbers = new Map<string, number>();
  const serve = (socket: Socket): void => {
    options.serve(socket, numbers.get(addressOf(socket)) ?? 0);
  };
  const encryption = await createEncryption(options, serve);
  const server = createServer((socket) => {
    const address = addressOf(socket);
    sockets.add(socket);
    numbers.set(address, options.connected());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      numbers.delete(address);
    });
    if (encryption === undefined) serve(socket);
    else encryption.emit('connection', socket);
  });
  return openServer(server, options, sockets);
}

/**
 * Lets a server listen.
 *
 * @param server  the server
 * @param options where; port 0 for any free one
 * @param sockets the connections on it at any time
 */
export async function openServer(
  server: Server,
  { host, port }: Pick<ListenerOptions, 'host' | 'port'>,
  sockets: { values(): Iterable<Socket> },
): Promise<Listener> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets.values()) socket.destroy();
      }),
  };
}

/** A TLS server that listens nowhere: connections are handed to it. Undefined for plain text. */
async function createEncryption(
  { tls, authority, extraNames }: ListenerOptions,
  serve: (socket: Socket) => void,
): Promise<Server | undefined> {
  if (tls === 'plain') return undefined;
  const kind = tls === 'trusted' || tls === 'tls1.1' ? 'good' : tls;
  const { key, certificate } = await authority.issue(kind, extraNames);
  // OpenSSL speaks versions this old only at its lowest security level.
  const old = {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  } as const;
  const server = createTlsServer(
    { key, cert: certificate, ALPNProtocols: ['h2'], ...(tls === 'tls1.1' ? old : {}) },
    (socket) => {
      if (socket.alpnProtocol === 'h2') serve(socket);
      else socket.destroy();
    },
  );
  // A client that refuses the certificate is what the bad ones are for.
  server.on('tlsClientError', () => undefined);
  return server;
}

const addressOf = (socket: Socket): string => `${socket.remoteAddress}:${socket.remotePort}`;
