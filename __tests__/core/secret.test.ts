import { randomBytes } from 'node:crypto';
import { format, inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.ts';

const text = randomBytes(12).toString('hex');
const secret = new Secret(text);

test('only reveal hands the text out', () => {
  expect(secret.reveal()).toBe(text);
});

test('every way of turning it into text gives ***', () => {
  expect([
    String(secret),
    secret.toString(),
    'a '.concat(secret as unknown as string).slice(2),
    JSON.stringify({ secret }),
    inspect({ deep: [secret] }),
    format('%s %o %j', secret, secret, secret),
    inspect(secret, { showHidden: true, depth: 9 }),
  ]).toEqual([
    '***',
    '***',
    '***',
    '{"secret":"***"}',
    '{ deep: [ *** ] }',
    '*** *** "***"',
    '***',
  ]);
});

test('it has no property that a walk over the object would find', () => {
  expect(Reflect.ownKeys(secret)).toEqual([]);
  expect(Object.entries(secret)).toEqual([]);
  expect(JSON.stringify(structuredClone(secret))).toBe('{}');
});
