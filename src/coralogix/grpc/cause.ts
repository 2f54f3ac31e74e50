import type { StatusName } from '../status.ts';
import type { Diagnosis } from '../transport.ts';
import { alertCause, alertIn } from './tls-alert.ts';

/**
 * Why a call failed, told from the status and the transport's own words. The words are those of
 * grpc-js 1.14.7 (`subchannel-call.ts`, `load-balancer-pick-first.ts`, `transport.ts`), of Node 20
 * and 24 (`lib/_tls_wrap.js`) and of OpenSSL 3 (`X509_verify_cert_error_string`), which promise none
 * of them. So each row of the tables has a situation in `__tests__/coralogix/grpc/situations` in
 * which a real server makes the transport say it: an upgrade that changes the words fails there.
 */

/** What the transport said of a failed call. */
export interface CallReport {
  /** Undefined when what came was no status. */
  readonly status: StatusName | undefined;
  readonly details: string;
  readonly sent: 'never' | 'maybe';
  /** Whether the connection goes through a proxy. */
  readonly proxied: boolean;
  /** False where an early request went out and the host has said nothing in HTTP/2 so far. */
  readonly isHeard: boolean;
}

/** Words by which a cause is known. The first row that fits holds. */
interface Sign extends Diagnosis {
  readonly words: RegExp;
  /** Only together with this status; with any when undefined. */
  readonly status?: StatusName;
}

/** What is said before a connection stands. */
export const connectionSigns: readonly Sign[] = [
  { words: /^Deadline exceeded/u, status: 'DEADLINE_EXCEEDED', cause: 'timeout' },
  { words: /^Name resolution failed/u, cause: 'dns' },
  // A server of HTTP/1.1 answers the preface of HTTP/2 in its own way, which is no frame.
  { words: /Last error: Protocol error/u, cause: 'not_grpc', reason: 'http1' },
  { words: /ERR_TLS_CERT_ALTNAME_INVALID/u, cause: 'tls', reason: 'wrong_name' },
  { words: /certificate has expired/u, cause: 'tls', reason: 'expired' },
  { words: /certificate is not yet valid/u, cause: 'tls', reason: 'not_yet_valid' },
  {
    words: /self-signed certificate|unable to (?:verify the first|get local issuer) certificate/u,
    cause: 'tls',
    reason: 'untrusted',
  },
  { words: /wrong version number|packet length too long/u, cause: 'tls', reason: 'no_tls' },
  { words: /SSL routines:[^:]*:unsupported protocol/u, cause: 'tls', reason: 'old_tls' },
  { words: /SSL routines/u, cause: 'tls' },
  { words: /certificate/u, cause: 'tls' },
  // Of a proxy that does not let the connection through, the transport says nothing at all.
  { words: /Last error: undefined/u, cause: 'proxy' },
  { words: /ECONNREFUSED/u, cause: 'refused' },
];

/**
 * What is said of a stream or a message. The first ones are what the transport makes of a stream
 * that the other side resets (error codes of RFC 9113, section 7): some come with a status that a
 * service would say instead of doing what it was asked, and here it may well have done it.
 */
