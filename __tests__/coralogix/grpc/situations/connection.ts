import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { once } from 'node:events';
import {
  brief,
  early,
  late,
  listen,
  maybe,
  never,
  type Arrange,
  type Bench,
  type Rows,
  type Situation,
} from './situation.ts';

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A host that does this with each connection, called in plain text unless said otherwise. */
export function host(serve: (socket: Socket) => void, how: Partial<Situation> = {}): Arrange {
  return async (bench) => ({
    target: `127.0.0.1:${await listen(createServer(serve), bench)}`,
    ca: undefined,
    ...how,
  });
}

/** Does something once the other side has said a word. */
const whenSpokenTo =
  (serve: (socket: Socket) => void) =>
  (socket: Socket): void => {
    socket.once('data', () => {
      serve(socket);
    });
  };

/** A web server of the usual kind, as Node has it. */
function http1(): Arrange {
  return async (bench) => {
    const server = createHttpServer((_request, response) => response.end('<html>'));
    return { target: `127.0.0.1:${await listen(server, bench)}`, ca: undefined };
  };
}

/** What the web servers of others answer to the preface of HTTP/2. */
const page = (head: string): string =>
  `${head}\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html></html>`;
const answering = (head: string): Arrange => host(whenSpokenTo((socket) => socket.end(page(head))));

/**
 * A host whose queue of connections is full: what comes then is not answered. If a connection still
 * gets in, it is as silent.
 */
async function unaccepting({ cleanUp }: Bench): Promise<Situation> {
  const program = `
    const { parentPort } = require('node:worker_threads');
    const server = require('node:net').createServer();
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
    });
  `;
  const worker = new Worker(program, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const fillers = Array.from({ length: 4 }, () => connect(port, '127.0.0.1'));
  for (const filler of fillers) filler.on('error', () => undefined);
  await Promise.race(fillers.map((filler) => once(filler, 'connect')));
  cleanUp(async () => {
    for (const filler of fillers) filler.destroy();
    await worker.terminate();
  });
  return { target: `127.0.0.1:${port}`, ca: undefined, deadlineMs: brief };
}

const noHttp2 = /Last error: Protocol error \(/u;
// Which of these it is depends on who of both is faster.
const hungUp = /Last error: (?:Failed to connect \(|(?:Error: )?\w+ E(?:CONNRESET|PIPE))/u;
const clientError =
  /^Received RST_STREAM with code 2 triggered by internal client error: Protocol/u;

/** What ends a call before a connection stands. */
export const connectionRows = {
  'nobody listens': never(
    async () => ({ target: `127.0.0.1:${await deadPort()}`, ca: undefined }),
    'refused',
    /^No connection established\. .*ECONNREFUSED/u,
  ),
  'an unknown host': never(
    () => Promise.resolve({ target: 'api.nowhere.invalid:443', ca: undefined }),
    'dns',
    /^Name resolution failed for target dns:/u,
  ),
  'a host that takes no connection': never(unaccepting, 'timeout', late, {
    status: 'DEADLINE_EXCEEDED',
  }),
  'silence before the settings': never(
    host(() => undefined, { deadlineMs: brief }),
    'timeout',
    late,
    { status: 'DEADLINE_EXCEEDED' },
  ),
  'a host that hangs up': never(
    host((socket) => socket.end()),
    'unreachable',
    hungUp,
  ),
  'a host that resets the connection': never(
    host((socket) => socket.resetAndDestroy()),
    'unreachable',
    hungUp,
  ),
  'a host that hangs up when it is spoken to': never(
    host(whenSpokenTo((socket) => socket.end())),
    'unreachable',
    hungUp,
  ),
  'a host that resets the connection when it is spoken to': never(
    host(whenSpokenTo((socket) => socket.resetAndDestroy())),
    'unreachable',
    hungUp,
  ),
  'a web server of Node': never(http1(), 'not_grpc', noHttp2, { reason: 'http1' }),
  'an answer in HTTP/1.1': never(answering('HTTP/1.1 400 Bad Request'), 'not_grpc', noHttp2, {
    reason: 'http1',
  }),
  'an answer in HTTP/1.0': never(
    answering('HTTP/1.0 505 HTTP Version Not Supported'),
    'not_grpc',
    noHttp2,
    { reason: 'http1' },
  ),
  'a host that speaks SMTP': never(
    host((socket) => socket.write('220 mail.example.com ESMTP\r\n')),
    'not_grpc',
    noHttp2,
    { reason: 'http1' },
  ),
  'an early request to a web server of Node': early(
    maybe(http1(), 'not_grpc', 'INTERNAL', clientError, { reason: 'http1' }),
  ),
  'an early request, and an answer in HTTP/1.1': early(
    maybe(answering('HTTP/1.1 400 Bad Request'), 'not_grpc', 'INTERNAL', clientError, {
      reason: 'http1',
    }),
  ),
  'an early request to a host that hangs up': early(
    maybe(
      host(whenSpokenTo((socket) => socket.end())),
      'dropped',
      'UNAVAILABLE',
      /^Connection dropped$/u,
    ),
  ),
  'an early request, and no settings': early(
    maybe(
      host(() => undefined, { deadlineMs: brief }),
      'timeout',
      'DEADLINE_EXCEEDED',
      late,
    ),
  ),
  'settings, and the end at once': maybe(
    async (bench) => {
      const server = createHttp2Server();
      server.on('session', (session) => {
        session.close();
      });
      return { target: `127.0.0.1:${await listen(server, bench)}`, ca: undefined };
    },
    'dropped',
    'UNAVAILABLE',
    /^Stream refused by server$/u,
  ),
} as const satisfies Rows;
