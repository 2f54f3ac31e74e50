import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  fromCreateReply,
  fromGetReply,
  fromListReply,
  ReplyError,
  toCreateRequest,
  toIdRequest,
  toUpdateRequest,
  valuesIn,
} from '../../src/coralogix/messages.ts';
import { bytesField, decoded, encoded, numberField } from './grpc/wire.ts';

const hex = (...parts: (Buffer | string)[]): string =>
  parts
    .map((part) => (typeof part === 'string' ? part.replaceAll(' ', '') : part.toString('hex')))
    .join('');

describe('requests, byte for byte', () => {
  test('CreateApiKey: name, team, the one preset by its name, hashed when true', () => {
    const sendData = Buffer.from('SendData').toString('hex');
    const key = { name: 'k', teamId: 4001, hashed: false };
    expect(encoded('CreateApiKey', toCreateRequest(key))).toBe(
      hex('0a 01 6b', '12 03 10 a1 1f', '1a 0a 0a 08', sendData, '20 00'),
    );
    expect(encoded('CreateApiKey', toCreateRequest({ ...key, hashed: true }))).toBe(
      hex('0a 01 6b', '12 03 10 a1 1f', '1a 0a 0a 08', sendData, '20 01'),
    );
  });

  test('CreateApiKey: presets, permissions and policy, where they are given', () => {
    const keyPermissions = { presets: [], permissions: ['p'] };
    const key = { name: 'k', teamId: 1, hashed: false, keyPermissions, accessPolicy: '{}' };
    expect(encoded('CreateApiKey', toCreateRequest(key))).toBe(
      hex('0a 01 6b', '12 02 10 01', '1a 03 12 01 70', '20 00', '2a 02 7b 7d'),
    );
  });

  test('the largest team is not made negative, and a name is UTF-8', () => {
    const request = toCreateRequest({ name: 'é😀', teamId: 4_294_967_295, hashed: false });
    const bytes = encoded('CreateApiKey', request);
    expect(bytes).toContain(hex('0a 06', Buffer.from('é😀'), '12 06 10 ff ff ff ff 0f'));
  });

  test('UpdateApiKey: what is absent is not sent, and false is', () => {
    const bytes = (change: Parameters<typeof toUpdateRequest>[1]): string =>
      encoded('UpdateApiKey', toUpdateRequest('k', change));
    expect(bytes({ active: false })).toBe('0a016b1800');
    expect(bytes({ active: true })).toBe('0a016b1801');
    expect(bytes({ newName: 'n' })).toBe('0a016b12016e');
    expect(bytes({ newName: 'n', active: false })).toBe('0a016b12016e1800');
    expect(bytes({ newName: 'n', accessPolicy: '{}' })).toBe('0a016b12016e32027b7d');
    // An empty text is sent, too: it removes the policy.
    expect(bytes({ accessPolicy: '' })).toBe('0a016b3200');
    expect(bytes({})).toBe('0a016b');
  });

  test('GetApiKey and DeleteApiKey: the id; GetSendDataApiKeys: nothing', () => {
    expect(encoded('GetApiKey', toIdRequest('k'))).toBe('0a016b');
    expect(encoded('DeleteApiKey', toIdRequest('k'))).toBe('0a016b');
    expect(encoded('GetSendDataApiKeys', {})).toBe('');
  });
});

const value = `cxtp_${randomBytes(12).toString('hex')}`;

const preset = Buffer.concat([
  bytesField(1, 'SendData'),
  bytesField(2, 'a:b'),
  bytesField(2, 'c:d'),
]);
const permissions = Buffer.concat([bytesField(1, preset), bytesField(2, 'e:f')]);
const fullKey = Buffer.concat([
  bytesField(1, 'the name'),
  bytesField(2, numberField(2, 4001)),
  numberField(3, 1),
  numberField(4, 1),
  bytesField(5, permissions),
  bytesField(6, value),
  bytesField(7, 'id-1'),
  bytesField(8, '{"ip": []}'),
]);
const ofFullKey = {
  id: 'id-1',
  name: 'the name',
  active: true,
  hashed: true,
  owner: { kind: 'team', teamId: 4001 },
  presets: [{ name: 'SendData', permissions: ['a:b', 'c:d'] }],
  permissions: ['e:f'],
  accessPolicy: '{"ip": []}',
};

