import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadStatusDecoder } from '../../../src/coralogix/grpc/codec.ts';
import { readStatusDetails } from '../../../src/coralogix/grpc/status-details.ts';
import { bytesField, numberField } from './wire.ts';

const nothing = { retryAfterMs: undefined, remarks: [] };
const read = (bytes: Buffer): ReturnType<typeof readStatusDetails> =>
  readStatusDetails(bytes, loadStatusDecoder());

/** One entry of google.rpc.Status.details. */
function detail(type: string, ...fields: readonly Buffer[]): Buffer {
  const url = bytesField(1, `type.googleapis.com/google.rpc.${type}`);
  return bytesField(3, Buffer.concat([url, bytesField(2, Buffer.concat(fields))]));
}

const delay = (...parts: readonly Buffer[]): Buffer =>
  detail('RetryInfo', bytesField(1, Buffer.concat(parts)));
const violation = (field: string, description: string): Buffer =>
  bytesField(1, Buffer.concat([bytesField(1, field), bytesField(2, description)]));

describe('RetryInfo', () => {
  test.each([
    ['two and a half seconds', delay(numberField(1, 2), numberField(2, 500_000_000)), 2500],
    ['a nanosecond, which is waited for, too', delay(numberField(2, 1)), 1],
    ['nothing', delay(), 0],
    ['a century', delay(numberField(1, 3_155_760_000)), 3_155_760_000_000],
  ])('of %s', (_what, bytes, retryAfterMs) => {
    expect(read(bytes)).toEqual({ ...nothing, retryAfterMs });
  });

  test('without a delay, or with one that lies in the past, is none', () => {
    expect(read(detail('RetryInfo'))).toEqual(nothing);
    // -1 as protobuf writes it: ten bytes.
    const minusOne = Buffer.from('08ffffffffffffffffff01', 'hex');
    expect(read(delay(minusOne))).toEqual(nothing);
  });
});

test('BadRequest and ErrorInfo are remarks, in their order', () => {
  const bytes = Buffer.concat([
    detail('BadRequest', violation('name', 'too long'), violation('owner', 'unknown')),
    detail('ErrorInfo', bytesField(1, 'QUOTA'), bytesField(2, 'example.com')),
    detail('ErrorInfo', bytesField(2, 'example.com')),
  ]);
  expect(read(bytes).remarks).toEqual(['name: too long', 'owner: unknown', 'QUOTA']);
});

test('of many remarks a few are kept', () => {
  const many = Array.from({ length: 1000 }, (_, index) => violation(`f${index}`, 'x'));
  expect(read(detail('BadRequest', ...many)).remarks).toHaveLength(5);
});

test('what nobody knows is passed over, and what is known beside it is read', () => {
  const bytes = Buffer.concat([
    numberField(1, 8),
    bytesField(2, 'message'),
    detail('DebugInfo', bytesField(1, 'stack')),
    bytesField(3, bytesField(1, 'no slash in it')),
    delay(numberField(1, 1)),
  ]);
  expect(read(bytes)).toEqual({ ...nothing, retryAfterMs: 1000 });
});

test('no bytes make it throw', () => {
  expect(read(Buffer.alloc(0))).toEqual(nothing);
  expect(read(Buffer.alloc(64, 0xff))).toEqual(nothing);
  expect(read(detail('RetryInfo', Buffer.alloc(8, 0xff)))).toEqual(nothing);
  const decode = loadStatusDecoder();
  const types = fc.constantFrom('RetryInfo', 'BadRequest', 'ErrorInfo', 'Status', 'X');
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 60 }), fc.boolean(), (type, content, isWhole) => {
      const bytes = isWhole ? detail(type, Buffer.from(content)) : Buffer.from(content);
      const { retryAfterMs, remarks } = readStatusDetails(bytes, decode);
      expect(retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
      expect(remarks.length).toBeLessThanOrEqual(5);
    }),
    { numRuns: 500 },
  );
});
