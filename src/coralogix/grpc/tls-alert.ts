import type { Diagnosis } from '../transport.ts';

/**
 * What the host says when it breaks a handshake off: a number, which OpenSSL tells at the end of its
 * words (`SSL alert number 70`). Names and meanings: RFC 8446, section 6.2, and, for those that TLS
 * 1.3 no longer knows, RFC 5246, section 7.2; for 120, RFC 7301.
 */
const alerts = {
  handshake_failure: 40,
  no_certificate: 41,
  bad_certificate: 42,
  unsupported_certificate: 43,
  certificate_revoked: 44,
  certificate_expired: 45,
  certificate_unknown: 46,
  unknown_ca: 48,
  access_denied: 49,
  protocol_version: 70,
  insufficient_security: 71,
  internal_error: 80,
  inappropriate_fallback: 86,
  user_canceled: 90,
  unrecognized_name: 112,
  certificate_required: 116,
  no_application_protocol: 120,
} as const;

/**
 * The alert that is told in the transport's words.
 *
 * @param details the transport's words
 * @returns its number; undefined when there is none
 */
export function alertIn(details: string): number | undefined {
  const number = /SSL alert number (\d+)/u.exec(details)?.[1];
  return number === undefined ? undefined : Number(number);
}

/**
 * What an alert means for the reader.
 *
 * @param alert its number
 */
export function alertCause(alert: number): Diagnosis {
  switch (alert) {
    // The host could not go on, for no fault of the handshake: a load balancer that starts or ends.
    case alerts.internal_error:
    case alerts.user_canceled:
      return { cause: 'unreachable' };
    // In TLS 1.2 also the answer of those who want a certificate.
    case alerts.handshake_failure:
    case alerts.insufficient_security:
      return { cause: 'tls', reason: 'no_agreement' };
    case alerts.protocol_version:
    case alerts.inappropriate_fallback:
      return { cause: 'tls', reason: 'old_tls' };
    // What the host says of the client's certificate, and the client shows none.
    case alerts.no_certificate:
    case alerts.bad_certificate:
    case alerts.unsupported_certificate:
    case alerts.certificate_revoked:
    case alerts.certificate_expired:
    case alerts.certificate_unknown:
    case alerts.unknown_ca:
    case alerts.access_denied:
    case alerts.certificate_required:
      return { cause: 'tls', reason: 'client_certificate' };
    case alerts.unrecognized_name:
      return { cause: 'tls', reason: 'unknown_name' };
    case alerts.no_application_protocol:
      return { cause: 'tls', reason: 'no_http2' };
    default:
      return { cause: 'tls' };
  }
}
