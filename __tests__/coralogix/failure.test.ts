import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { causeOf, reasonOf, withoutWrapping } from '../../src/coralogix/grpc/cause.ts';
import { statusCodes, statusName, type StatusName } from '../../src/coralogix/status.ts';
import { callFailure } from '../../src/coralogix/failure.ts';
import type { CallErrorFacts, Cause } from '../../src/coralogix/transport.ts';
import { failureKinds, type Failure, type FailureKind } from '../../src/core/failure.ts';

const destination = {
  authority: 'api.eu2.coralogix.com:443',
  proxy: undefined,
  correlationId: '11111111-2222-3333-4444-555555555555',
};
const viaProxy = { ...destination, proxy: 'proxy.example.com:3128 (from https_proxy)' };

function failed(facts: Partial<CallErrorFacts>, proxied = false): Failure {
  const all: CallErrorFacts = {
    cause: 'status',
    sent: 'maybe',
    status: 'UNAVAILABLE',
    text: '',
    retryAfterMs: undefined,
    remarks: [],
    ...facts,
  };
  return callFailure('Reading the key k', all, proxied ? viaProxy : destination);
}

/** As the transport says it, through the table of causes. */
function said(
  code: number | undefined,
  text: string,
  sent: 'never' | 'maybe',
  proxied = false,
): Failure {
  const status = statusName(code);
  const cause = causeOf({ status, details: text, sent, proxied });
  const reason = reasonOf(cause, text);
  return failed({ cause, reason, sent, status, text: withoutWrapping(text) }, proxied);
}

const lost = 'No connection established. Last error: Error: ';

