import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { HttpAnswer } from './http.ts';

/** A request in HTTP/1.1 or HTTP/2, and the way to answer it. */
export interface Exchange {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
  /** The request's stream in HTTP/2, for an answer that is more than HTTP; undefined in HTTP/1.1. */
  readonly stream: ServerHttp2Stream | undefined;
  /** Answers in HTTP; does nothing when the caller is gone. */
  answer(answer: HttpAnswer): void;
  /** Resets the connection that it came on, with all that is on it. */
  resetConnection(): void;
}

/**
 * Two servers that listen nowhere, for HTTP/1.1 and for HTTP/2.
 *
 * @param serve serves a request
 * @param reset resets what lies under a request's socket
 * @returns what gives a connection to one of them
 */
export function createHttpServers(
  serve: (exchange: Exchange) => void,
  reset: (socket: Socket) => void,
): (socket: Socket, isHttp2: boolean) => void {
  // A connection is kept for as long as its caller likes: a server that ends idle ones would cut some
  // off on which a request is on its way.
  const http1 = createHttpServer({ keepAliveTimeout: 0 }, (request, response) => {
    serve({
      ...target(request.method, request.url),
      headers: request.headers,
      body: request,
      stream: undefined,
      answer: ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      resetConnection: () => reset(request.socket),
    });
  });
  const http2 = createHttp2Server().on('stream', (stream, headers) => {
    // A caller that breaks off is no error of ours.
    stream.on('error', () => undefined);
    serve({
      ...target(headers[':method'], headers[':path']),
      headers,
      body: stream,
      stream,
      answer: ({ status, headers: answered, body }) => {
        if (stream.destroyed || stream.closed) return;
        stream.respond({ ...answered, ':status': status });
        stream.end(body);
      },
      resetConnection: () => {
        if (stream.session !== undefined) reset(stream.session.socket);
      },
    });
  });
  return (socket, isHttp2) => {
    (isHttp2 ? http2 : http1).emit('connection', socket);
  };
}

function target(method = 'GET', url = '/'): { readonly method: string; readonly path: string } {
  return { method, path: url.split('?', 1)[0] ?? url };
}
