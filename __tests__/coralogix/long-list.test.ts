import { describe, expect, test } from '@jest/globals';
import { fromJSON } from '@grpc/proto-loader';
import fc from 'fast-check';
import { loadMethod, type Method } from '../../src/coralogix/grpc/codec.ts';
import { descriptor } from '../../src/coralogix/grpc/descriptor.generated.ts';
import { bytesField, numberField } from './grpc/wire.ts';

const options = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true };
const service = fromJSON(descriptor, options)[
  'com.coralogixapis.aaa.apikeys.v3.ApiKeysService'
] as Readonly<Record<string, Method>>;
const method = loadMethod('GetSendDataApiKeys');

/** The same as the action's codec, but all at once. */
const decodedWhole = (bytes: Buffer): unknown =>
  service['GetSendDataApiKeys']?.responseDeserialize(bytes);
const decoded = (bytes: Buffer): unknown => method.responseDeserialize(bytes);
const encodedList = (keys: readonly object[]): Buffer => method.responseSerialize({ keys });

const permissions = fc.constantFrom(
  { presets: [{ name: 'SendData', permissions: ['logs:Send', 'spans:Send'] }], permissions: [] },
  { presets: [{ name: 'SendData', permissions: ['logs:Send'] }], permissions: ['more'] },
  { presets: [], permissions: [] },
  undefined,
);

const key = fc.record(
  {
    id: fc.uuid(),
    // From nothing to more than what is decoded at once.
    name: fc.oneof(
      { weight: 9, arbitrary: fc.string({ maxLength: 40 }) },
      { weight: 1, arbitrary: fc.nat(70_000).map((length) => 'n'.repeat(length)) },
    ),
    active: fc.boolean(),
    value: fc.string({ minLength: 1, maxLength: 30 }),
    owner: fc.record({ team_id: fc.nat() }),
    key_permissions: permissions,
  },
  { requiredKeys: ['id', 'name'] },
);

describe('a list of keys', () => {
  test('decodes the same in pieces as all at once', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 30 }), (keys) => {
        const bytes = encodedList(keys);
        expect(decoded(bytes)).toEqual(decodedWhole(bytes));
      }),
      { numRuns: 50 },
    );
  });

  test('of several pieces keeps its order', () => {
    const ids = Array.from({ length: 5000 }, (_, index) => `key-${index}`);
    const bytes = encodedList(ids.map((id) => ({ id, name: 'shop/production' })));
    expect(bytes.length).toBeGreaterThan(100_000);
    const { keys } = decoded(bytes) as { keys: { id: string }[] };
    expect(keys.map(({ id }) => id)).toEqual(ids);
  });

  test('may hold fields that this client does not know, wherever they stand', () => {
    const one = encodedList([{ id: 'one', name: 'n'.repeat(100_000) }]);
    const two = encodedList([{ id: 'two', name: 'n' }]);
    const unknown = [numberField(2, 7), bytesField(15, 'text')];
    for (const parts of [
      [...unknown, one, two],
      [one, ...unknown, two],
      [one, two, ...unknown],
    ]) {
      const bytes = Buffer.concat(parts);
      expect(decoded(bytes)).toEqual(decodedWhole(bytes));
    }
  });

  test('that is cut off anywhere is refused, or is what the whole decoder takes it for', () => {
    const bytes = encodedList([
      { id: 'one', name: 'n'.repeat(70_000) },
      { id: 'two', name: 'n' },
    ]);
    for (const length of [1, 2, 3, 100, 65_537, 70_005, bytes.length - 12, bytes.length - 1]) {
      const cut = bytes.subarray(0, length);
      expect(attempt(() => decoded(cut))).toEqual(attempt(() => decodedWhole(cut)));
    }
  });

  test.each([
    ['a length that never ends', Buffer.alloc(100_000, 0xff)],
    ['a key of such a length', Buffer.concat([Buffer.from([0x0a]), Buffer.alloc(99_999, 0x80)])],
    ['a key that is longer than all', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f, 0x0a, 0x00])],
  ])('is refused when it is %s', (_, bytes) => {
    expect(() => decoded(bytes)).toThrow();
  });
});

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch {
    return 'refused';
  }
}
