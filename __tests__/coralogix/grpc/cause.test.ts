import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { diagnose } from '../../../src/coralogix/grpc/cause.ts';
import { statusName } from '../../../src/coralogix/status.ts';

// What real servers make the transport say stands in contract.test.ts.

test('nothing that a service can say makes it throw', () => {
  fc.assert(
    fc.property(
      fc.option(fc.double(), { nil: undefined }),
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `Received message larger than max (${text} vs 1)`),
        fc.bigInt().map((size) => `Received message larger than max (${size} vs 1)`),
        fc.string().map((text) => `Received HTTP status code ${text}`),
        fc.string().map((text) => `SSL alert number ${text}`),
      ),
      fc.constantFrom('never' as const, 'maybe' as const),
      fc.boolean(),
      fc.boolean(),
      (code, details, sent, proxied, isHeard) => {
        const { cause } = diagnose({ status: statusName(code), details, sent, proxied, isHeard });
        expect(cause).toMatch(/^[a-z_]+$/u);
      },
    ),
    { numRuns: 300 },
  );
});
