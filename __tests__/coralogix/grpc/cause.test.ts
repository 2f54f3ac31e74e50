import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { statusName } from '../../../src/coralogix/status.ts';
import { causeOf, type CallReport } from '../../../src/coralogix/grpc/cause.ts';

// What real sockets make the transport say stands in contract.test.ts; here is what they do not.

function cause(code: number | undefined, details: string, more: Partial<CallReport> = {}): string {
  return causeOf({ status: statusName(code), details, sent: 'maybe', proxied: false, ...more });
}

test.each([undefined, NaN, -1, 0, 17, 4242, 2.5, Infinity])(
  'the status %p is none, so what came is no gRPC',
  (code) => {
    expect(cause(code, 'Deadline exceeded')).toBe('not_grpc');
  },
);

test.each([...Array(16).keys()].map((code) => code + 1))(
  'status %i of the service is a status, whatever it says',
  (code) => {
    for (const text of ['', 'certificate ECONNREFUSED', 'it said: Connection dropped']) {
      expect(cause(code, text)).toBe('status');
    }
  },
);

test.each(['<html>', '<!DOCTYPE html>', '\n<html>', '<head>', '{"error":1}', 'HTTP/1.1 400 Bad'])(
  'a reply that begins with %j is a text, and no message that is too large',
  (text) => {
    const length = Buffer.from(text).readUInt32BE(1);
    expect(cause(8, `Received message larger than max (${length} vs 67108864)`)).toBe('not_grpc');
  },
);

test.each([67_108_865, 4_294_967_295, 99_999_999_999_999])(
  'a message of %i bytes is too large',
  (length) => {
    expect(cause(8, `Received message larger than max (${length} vs 67108864)`)).toBe('too_large');
  },
);

test.each([
  'read ECONNRESET',
  'write EPIPE',
  'read ETIMEDOUT',
  'socket hang up',
  'Connection dropped',
])('%s breaks the connection off', (text) => {
  expect(cause(14, text)).toBe('dropped');
});

test('a service that blames a connection of its own in a refusal has refused', () => {
  expect(cause(3, 'the name must not hold ECONNRESET')).toBe('status');
  expect(cause(9, 'Protocol error')).toBe('status');
});

test('before a connection there is no status of the service', () => {
  const never = { sent: 'never' } as const;
  const proxied = { sent: 'never', proxied: true } as const;
  expect(cause(14, 'No connection established. Last error: undefined.', never)).toBe('unreachable');
  expect(cause(14, 'No connection established. Last error: undefined.', proxied)).toBe('proxy');
  expect(cause(14, 'getaddrinfo EAI_AGAIN api.example.com', never)).toBe('dns');
  // Through the proxy the handshake is with the host all the same.
  expect(cause(14, 'Last error: Error: certificate has expired', proxied)).toBe('tls');
  expect(cause(4, 'Deadline exceeded after 1s', proxied)).toBe('timeout');
});

test('nothing that a service can say makes it throw', () => {
  fc.assert(
    fc.property(
      fc.option(fc.double(), { nil: undefined }),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `Received message larger than max (${text} vs 1)`),
        fc.bigInt().map((size) => `Received message larger than max (${size} vs 1)`),
        fc.string().map((text) => `Received HTTP status code ${text}`),
      ),
      fc.constantFrom('never' as const, 'maybe' as const),
      fc.boolean(),
      (code, details, sent, proxied) => {
        expect(causeOf({ status: statusName(code), details, sent, proxied })).toMatch(/^[a-z_]+$/u);
      },
    ),
    { numRuns: 300 },
  );
});
