import http2 from 'node:http2';
import { duplexPair } from 'node:stream';
import grpc from '@grpc/grpc-js';
import type { Reply } from './reply.ts';

/** HTTP/2 headers without the pseudo ones. */
export type PlainHeaders = Record<string, string | string[]>;

/** Large enough that a list of 20,000 keys needs no window updates on its way. */
const window = 64 * 1024 * 1024;

/**
 * The way from the front to the real gRPC server behind it: one HTTP/2 session inside the process,
 * on no port.
 */
export class Upstream {
  readonly #server: grpc.Server;
  readonly #session: http2.ClientHttp2Session;

  /** @param server a server that is bound to no port */
  constructor(server: grpc.Server) {
    const [near, far] = duplexPair();
    this.#server = server;
    server.createConnectionInjector(grpc.ServerCredentials.createInsecure()).injectConnection(far);
    this.#session = http2.connect('http://emulator', {
      createConnection: () => near,
      maxSessionMemory: 1024,
      settings: { initialWindowSize: window, enablePush: false },
    });
    this.#session.on('connect', () => {
      this.#session.setLocalWindowSize(window);
    });
    // Only stop() ends this session, and then nobody waits for its streams.
    this.#session.on('error', () => undefined);
  }

  /**
   * Makes one unary call.
   *
   * @param path    as in `:path`
   * @param headers the request's headers
   * @param body    the request's message with gRPC's five bytes before it
   */
  call(path: string, headers: PlainHeaders, body: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const stream = this.open(path, headers);
      const chunks: Buffer[] = [];
      let head: PlainHeaders = {};
      let trailers: PlainHeaders | undefined;
      stream.on('response', (received) => (head = plain(received)));
      stream.on('trailers', (received: http2.IncomingHttpHeaders) => (trailers = plain(received)));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('close', () => {
        resolve({ headers: head, body: Buffer.concat(chunks), trailers });
      });
      stream.end(body);
    });
  }

  /** Opens a stream to the server; the caller reads and writes it. */
  open(path: string, headers: PlainHeaders): http2.ClientHttp2Stream {
    return this.#session.request({ ...headers, ':method': 'POST', ':path': path });
  }

  /** Ends everything at once. */
  stop(): void {
    this.#session.destroy();
    this.#server.forceShutdown();
  }
}

/** Headers as they can be sent on: without the pseudo ones, and without those of this hop. */
export function plain(headers: http2.IncomingHttpHeaders): PlainHeaders {
  const kept: PlainHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':') && name !== 'date') kept[name] = value;
  }
  return kept;
}
