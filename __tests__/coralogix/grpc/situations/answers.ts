import {
  createServer as createHttp2Server,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { statusCodes, type StatusName } from '../../../../src/coralogix/status.ts';
import type { Cause } from '../../../../src/coralogix/transport.ts';
import {
  brief,
  late,
  listen,
  maybe,
  short,
  type Arrange,
  type Row,
  type Rows,
} from './situation.ts';
import { fault } from './streams.ts';

/** A server of HTTP/2 that answers every call like this. */
function answering(
  answer: (stream: ServerHttp2Stream, socket: Socket | undefined) => void,
  deadlineMs?: number,
): Arrange {
  return async (bench) => {
    const server = createHttp2Server();
    let socket: Socket | undefined;
    server.on('connection', (each: Socket) => {
      socket = each;
    });
    server.on('stream', (stream) => {
      stream.on('error', () => undefined);
      answer(stream, socket);
    });
    const target = `127.0.0.1:${await listen(server, bench)}`;
    return { target, ca: undefined, ...(deadlineMs === undefined ? {} : { deadlineMs }) };
  };
}

const grpc = { 'content-type': 'application/grpc' };

/** A server that says all in one frame. */
const headersOnly = (headers: OutgoingHttpHeaders): Arrange =>
  answering((stream) => {
    stream.respond({ ...grpc, ...headers }, { endStream: true });
  });

/** A server that begins an answer, and then does this. */
const begun = (
  end: (stream: ServerHttp2Stream, socket: Socket | undefined) => void,
  deadlineMs?: number,
): Arrange =>
  answering((stream, socket) => {
    stream.respond(grpc);
    stream.write(Buffer.from([0, 0, 0, 0, 9]), () => {
      end(stream, socket);
    });
  }, deadlineMs);

/** A server that answers with one message, compressed in this way. */
const compressed = (encoding: string, bytes: Buffer): Arrange =>
  answering((stream) => {
    stream.respond({ ...grpc, 'grpc-encoding': encoding }, { waitForTrailers: true });
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': '0' });
    });
    const head = Buffer.alloc(5);
    head.writeUInt8(1);
    head.writeUInt32BE(bytes.length, 1);
    stream.end(Buffer.concat([head, bytes]));
  });

/** What each HTTP status becomes: gRPC's by grpc-js, and the cause. */
const gateways: readonly (readonly [number, StatusName, Cause])[] = [
  [302, 'UNKNOWN', 'gateway_error'],
  [400, 'INTERNAL', 'gateway_refusal'],
  [401, 'UNAUTHENTICATED', 'gateway_auth'],
  [403, 'PERMISSION_DENIED', 'gateway_auth'],
  [404, 'UNIMPLEMENTED', 'gateway_refusal'],
  [405, 'UNKNOWN', 'gateway_refusal'],
  [407, 'UNKNOWN', 'gateway_auth'],
  [408, 'UNKNOWN', 'gateway_busy'],
  [413, 'UNKNOWN', 'gateway_refusal'],
  [421, 'UNKNOWN', 'gateway_refusal'],
  [429, 'UNAVAILABLE', 'gateway_limit'],
  [431, 'UNKNOWN', 'gateway_refusal'],
  [451, 'UNKNOWN', 'gateway_refusal'],
  [499, 'UNKNOWN', 'gateway_busy'],
  [500, 'UNKNOWN', 'gateway_error'],
  [501, 'UNKNOWN', 'gateway_error'],
  [502, 'UNAVAILABLE', 'gateway_busy'],
  [503, 'UNAVAILABLE', 'gateway_busy'],
  [504, 'UNAVAILABLE', 'gateway_busy'],
  [505, 'UNKNOWN', 'gateway_error'],
  [511, 'UNKNOWN', 'gateway_error'],
];

const gatewayRows = Object.fromEntries(
  gateways.flatMap(([status, name, cause]): readonly (readonly [string, Row])[] => {
    const words = new RegExp(`^Received HTTP status code ${status}$`, 'u');
    const page = { kind: 'http-status', status, body: '<html><body>No</body></html>' } as const;
    return [
      [`HTTP ${status} with a page`, maybe(fault(page), cause, name, words, { commits: 0 })],
      [
        `HTTP ${status} with nothing`,
        maybe(headersOnly({ ':status': status }), cause, name, words),
      ],
    ];
  }),
);

/** Texts that come with status 200, of which the transport takes the first letters for a length. */
const pages = ['<html>', '<!DOCTYPE html>', '\n<html>', '{"error":1}', 'HTTP/1.1 400 Bad'];
const pageRows = Object.fromEntries(
  pages.map((body): readonly [string, Row] => [
    `the text ${JSON.stringify(body)}`,
    maybe(
      fault({ kind: 'http-status', status: 200, body }),
      'not_grpc',
      'RESOURCE_EXHAUSTED',
      /^Received message larger than max \(\d+ vs \d+\)$/u,
      { commits: 0, reason: 'web_page' },
    ),
  ]),
);

