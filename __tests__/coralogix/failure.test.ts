import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { statusCodes, type StatusName } from '../../src/coralogix/status.ts';
import { callFailure } from '../../src/coralogix/failure.ts';
import type { CallErrorFacts, Cause, Reason } from '../../src/coralogix/transport.ts';
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

type Told = readonly [FailureKind, RegExp];

// Which words of the transport stand for which cause is told in grpc/contract.test.ts.
const causes: Readonly<Record<Exclude<Cause, 'status' | 'tls'>, Told>> = {
  dns: ['dns', /typing mistake/u],
  refused: ['refused', /`endpoint`/u],
  unreachable: ['refused', /firewall/u],
  proxy: ['proxy', /the proxy runs.*no_proxy/u],
  timeout: ['timeout', /`timeout_seconds`/u],
  dropped: ['dropped', /Run the job again/u],
  gateway_auth: ['not_grpc', /firewall/u],
  gateway_refusal: ['not_grpc', /firewall/u],
  gateway_error: ['not_grpc', /firewall/u],
  gateway_limit: ['rate_limited', /fewer jobs/u],
  gateway_busy: ['unavailable', /later/u],
  not_grpc: ['not_grpc', /must lead to the gRPC endpoint/u],
  too_large: ['not_grpc', /delete/u],
  quota: ['quota', /delete those.*ask Coralogix/u],
};

const tlsReasons: Readonly<Record<Exclude<Reason, 'web_page' | 'http1' | 'no_status'>, RegExp>> = {
  no_tls: /speaks no TLS: check the port/u,
  wrong_name: /certificate is for another host/u,
  expired: /has expired/u,
  not_yet_valid: /clock/u,
  no_http2: /does not speak HTTP\/2/u,
  old_tls: /version 1\.2/u,
  no_agreement: /no way to encrypt.*certificate of the client/u,
  untrusted: /`ca_certificate`/u,
  client_certificate: /mutual TLS/u,
  unknown_name: /does not know the name/u,
};

const statuses: Readonly<Record<Exclude<StatusName, 'OK'>, Told>> = {
  CANCELLED: ['unavailable', /later/u],
  UNKNOWN: ['unavailable', /later/u],
  INVALID_ARGUMENT: ['rejected', /inputs/u],
  DEADLINE_EXCEEDED: ['timeout', /later/u],
  NOT_FOUND: ['not_found', /Check the id/u],
  ALREADY_EXISTS: ['rejected', /inputs/u],
  PERMISSION_DENIED: ['permission', /`ApiKeys` preset.*`team_id`.*IP access list/u],
  RESOURCE_EXHAUSTED: ['rate_limited', /fewer jobs/u],
  FAILED_PRECONDITION: ['rejected', /inputs/u],
  ABORTED: ['unavailable', /later/u],
  OUT_OF_RANGE: ['rejected', /inputs/u],
  UNIMPLEMENTED: ['not_grpc', /speaks gRPC/u],
  INTERNAL: ['unavailable', /later/u],
  UNAVAILABLE: ['unavailable', /later/u],
  DATA_LOSS: ['unavailable', /later/u],
  UNAUTHENTICATED: ['auth', /`api_key`.*this region \(api\.eu2/u],
};

describe('each way in which a call fails has its kind and a hint', () => {
  const entries = <Name extends string, Value>(
    table: Readonly<Record<Name, Value>>,
  ): readonly (readonly [Name, Value])[] => Object.entries(table) as [Name, Value][];

  test.each(entries(causes))('the cause %s', (cause, [kind, hint]) => {
    const failure = failed({ cause, text: 'words' }, cause === 'proxy');
    expect(failure.kind).toBe(kind);
    expect(failure.hint).toMatch(hint);
    expect(failure.message).toMatch(/^Reading the key k failed: .*[^.]\.$/u);
  });

  test.each(entries(tlsReasons))('the reason %s of a failed handshake', (reason, hint) => {
    const { kind, message, hint: told } = failed({ cause: 'tls', reason, text: 'words' });
    expect(kind).toBe('tls');
    expect(told).toMatch(hint);
    expect(message).toContain('no secure connection to api.eu2.coralogix.com:443 could be made (');
  });

  test('a handshake that failed for no known reason', () => {
    expect(failed({ cause: 'tls', text: 'words' }).hint).toMatch(/inspects TLS/u);
  });

  test.each(entries(statuses))('the status %s, by its name', (status, [kind, hint]) => {
    const failure = failed({ status, text: 'm' });
    expect(failure.kind).toBe(kind);
    expect(failure.hint).toMatch(hint);
    // So that it can be searched for.
    expect(failure.message).toBe(`Reading the key k failed: the service answered ${status} "m".`);
  });

  test.each([
    ['web_page', 'it looks like a web page'],
    ['http1', 'it does not speak HTTP/2'],
    ['no_status', 'no valid status'],
  ] as const)('the reason %s of what is no gRPC', (reason, words) => {
    const { message } = failed({ cause: 'not_grpc', reason, text: 'the transport says' });
    expect(message).toContain(`is no gRPC (${words}).`);
  });
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
  expect(failed({ cause: 'unreachable', sent: 'never' }, true).message).toContain(viaProxy.proxy);
});

test('what the user did not give is not what the hint says to check', () => {
  for (const cause of [...(Object.keys(causes) as Cause[]), 'tls', 'status'] as const) {
    for (const reason of [undefined, ...(Object.keys(tlsReasons) as Reason[])]) {
      for (const status of Object.keys(statuses) as StatusName[]) {
        const facts: CallErrorFacts = {
          ...{ cause, status, sent: 'maybe', text: 'm', retryAfterMs: undefined, remarks: [] },
          ...(reason === undefined ? {} : { reason }),
        };
        const givenBy = '`region` (from CORALOGIX_REGION)';
        const { hint = '' } = callFailure('x', facts, { ...destination, givenBy });
        expect(hint).not.toMatch(/`endpoint`|`domain`/u);
        if (cause !== 'proxy') expect(hint).not.toContain('no_proxy');
      }
    }
  }
});

test('what may have been done is not said to be run again', () => {
  for (const cause of [...(Object.keys(causes) as Cause[]), 'tls'] as const) {
    const facts = { cause, status: 'UNAVAILABLE', sent: 'maybe', text: 'm' } as const;
    const { hint = '' } = callFailure(
      'x',
      { ...facts, retryAfterMs: undefined, remarks: [] },
      destination,
      { mustNotBeRepeated: true },
    );
    expect(hint).not.toMatch(/run the job again/iu);
  }
});

test('no text of the service makes the hint another one', () => {
  const words = [...'`endpoint` no_proxy HTTPS_PROXY GITHUB_OUTPUT cxtp_ proxy team_id'.split(' ')];
  fc.assert(
    fc.property(
      fc.constantFrom('status', 'tls', ...(Object.keys(causes) as Cause[])),
      fc.constantFrom(...(Object.keys(statuses) as StatusName[])),
      fc.array(fc.oneof(fc.constantFrom(...words), fc.string())),
      (cause, status, said) => {
        const text = said.join(' ');
        const hintOf = (some: string): string | undefined =>
          failed({ cause, status, text: some, remarks: [some] }).hint;
        expect(hintOf(text)).toBe(hintOf(''));
      },
    ),
  );
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
  fc.assert(
    fc.property(
      fc.constantFrom('status', 'tls', ...(Object.keys(causes) as Cause[])),
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
