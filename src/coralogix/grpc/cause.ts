import type { StatusName } from '../status.ts';
import type { Cause, Reason } from '../transport.ts';

/**
 * Why a call failed, told from the status and the transport's own words. The words are those of
 * grpc-js 1.14.7, of Node and of OpenSSL, which document none of them:
 * `__tests__/coralogix/grpc/contract.test.ts` pins them, so that an upgrade which changes them fails
 * there first.
 */

/** What the transport said of a failed call. */
export interface CallReport {
  /** Undefined when what came was no status. */
  readonly status: StatusName | undefined;
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
  const { status, details } = report;
  if (status === undefined || status === 'OK') return 'not_grpc';
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
  if (status === 'DEADLINE_EXCEEDED' && details.startsWith('Deadline exceeded')) return 'timeout';
  if (status === 'UNAVAILABLE' && /ECONNRESET|ETIMEDOUT|EPIPE|socket hang up/u.test(details)) {
    return 'dropped';
  }
  return 'status';
}

const tlsReasons: readonly (readonly [RegExp, Reason])[] = [
  [/wrong version number/iu, 'no_tls'],
  [/ALTNAME|does not match/iu, 'wrong_name'],
  [/application protocol/iu, 'no_http2'],
  [/expired/iu, 'expired'],
  [/not yet valid/iu, 'not_yet_valid'],
  [/protocol version|unsupported protocol|handshake failure/iu, 'old_tls'],
];

/**
 * Tells what is known besides the cause.
 *
 * @param cause   as {@link causeOf} gives it
 * @param details the transport's words
 */
export function reasonOf(cause: Cause, details: string): Reason | undefined {
  if (cause === 'tls') return tlsReasons.find(([words]) => words.test(details))?.[1];
  if (cause !== 'not_grpc') return undefined;
  if (details.startsWith('Received message larger than max')) return 'web_page';
  return /Last error: (?:Error: )?Protocol error/u.test(details) ? 'http1' : undefined;
}

/**
 * The transport's words without what tells the reader nothing, or tells him to start Node in another
 * way, which a step of a workflow cannot.
 *
 * @param details the transport's words
 */
export function withoutWrapping(details: string): string {
  return details
    .replace(/^No connection established\. Last error: (?:Error: )?/u, '')
    .split('Resolution note:', 1)
    .join('')
    .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)/u, '')
    .replace(/; if the root CA is installed locally, .*? --use-system-ca/u, '');
}

/**
 * Whether the length of a message is really the beginning of a text: of `<html>`, the transport takes
 * the last four letters for a number. No message is that long.
 */
function isText(length: number): boolean {
  const bytes = [24, 16, 8, 0].map((bits) => Math.floor(length / 2 ** bits) % 256);
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || [0x09, 0x0a, 0x0d].includes(byte));
}

function connectionCause({ status, details, proxied }: CallReport): Cause {
  // The proxy resolves the host's name, so that it is the proxy's own that leads nowhere.
  if (details.startsWith('Name resolution failed')) return proxied ? 'proxy' : 'dns';
  if (status === 'DEADLINE_EXCEEDED') return 'timeout';
  // A server of HTTP/1.1 answers the preface of HTTP/2 like that.
  if (details.includes('Last error: Error: Protocol error')) return 'not_grpc';
  if (tlsWords.test(details)) return 'tls';
  if (proxied) return 'proxy';
  if (details.includes('ECONNREFUSED')) return 'refused';
  if (/ENOTFOUND|EAI_AGAIN/u.test(details)) return 'dns';
  return 'unreachable';
}

// The statuses are those of RFC 9110, section 15, and nginx's own 499: the client has hung up.
function gatewayCause(status: number): Cause {
  if (status === 401 || status === 403 || status === 407) return 'gateway_auth';
  if (status === 429) return 'gateway_limit';
  // The first and the last mean that somebody gave up waiting: the request may have gone on by then.
  if ([408, 502, 503, 504, 499].includes(status)) return 'gateway_busy';
  return status >= 400 && status < 500 ? 'gateway_refusal' : 'gateway_error';
}
