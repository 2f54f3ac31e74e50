import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { StatusError, type StatusName } from '../status.ts';
import type { Take } from './ingress.ts';
import {
  countRecords,
  countRecordsOfJson,
  encodeResponse,
  encodeStatus,
  responseAsJson,
  signals,
  words,
  type Signal,
} from './otlp.ts';

/** A request that has arrived whole. */
export interface HttpRequest {
  readonly method: string;
  /** Without a query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What to answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer | string;
}

/** As large as a grpc-js server takes messages, and as OTLP's specification names it. */
export const maxBodyBytes = 4 * 1024 * 1024;

const protobufType = 'application/x-protobuf';
const jsonType = 'application/json';

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp-response: 401 and 403 as HTTP has them. */
const httpStatuses: Readonly<Partial<Record<StatusName, number>>> = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  UNAVAILABLE: 503,
};

/**
 * OTLP over HTTP.
 *
 * @param take        takes a request, and throws a {@link StatusError} when it refuses
 * @param acceptsJson whether JSON is taken, besides protobuf
 */
export function answerHttp(request: HttpRequest, take: Take, acceptsJson: boolean): HttpAnswer {
  const signal = signals.find((name) => words[name].path === request.path);
  if (signal === undefined) return text(404, 'no such path');
  if (request.method !== 'POST') return { ...text(405, 'POST only'), headers: { allow: 'POST' } };
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const isJson = type === jsonType && acceptsJson;
  if (type !== protobufType && !isJson) return text(415, `${protobufType} only`);
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') return text(415, 'gzip or nothing');

  const answerIn = isJson ? jsonType : protobufType;
  try {
    const body = encoding === 'gzip' ? unzipped(request.body) : request.body;
    if (body === undefined || body.length > maxBodyBytes) {
      return text(413, `${maxBodyBytes} bytes at most`);
    }
    const authorization = request.headers.authorization ?? '';
    const records = counted(signal, body, isJson);
    const told = take({ signal, protocol: 'http', authorization, records });
    return {
      status: 200,
      headers: { 'content-type': answerIn },
      body: isJson ? responseAsJson(signal, told) : encodeResponse(told),
    };
  } catch (thrown) {
    if (thrown instanceof StatusError) return refusal(thrown, isJson);
    throw thrown;
  }
}

/** A refusal as OTLP has it: a `google.rpc.Status` in the type of the request. */
export function refusal({ status, code, message }: StatusError, isJson: boolean): HttpAnswer {
  const httpStatus = httpStatuses[status] ?? 500;
  return {
    status: httpStatus,
    headers: {
      'content-type': isJson ? jsonType : protobufType,
      ...(httpStatus === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: isJson ? JSON.stringify({ code, message }) : encodeStatus(code, message),
  };
}

/** An answer of HTTP alone. */
export function text(status: number, body: string): HttpAnswer {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

function counted(signal: Signal, body: Buffer, isJson: boolean): number {
  try {
    return isJson ? countRecordsOfJson(signal, body.toString('utf8')) : countRecords(signal, body);
  } catch {
    throw new StatusError('INVALID_ARGUMENT', 'the body cannot be read');
  }
}

/** Undefined when it is larger than a body may be. */
function unzipped(body: Buffer): Buffer | undefined {
  try {
    return gunzipSync(body, { maxOutputLength: maxBodyBytes });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return undefined;
    throw new StatusError('INVALID_ARGUMENT', 'the body is no gzip');
  }
}