const noStatus = /^Received RST_STREAM with code 0 /u;

const statusRows = Object.fromEntries(
  (Object.keys(statusCodes) as StatusName[])
    .filter((name) => name !== 'OK')
    .map((name): readonly [string, Row] => [
      `the status ${name}`,
      // Words of the transport within the service's own are the service's.
      maybe(
        fault({ kind: 'status', code: statusCodes[name], message: 'it said: Connection dropped' }),
        'status',
        name,
        /^it said: Connection dropped$/u,
        { commits: 0 },
      ),
    ]),
);

/** What a call is answered with that is no reply. */
export const answerRows = {
  ...gatewayRows,
  ...pageRows,
  ...statusRows,
  'a text too short for a length': maybe(
    fault({ kind: 'http-status', status: 200, body: 'ok' }),
    'not_grpc',
    'INTERNAL',
    noStatus,
    { commits: 0, reason: 'no_status' },
  ),
  'HTTP 200 and no status': maybe(
    headersOnly({}),
    'not_grpc',
    'UNKNOWN',
    /^Received HTTP status code 200$/u,
    { reason: 'no_status' },
  ),
  'a message and no status': maybe(
    fault({ kind: 'no-trailers' }),
    'not_grpc',
    'INTERNAL',
    noStatus,
    {
      commits: 1,
      reason: 'no_status',
    },
  ),
  'a garbled status': maybe(fault({ kind: 'status', code: 'none' }), 'not_grpc', undefined, /^$/u, {
    commits: 0,
    reason: 'no_status',
  }),
  'a status beyond the list': maybe(
    fault({ kind: 'status', code: 4242 }),
    'not_grpc',
    undefined,
    /^$/u,
    { commits: 0, reason: 'no_status' },
  ),
  'a negative status': maybe(fault({ kind: 'status', code: -1 }), 'not_grpc', undefined, /^$/u, {
    commits: 0,
    reason: 'no_status',
  }),
  'a status between two': maybe(
    fault({ kind: 'status', code: '2.5' }),
    'not_grpc',
    undefined,
    /^$/u,
    { commits: 0, reason: 'no_status' },
  ),
  'no message': maybe(
    fault({ kind: 'no-message' }),
    'not_grpc',
    'UNIMPLEMENTED',
    /^No message received$/u,
    { commits: 1 },
  ),
  'two messages': maybe(
    fault({ kind: 'two-messages' }, short),
    'timeout',
    'DEADLINE_EXCEEDED',
    late,
    { commits: 1 },
  ),
  'a truncated message': maybe(
    fault({ kind: 'truncated-message' }),
    'not_grpc',
    'UNIMPLEMENTED',
    /^No message received$/u,
    { commits: 1 },
  ),
  'an undecodable message': maybe(
    fault({ kind: 'undecodable-message' }),
    'not_grpc',
    'INTERNAL',
    /^Response message parsing error: /u,
    { commits: 1 },
  ),
  'an oversize message': maybe(
    fault({ kind: 'oversize-message' }),
    'too_large',
    'RESOURCE_EXHAUSTED',
    /^Received message larger than max /u,
    { commits: 1 },
  ),
  'a message that swells': maybe(
    compressed('gzip', gzipSync(Buffer.alloc(5 * 1024 * 1024))),
    'too_large',
    'RESOURCE_EXHAUSTED',
    /^Received message that decompresses to a size/u,
  ),
  'a message that is not compressed as it says': maybe(
    compressed('gzip', Buffer.from('plain')),
    'not_grpc',
    'INTERNAL',
    /^Failed to decompress /u,
  ),
  'a compression nobody knows': maybe(
    compressed('rot13', Buffer.from('cynva')),
    'not_grpc',
    undefined,
    /^$/u,
    { reason: 'no_status' },
  ),
  'an answer that begins, and silence': maybe(
    begun(() => undefined, 4 * brief),
    'timeout',
    'DEADLINE_EXCEEDED',
    late,
  ),
  'an answer that begins, and the end of the connection': maybe(
    begun((_stream, socket) => socket?.end()),
    'dropped',
    'UNAVAILABLE',
    /^Connection dropped$/u,
  ),
  'an answer that begins, and a reset connection': maybe(
    begun((_stream, socket) => socket?.resetAndDestroy()),
    'dropped',
    'UNAVAILABLE',
    // Which of both depends on what Node sees first.
    /^(?:read ECONNRESET|Connection dropped)$/u,
  ),
} as const satisfies Rows;