export const callSigns: readonly Sign[] = [
  {
    words: /^Received RST_STREAM with code 0 /u,
    status: 'INTERNAL',
    cause: 'not_grpc',
    reason: 'no_status',
  },
  // HTTP_1_1_REQUIRED and INADEQUATE_SECURITY: the same call will meet the same answer.
  {
    words: /^Received RST_STREAM with code 13$/u,
    status: 'INTERNAL',
    cause: 'not_grpc',
    reason: 'http1',
  },
  {
    words: /^Protocol not secure enough$/u,
    status: 'PERMISSION_DENIED',
    cause: 'tls',
    reason: 'no_agreement',
  },
  { words: /^Received RST_STREAM with code \d+/u, status: 'INTERNAL', cause: 'dropped' },
  { words: /^Stream refused by server$/u, status: 'UNAVAILABLE', cause: 'dropped' },
  { words: /^Call cancelled$/u, status: 'CANCELLED', cause: 'dropped' },
  {
    words: /^Bandwidth exhausted or memory limit exceeded$/u,
    status: 'RESOURCE_EXHAUSTED',
    cause: 'dropped',
  },
  {
    words: /^(?:Connection dropped|read E(?:CONNRESET|TIMEDOUT))$/u,
    status: 'UNAVAILABLE',
    cause: 'dropped',
  },
  { words: /^Response message parsing error: /u, status: 'INTERNAL', cause: 'not_grpc' },
  { words: /^Failed to decompress /u, status: 'INTERNAL', cause: 'not_grpc' },
  { words: /^No message received$/u, status: 'UNIMPLEMENTED', cause: 'not_grpc' },
  {
    words: /^Received message that decompresses to a size larger than \d+$/u,
    status: 'RESOURCE_EXHAUSTED',
    cause: 'too_large',
  },
  { words: /^Deadline exceeded/u, status: 'DEADLINE_EXCEEDED', cause: 'timeout' },
];

/**
 * Tells why a call failed.
 *
 * @param report what the transport said
 */
export function diagnose(report: CallReport): Diagnosis {
  const { status, details } = report;
  if (status === undefined || status === 'OK') return { cause: 'not_grpc', reason: 'no_status' };
  if (report.sent === 'never') return connectionDiagnosis(report);
  if (!report.isHeard && details.endsWith('internal client error: Protocol error')) {
    return { cause: 'not_grpc', reason: 'http1' };
  }
  const http = /^Received HTTP status code (\d+)$/u.exec(details)?.[1];
  if (http !== undefined) return gatewayDiagnosis(Number(http));
  const length = /^Received message larger than max \((\d+) vs \d+\)$/u.exec(details)?.[1];
  if (length !== undefined && status === 'RESOURCE_EXHAUSTED') {
    return isText(Number(length))
      ? { cause: 'not_grpc', reason: 'web_page' }
      : { cause: 'too_large' };
  }
  return found(callSigns, report) ?? { cause: 'status' };
}

function found(signs: readonly Sign[], { status, details }: CallReport): Diagnosis | undefined {
  const sign = signs.find((each) => each.words.test(details) && (each.status ?? status) === status);
  if (sign === undefined) return undefined;
  const { cause, reason } = sign;
  return reason === undefined ? { cause } : { cause, reason };
}

function connectionDiagnosis(report: CallReport): Diagnosis {
  const alert = alertIn(report.details);
  if (alert !== undefined) return alertCause(alert);
  const diagnosis = found(connectionSigns, report) ?? { cause: 'unreachable' };
  // The proxy resolves the host's name, so that it is the proxy's own that leads nowhere.
  return report.proxied && diagnosis.cause === 'dns' ? { cause: 'proxy' } : diagnosis;
}

/**
 * Whether the length of a message is really the beginning of a text: of `<html>`, the transport takes
 * the last four letters for a number. No message is that long.
 */
function isText(length: number): boolean {
  const bytes = [24, 16, 8, 0].map((bits) => Math.floor(length / 2 ** bits) % 256);
  return bytes.every((byte) => (byte >= 0x20 && byte < 0x7f) || [0x09, 0x0a, 0x0d].includes(byte));
}

// The statuses are those of RFC 9110, section 15, and RFC 6585; 499 is nginx's own.
function gatewayDiagnosis(status: number): Diagnosis {
  // An answer without gRPC's status in it.
  if (status === 200) return { cause: 'not_grpc', reason: 'no_status' };
  if (status === 401 || status === 403 || status === 407) return { cause: 'gateway_auth' };
  if (status === 429) return { cause: 'gateway_limit' };
  // 408 and 499 mean that somebody gave up waiting: the request may have gone on by then.
  if ([408, 499, 502, 503, 504].includes(status)) return { cause: 'gateway_busy' };
  return { cause: status >= 400 && status < 500 ? 'gateway_refusal' : 'gateway_error' };
}