describe('each way in which a call fails has its kind and a hint', () => {
  test.each<[string, FailureKind, Failure, RegExp]>([
    [
      'refused',
      'refused',
      said(14, `${lost}connect ECONNREFUSED 127.0.0.1:1`, 'never'),
      /`endpoint`/u,
    ],
    [
      'unknown host',
      'dns',
      said(14, 'Name resolution failed for target dns:x', 'never'),
      /typing mistake/u,
    ],
    [
      'unknown CA',
      'tls',
      said(14, `${lost}unable to verify the first certificate`, 'never'),
      /`ca_certificate`/u,
    ],
    [
      'self-signed',
      'tls',
      said(14, `${lost}self-signed certificate`, 'never'),
      /`ca_certificate`/u,
    ],
    [
      'wrong name',
      'tls',
      said(14, `${lost}[ERR_TLS_CERT_ALTNAME_INVALID]: Hostname/IP does not match`, 'never'),
      /certificate is for another host/u,
    ],
    [
      'no HTTP/2',
      'tls',
      said(14, `${lost}tlsv1 alert no application protocol`, 'never'),
      /does not speak HTTP\/2/u,
    ],
    ['HTTP/1.1', 'not_grpc', said(14, `${lost}Protocol error`, 'never'), /gRPC endpoint/u],
    [
      'a host that hangs up in the handshake',
      'refused',
      said(14, `${lost}Client network socket disconnected before secure TLS`, 'never'),
      /firewall/u,
    ],
    ['expired', 'tls', said(14, `${lost}certificate has expired`, 'never'), /has expired/u],
    ['not yet valid', 'tls', said(14, `${lost}certificate is not yet valid`, 'never'), /clock/u],
    ['old TLS', 'tls', said(14, `${lost}tlsv1 alert protocol version`, 'never'), /version 1\.2/u],
    [
      'TLS to a plain-text port',
      'tls',
      said(14, `${lost}SSL routines::wrong version number`, 'never'),
      /speaks no TLS/u,
    ],
    [
      'plain text to a TLS port',
      'refused',
      said(14, 'No connection established. Last error: Failed to connect', 'never'),
      /`endpoint`/u,
    ],
    [
      'proxy',
      'proxy',
      said(14, 'No connection established. Last error: undefined.', 'never', true),
      /the proxy runs.*no_proxy/u,
    ],
    [
      'silent host',
      'timeout',
      said(4, 'Deadline exceeded after 1s', 'never'),
      /`timeout_seconds`/u,
    ],
    ['no answer', 'timeout', said(4, 'Deadline exceeded after 1s', 'maybe'), /`timeout_seconds`/u],
    ['broken off', 'dropped', said(14, 'Connection dropped', 'maybe'), /Run the job again/u],
    ['HTTP 400', 'not_grpc', said(13, 'Received HTTP status code 400', 'maybe'), /firewall/u],
    ['HTTP 401', 'not_grpc', said(16, 'Received HTTP status code 401', 'maybe'), /firewall/u],
    ['HTTP 403', 'not_grpc', said(7, 'Received HTTP status code 403', 'maybe'), /firewall/u],
    ['HTTP 404', 'not_grpc', said(12, 'Received HTTP status code 404', 'maybe'), /firewall/u],
    ['HTTP 429', 'rate_limited', said(14, 'Received HTTP status code 429', 'maybe'), /fewer jobs/u],
    ['HTTP 502', 'unavailable', said(14, 'Received HTTP status code 502', 'maybe'), /later/u],
    ['HTTP 503', 'unavailable', said(14, 'Received HTTP status code 503', 'maybe'), /later/u],
    ['HTTP 504', 'unavailable', said(14, 'Received HTTP status code 504', 'maybe'), /later/u],
    [
      'a web page',
      'not_grpc',
      said(8, 'Received message larger than max (1752460652 vs 4194304)', 'maybe'),
      /must be the gRPC endpoint/u,
    ],
    [
      'no trailers',
      'not_grpc',
      said(13, 'Received RST_STREAM with code 0 (Call ended without gRPC status)', 'maybe'),
      /must be the gRPC endpoint/u,
    ],
    ['no message', 'not_grpc', said(12, 'No message received', 'maybe'), /gRPC endpoint/u],
    [
      'undecodable',
      'not_grpc',
      said(13, 'Response message parsing error: x', 'maybe'),
      /endpoint/u,
    ],
    ['garbled status', 'not_grpc', said(NaN, '', 'maybe'), /gRPC endpoint/u],
    [
      'too large',
      'not_grpc',
      said(8, 'Received message larger than max (67108865 vs 1)', 'maybe'),
      /delete/u,
    ],
    ['CANCELLED', 'unavailable', said(1, 'm', 'maybe'), /later/u],
    ['UNKNOWN', 'unavailable', said(2, 'm', 'maybe'), /later/u],
    ['INVALID_ARGUMENT', 'rejected', said(3, 'm', 'maybe'), /inputs/u],
    ['DEADLINE_EXCEEDED', 'timeout', said(4, 'm', 'maybe'), /later/u],
    ['NOT_FOUND', 'not_found', said(5, 'm', 'maybe'), /Check the id/u],
    ['ALREADY_EXISTS', 'rejected', said(6, 'm', 'maybe'), /inputs/u],
    ['PERMISSION_DENIED', 'permission', said(7, 'm', 'maybe'), /`ApiKeys` preset.*`team_id`/u],
    ['RESOURCE_EXHAUSTED', 'rate_limited', said(8, 'm', 'maybe'), /fewer jobs/u],
    ['FAILED_PRECONDITION', 'rejected', said(9, 'm', 'maybe'), /inputs/u],
    ['ABORTED', 'unavailable', said(10, 'm', 'maybe'), /later/u],
    ['OUT_OF_RANGE', 'rejected', said(11, 'm', 'maybe'), /inputs/u],
    ['UNIMPLEMENTED', 'not_grpc', said(12, 'm', 'maybe'), /speaks gRPC/u],
    ['INTERNAL', 'unavailable', said(13, 'm', 'maybe'), /later/u],
    ['UNAVAILABLE', 'unavailable', said(14, 'm', 'maybe'), /later/u],
    ['DATA_LOSS', 'unavailable', said(15, 'm', 'maybe'), /later/u],
    ['UNAUTHENTICATED', 'auth', said(16, 'm', 'maybe'), /`api_key`.*this region \(api\.eu2/u],
  ])('%s: %s', (name, kind, failure, hint) => {
    expect(failure.kind).toBe(kind);
    expect(failure.hint).toMatch(hint);
    expect(failure.message).toMatch(/^Reading the key k failed: .*[^.]\.$/u);
    // A status is called by its name, so that it can be searched for.
    if (/^[A-Z_]+$/u.test(name)) expect(failure.message).toContain(`answered ${name} "m"`);
  });
});

test.each([
  [
    `${lost}unable to verify the first certificate; if the root CA is installed locally, try running Node.js with --use-system-ca. Resolution note: `,
    'no secure connection to api.eu2.coralogix.com:443 could be made (unable to verify the first certificate).',
  ],
  [
    'No connection established. Last error: Failed to connect (2026-11-24T20:56:01.123Z). Resolution note: none',
    'no connection to api.eu2.coralogix.com:443 could be made (Failed to connect).',
  ],
  [
    `${lost}Protocol error. Resolution note: `,
    'what api.eu2.coralogix.com:443 answered is no gRPC (it does not speak HTTP/2).',
  ],
])('of %j the reader is told what matters', (text, expected) => {
  expect(said(14, text, 'never').message).toBe(`Reading the key k failed: ${expected}`);
});

test('a web page is called one', () => {
  const text = 'Received message larger than max (1752460652 vs 4194304)';
  expect(said(8, text, 'maybe').message).toContain('(it looks like a web page)');
});

test('how long the service asked to wait is told', () => {
  const { message, hint } = failed({
    status: 'RESOURCE_EXHAUSTED',
    text: 'slow',
    retryAfterMs: 2500,
  });
  expect(message).toContain('answered RESOURCE_EXHAUSTED "slow" and asked to wait 3 s.');
  expect(hint).toContain('`timeout_seconds`');
});

test('the host is named where a connection or an answer was missing', () => {
  for (const cause of [
    'dns',
    'refused',
    'tls',
    'timeout',
    'dropped',
    'not_grpc',
    'too_large',
  ] as const) {
    expect(failed({ cause }).message).toContain(destination.authority);
  }
});

test('the proxy is named, with the variable that it came from', () => {
  expect(failed({ cause: 'proxy', sent: 'never' }, true).message).toContain(viaProxy.proxy);
  expect(failed({ cause: 'timeout', sent: 'never' }, true).message).toContain(viaProxy.proxy);
});

test('a denial without a message still says what is needed', () => {
  const { message, hint } = failed({ status: 'PERMISSION_DENIED' });
  expect(message).toContain('answered PERMISSION_DENIED with no message.');
  expect(hint).toContain('data-ingest-api-keys:Manage');
});

test('what the service says in the details is told, too', () => {
  const { message } = failed({
    status: 'INVALID_ARGUMENT',
    text: 'bad',
    remarks: ['name: too long', 'NAME_TOO_LONG'],
  });
  expect(message).toContain('INVALID_ARGUMENT "bad; name: too long; NAME_TOO_LONG"');
});

test('where support can help, the correlation id is given', () => {
  expect(failed({ status: 'INTERNAL' }).hint).toContain(destination.correlationId);
  expect(failed({ cause: 'timeout' }).hint).toContain(destination.correlationId);
});

test('whatever is said, it makes one printable line of bounded length, a known kind and a hint', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '\n::error::x',
      '##[error]',
      '\u001b[31m',
      '\u202e',
      '\ud800',
      'x'.repeat(100_000),
    ),
  );
  const causes: Cause[] = [
    'status',
    'dns',
    'refused',
    'tls',
    'proxy',
    'unreachable',
    'timeout',
    'dropped',
    'gateway_auth',
    'gateway_limit',
    'gateway_refusal',
    'gateway_busy',
    'gateway_error',
    'not_grpc',
    'too_large',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...causes),
      fc.constantFrom(undefined, ...(Object.keys(statusCodes) as StatusName[])),
      hostile,
      fc.array(hostile, { maxLength: 5 }),
      (cause, status, text, remarks) => {
        const failure = failed({ cause, status, text, remarks });
        expect(failureKinds).toContain(failure.kind);
        expect(failure.report).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|##\[/u);
        expect(failure.report.length).toBeLessThan(6000);
        expect(failure.hint).not.toBe('');
      },
    ),
    { numRuns: 300 },
  );
});