describe('replies', () => {
  test('every field of a key is read', () => {
    const { value: secret, ...key } = fromGetReply(decoded('GetApiKey', bytesField(1, fullKey)));
    expect(key).toEqual(ofFullKey);
    expect(secret?.reveal()).toBe(value);
  });

  test('what is absent is undefined, false or nothing', () => {
    const bare = bytesField(1, bytesField(7, 'id-1'));
    expect(fromGetReply(decoded('GetApiKey', bare))).toEqual({
      id: 'id-1',
      name: '',
      active: false,
      hashed: false,
      owner: undefined,
      presets: [],
      permissions: [],
      accessPolicy: undefined,
      value: undefined,
    });
  });

  test('an empty value is none, and an empty policy is one', () => {
    const key = Buffer.concat([bytesField(7, 'i'), bytesField(6, ''), bytesField(8, '')]);
    const read = fromGetReply(decoded('GetApiKey', bytesField(1, key)));
    expect(read.value).toBeUndefined();
    expect(read.accessPolicy).toBe('');
  });

  test.each([
    ['a user', bytesField(1, 'u-1'), { kind: 'user', userId: 'u-1' }],
    ['the largest team', numberField(2, 4_294_967_295), { kind: 'team', teamId: 4_294_967_295 }],
    ['team 0', numberField(2, 0), { kind: 'team', teamId: 0 }],
    ['an organisation', bytesField(3, 'o-1'), { kind: 'organisation', organisationId: 'o-1' }],
    ['nobody', Buffer.alloc(0), undefined],
  ])('the owner can be %s', (_what, owner, expected) => {
    const key = Buffer.concat([bytesField(7, 'i'), bytesField(2, owner)]);
    const read = fromGetReply(decoded('GetApiKey', bytesField(1, key)));
    expect(read.owner).toEqual(expected);
  });

  test('a list keeps its order, and may be empty', () => {
    const other = Buffer.concat([bytesField(1, 'other'), bytesField(7, 'id-2')]);
    const list = Buffer.concat([bytesField(1, fullKey), bytesField(1, other)]);
    const keys = fromListReply(decoded('GetSendDataApiKeys', list));
    expect(keys.map(({ id, name }) => [id, name])).toEqual([
      ['id-1', 'the name'],
      ['id-2', 'other'],
    ]);
    expect(fromListReply(decoded('GetSendDataApiKeys', Buffer.alloc(0)))).toEqual([]);
  });

  test('what Create made is read, with a value or without', () => {
    const made = Buffer.concat([bytesField(1, 'id-1'), bytesField(2, 'n')]);
    expect(fromCreateReply(decoded('CreateApiKey', made))).toEqual({
      id: 'id-1',
      name: 'n',
      value: undefined,
    });
    const disclosed = Buffer.concat([made, bytesField(3, value)]);
    expect(fromCreateReply(decoded('CreateApiKey', disclosed)).value?.reveal()).toBe(value);
  });

  test('fields that nobody knows yet are passed over', () => {
    const future = Buffer.concat([bytesField(99, 'new'), numberField(1000, 7)]);
    const reply = Buffer.concat([future, bytesField(1, Buffer.concat([future, fullKey, future]))]);
    const { value: secret, ...key } = fromGetReply(decoded('GetApiKey', reply));
    expect(key).toEqual(ofFullKey);
    expect(secret?.reveal()).toBe(value);
  });
});

describe('replies that the contract rules out', () => {
  // As the vendor's prose shows it: the key one level deeper than in the published schema.
  const nested = bytesField(1, bytesField(1, fullKey));

  test('a list with nested entries is refused, and not taken for keys without a name', () => {
    const reply = decoded('GetSendDataApiKeys', nested);
    expect(() => fromListReply(reply)).toThrow(new ReplyError('Its KeyInfo.id is empty.'));
  });

  test.each([
    ['GetApiKey', fromGetReply, Buffer.alloc(0), 'It holds no KeyInfo.'],
    ['GetApiKey', fromGetReply, bytesField(1, ''), 'Its KeyInfo.id is empty.'],
    ['CreateApiKey', fromCreateReply, Buffer.alloc(0), 'Its CreateApiKeyResponse.key_id is empty.'],
    [
      'GetSendDataApiKeys',
      fromListReply,
      Buffer.concat([bytesField(1, fullKey), bytesField(1, bytesField(1, 'no id'))]),
      'Its KeyInfo.id is empty.',
    ],
  ] as const)('the reply to %s without what it is for', (name, read, bytes, message) => {
    expect(() => read(decoded(name, bytes))).toThrow(new ReplyError(message));
  });

  test.each(['a\nb', 'a b', '../a', '::error::', '..', 'a'.repeat(129), 'ä', '<b>'])(
    'the id %j could do harm, and is refused without being repeated',
    (id) => {
      const reply = decoded('CreateApiKey', bytesField(1, id));
      expect(() => fromCreateReply(reply)).toThrow(
        new ReplyError('Its CreateApiKeyResponse.key_id is not an id.'),
      );
    },
  );

  test.each([undefined, null, 'text', 7, []])('%j is no reply', (reply) => {
    expect(() => fromGetReply(reply)).toThrow(ReplyError);
    expect(() => fromCreateReply(reply)).toThrow(ReplyError);
  });
});

describe('the values in a reply', () => {
  test('are found in each of the five', () => {
    const create = Buffer.concat([bytesField(1, 'id-1'), bytesField(3, value)]);
    expect(valuesIn(decoded('CreateApiKey', create))).toEqual([value]);
    expect(valuesIn(decoded('GetApiKey', bytesField(1, fullKey)))).toEqual([value]);
    const other = `cxtp_${randomBytes(12).toString('hex')}`;
    const list = Buffer.concat([
      bytesField(1, fullKey),
      bytesField(1, bytesField(7, 'no value')),
      bytesField(1, bytesField(6, other)),
    ]);
    expect(valuesIn(decoded('GetSendDataApiKeys', list))).toEqual([value, other]);
    expect(valuesIn(decoded('UpdateApiKey', Buffer.alloc(0)))).toEqual([]);
    expect(valuesIn(decoded('DeleteApiKey', Buffer.alloc(0)))).toEqual([]);
  });

  test('are found also in a reply that is refused otherwise', () => {
    const noId = bytesField(1, bytesField(6, value));
    const reply = decoded('GetApiKey', noId);
    expect(valuesIn(reply)).toEqual([value]);
    expect(() => fromGetReply(reply)).toThrow(ReplyError);
  });

  test('are none in what is no reply', () => {
    expect([undefined, null, 'text', 7, {}, { keys: 'x', value: 7 }].flatMap(valuesIn)).toEqual([]);
  });
});
