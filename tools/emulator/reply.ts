import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { statusCodes } from './status.ts';
import { encodeStatusDetails, type StatusDetails } from './status-details.ts';

/** An answer to a unary call, before it is on the wire. */
export interface Reply {
  /** With the HTTP status in `:status`. */
  readonly headers: OutgoingHttpHeaders;
  /** Messages, each with gRPC's five bytes before it. */
  readonly body: Buffer;
  /** Undefined when the headers are all there is, as in an error without a message. */
  readonly trailers: OutgoingHttpHeaders | undefined;
}

/** The headers that every answer in gRPC begins with. */
export const grpcHeaders: OutgoingHttpHeaders = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
};

/** A message with gRPC's five bytes before it. */
export function framed(message: Buffer, length = message.length): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(length, 1);
  return Buffer.concat([prefix, message]);
}

/** The message of a reply; empty when it has none. */
export function messageOf(reply: Reply): Buffer {
  return reply.body.subarray(5);
}

/** The status that a reply tells, as on the wire; empty when it tells none. */
export function statusOf(reply: Reply): string {
  return String((reply.trailers ?? reply.headers)['grpc-status'] ?? '');
}

/** A reply with status OK. */
export function okReply(body: Buffer): Reply {
  return { headers: grpcHeaders, body, trailers: { 'grpc-status': String(statusCodes.OK) } };
}

/** A reply that is a status and nothing else. */
export function statusReply(
  code: number | string,
  message = '',
  details: StatusDetails = {},
): Reply {
  return {
    headers: { ...grpcHeaders, ...statusTrailers(code, message, details) },
    body: Buffer.alloc(0),
    trailers: undefined,
  };
}

/** The trailers that tell a status. */
export function statusTrailers(
  code: number | string,
  message: string,
  details: StatusDetails = {},
): OutgoingHttpHeaders {
  const number = typeof code === 'number' ? code : statusCodes.UNKNOWN;
  const encoded = encodeStatusDetails(number, message, details);
  return {
    'grpc-status': String(code),
    'grpc-message': percentEncoded(message),
    ...(encoded === undefined ? {} : { 'grpc-status-details-bin': encoded }),
  };
}

/** Puts a reply on the wire; does nothing when the caller is gone. */
export function send(stream: ServerHttp2Stream, reply: Reply): void {
  if (start(stream, reply)) stream.end(reply.body);
}

/**
 * Sends the headers of a reply, and its trailers once the stream is ended.
 *
 * @returns whether a body is to be written
 */
export function start(stream: ServerHttp2Stream, { headers, trailers }: Reply): boolean {
  if (stream.destroyed || stream.closed) return false;
  if (trailers === undefined) {
    stream.respond(headers, { endStream: true });
    return false;
  }
  stream.respond(headers, { waitForTrailers: true });
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  return true;
}

/** As gRPC wants `grpc-message`: printable ASCII as it is, the bytes of all else in percent form. */
function percentEncoded(message: string): string {
  return Array.from(Buffer.from(message, 'utf8'), (byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x25
      ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
      : String.fromCharCode(byte),
  ).join('');
}
