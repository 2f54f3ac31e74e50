import http2 from 'node:http2';
import { duplexPair } from 'node:stream';
import grpc from '@grpc/grpc-js';
import type { Reply } from './reply.ts';

/** Large enough that a list of 20,000 keys needs no window updates on its way. */
const window = 64 * 1024 * 1024;

/**
 * The way from the fault proxy to the real gRPC server behind it: one HTTP/2 session inside the process,
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
  call(path: string, headers: http2.OutgoingHttpHeaders, body: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const stream = this.open(path, headers);
      const chunks: Buffer[] = [];
      let head: http2.OutgoingHttpHeaders = {};
      let trailers: http2.OutgoingHttpHeaders | undefined;
      stream.on('response', (received) => (head = responseHeaders(received)));
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
  open(path: string, headers: http2.OutgoingHttpHeaders): http2.ClientHttp2Stream {
    return this.#session.request({ ...headers, ':method': 'POST', ':path': path });
  }

  /** Ends everything at once. */
  stop(): void {
    this.#session.destroy();
    this.#server.forceShutdown();
  }
}

/** Headers as they can be sent on: without the pseudo ones, and without those of this hop. */
export function plain(headers: http2.IncomingHttpHeaders): http2.OutgoingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !name.startsWith(':') && name !== 'date'),
  );
}

/** As {@link plain}, with the HTTP status. */
export function responseHeaders(headers: http2.IncomingHttpHeaders): http2.OutgoingHttpHeaders {
  return { ':status': Number(headers[':status']), ...plain(headers) };
}
