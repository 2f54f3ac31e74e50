/**
 * Why a call failed, told from the status and the transport's own words. The words are those of
 * grpc-js; `__tests__/coralogix/contract.test.ts` pins them, so that an upgrade which changes them
 * fails there first.
 */
export type Cause =
  /** The service answered with a status other than OK. */
  | 'status'
  /** The host's name leads nowhere. */
  | 'dns'
  /** Nobody listens. */
  | 'refused'
  /** No trusted, encrypted connection. */
  | 'tls'
  /** The proxy did not let the connection through. */
  | 'proxy'
  /** No connection, for a reason that fits none of the above. */
  | 'unreachable'
  /** The deadline passed. */
  | 'timeout'
  /** The connection or the stream broke off. */
  | 'dropped'
  /**
   * Something that speaks HTTP and not gRPC answered: it does not let this client in, wants fewer
   * requests, refused the request, has no answer now, or failed.
   */
  | 'gateway_auth'
  | 'gateway_limit'
  | 'gateway_refusal'
  | 'gateway_busy'
  | 'gateway_error'
  /** What came is no gRPC: a web page, a missing or garbled status, a broken message. */
  | 'not_grpc'
  /** The reply is larger than this client takes. */
  | 'too_large';

/** What the transport said of a failed call. */
export interface CallReport {
  readonly code: number | undefined;
  readonly details: string;
  readonly sent: 'never' | 'maybe';
  /** Whether the connection goes through a proxy. */
  readonly proxied: boolean;
}

// Node's and OpenSSL's words for a certificate or a handshake that cannot be trusted. Not those for a
// host that hangs up in the middle of it: a load balancer that is going away does that, and it passes.
const tlsWords =
  /certificate|CERT_|ERR_TLS|ERR_SSL|SSL routines|wrong version number|unable to (?:verify|get)|handshake|alert|self[- ]signed|UNABLE_TO_|DEPTH_ZERO_/iu;

/**
 * What the transport makes of a stream that the other side resets. Some of it comes with a status
 * that a service would say instead of doing what it was asked, and here it may well have done it.
 */
const resets = [
  'Received RST_STREAM',
  'Connection dropped',
  'Stream refused by server',
  'Call cancelled',
  'Bandwidth exhausted or memory limit exceeded',
  'Protocol not secure enough',
];

/** What the transport makes of an answer that is not one message in gRPC's frame. */
const garbled = [
  'Response message parsing error',
  'No message received',
  'Too many responses',
  'Failed to decompress',
];

/**
 * Tells why a call failed.
 *
 * @param report what the transport said
 */
export function causeOf(report: CallReport): Cause {
  const { code, details } = report;
  if (code === undefined || !Number.isInteger(code) || code < 1 || code > 16) return 'not_grpc';
  if (report.sent === 'never') return connectionCause(report);
  const http = /^Received HTTP status code (\d+)/u.exec(details)?.[1];
  if (http !== undefined) return gatewayCause(Number(http));
  if (details.startsWith('Received RST_STREAM with code 0 ')) return 'not_grpc';
  if (resets.some((words) => details.startsWith(words))) return 'dropped';
  if (garbled.some((words) => details.startsWith(words))) return 'not_grpc';
  const length = /^Received message larger than max \((\d+) vs /u.exec(details)?.[1];
  if (length !== undefined) return isText(Number(length)) ? 'not_grpc' : 'too_large';
  if (details.startsWith('Received message that decompresses to a size larger than')) {
    return 'too_large';
  }
  if (code === 4 && details.startsWith('Deadline exceeded')) return 'timeout';
  if (code === 14 && /ECONNRESET|ETIMEDOUT|EPIPE|socket hang up/u.test(details)) return 'dropped';
  return 'status';
}

/**
 * Whether the length of a message is really the beginning of a text: of `<html>`, the transport takes
 * the last four letters for a number. No message is that long.
 */
function isText(length: number): boolean {
  const bytes = [24, 16, 8, 0].map((bits) => Math.floor(length / 2 ** bits) % 256);
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || [0x09, 0x0a, 0x0d].includes(byte));
}

function connectionCause({ code, details, proxied }: CallReport): Cause {
  // The proxy resolves the host's name, so that it is the proxy's own that leads nowhere.
  if (details.startsWith('Name resolution failed')) return proxied ? 'proxy' : 'dns';
  if (code === 4) return 'timeout';
  // A server of HTTP/1.1 answers the preface of HTTP/2 like that.
  if (details.includes('Last error: Error: Protocol error')) return 'not_grpc';
  if (tlsWords.test(details)) return 'tls';
  if (proxied) return 'proxy';
  if (details.includes('ECONNREFUSED')) return 'refused';
  if (/ENOTFOUND|EAI_AGAIN/u.test(details)) return 'dns';
  return 'unreachable';
}

function gatewayCause(status: number): Cause {
  if (status === 401 || status === 403 || status === 407) return 'gateway_auth';
  if (status === 429) return 'gateway_limit';
  // The first and the last mean that somebody gave up waiting: the request may have gone on by then.
  if ([408, 502, 503, 504, 499].includes(status)) return 'gateway_busy';
  return status >= 400 && status < 500 ? 'gateway_refusal' : 'gateway_error';
}
