import { expect, test } from '@jest/globals';
import { fits, takeFingerprint } from '../../src/core/fingerprint.ts';

const credential = 'cxup_0123456789abcdefghijklmnopqrst';

test('a fingerprint fits the credential that it was taken of, and no other', () => {
  const taken = takeFingerprint(credential);
  expect(fits(taken, credential)).toBe(true);
  for (const other of ['', credential.slice(1), `${credential} `, credential.toUpperCase()]) {
    expect(fits(taken, other)).toBe(false);
  }
});

test('two fingerprints of one credential have nothing in common', () => {
  const one = takeFingerprint(credential);
  const other = takeFingerprint(credential);
  expect(one.salt).toMatch(/^[0-9a-f]{32}$/u);
  expect(one.salt).not.toBe(other.salt);
  expect(one.hash).not.toBe(other.hash);
});

test('one that was cut or garbled fits nothing', () => {
  const { salt, hash } = takeFingerprint(credential);
  for (const broken of ['', hash.slice(2), 'zz']) {
    expect(fits({ salt, hash: broken }, credential)).toBe(false);
  }
});
