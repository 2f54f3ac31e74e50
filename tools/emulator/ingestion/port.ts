import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Authority } from '../certificates.ts';
import { openServer, type Listener, type TlsKind } from '../listener.ts';
import { createHttpServers, type Exchange } from './exchange.ts';

/** How the port is protected. */
export type IngestionTls = Exclude<TlsKind, 'tls1.1'>;

/** What the port needs. */
export interface PortOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly tls: IngestionTls;
  /** Host names that a good certificate is for, besides those of loopback. */
  readonly extraNames: readonly string[];
  /** Who signs the certificate. */
  readonly authority: Authority;
  /** Serves a request. */
  readonly serve: (exchange: Exchange) => void;
}

/** What HTTP/2 begins with; no request in HTTP/1.1 begins with these two letters. */
const prefaceBegin = 'PR';

/**
 * Opens a port that speaks HTTP/1.1 and HTTP/2, as an ingress does: senders over gRPC need the one,
 * most senders over HTTP the other. With TLS they say which by ALPN, without it by what they send.
 * Rejects when the port cannot be had.
 */
export async function openPort(options: PortOptions): Promise<Listener> {
  const connections = new Map<string, Socket>();
  const route = createHttpServers(options.serve, (socket) => {
    // Not the socket of the request, which may be the encrypted one: only TCP has resets.
    connections.get(addressOf(socket))?.resetAndDestroy();
  });
  const accept =
    options.tls === 'plain'
      ? (socket: Socket) => readBegin(socket, (isHttp2) => route(socket, isHttp2))
      : await createEncryption(options.tls, options, route);

  const server = createServer((socket) => {
    const address = addressOf(socket);
    connections.set(address, socket);
    // Callers vanish and break off at will: that is their business, and not an error of ours.
    socket.on('error', () => undefined);
    socket.on('close', () => connections.delete(address));
    accept(socket);
  });
  return openServer(server, options, connections);
}

/** A TLS server that listens nowhere: connections are handed to it. */
async function createEncryption(
  tls: Exclude<IngestionTls, 'plain'>,
  { authority, extraNames }: PortOptions,
  route: (socket: Socket, isHttp2: boolean) => void,
): Promise<(socket: Socket) => void> {
  const { key, certificate } = await authority.issue(tls === 'trusted' ? 'good' : tls, extraNames);
  const server = createTlsServer(
    { key, cert: certificate, ALPNProtocols: ['h2', 'http/1.1'] },
    (socket) => {
      socket.on('error', () => undefined);
      route(socket, socket.alpnProtocol === 'h2');
    },
  );
  // A client that refuses the certificate is what the bad ones are for.
  server.on('tlsClientError', () => undefined);
  return (socket) => {
    server.emit('connection', socket);
  };
}

/** Waits for the first bytes of a connection, and puts them back. */
function readBegin(socket: Socket, then: (isHttp2: boolean) => void): void {
  socket.once('data', (begin: Buffer) => {
    socket.pause();
    socket.unshift(begin);
    const isHttp2 = begin.subarray(0, prefaceBegin.length).toString('latin1') === prefaceBegin;
    then(isHttp2);
    // Node's server of HTTP/1.1 leaves a connection paused that it was given so.
    if (!isHttp2) process.nextTick(() => socket.resume());
  });
}

const addressOf = (socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): string =>
  `${socket.remoteAddress}:${socket.remotePort}`;
