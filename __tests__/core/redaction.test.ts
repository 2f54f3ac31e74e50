import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { conceal, redact } from '../../src/core/redaction.ts';
import { oneLine, quote } from '../../src/core/text.ts';

const secret = (length = 16): string => randomBytes(length / 2).toString('hex');

test('a secret is told once, and is nowhere to be read after that', () => {
  const one = secret();
  expect(redact(`a ${one} b`)).toBe(`a ${one} b`);
  expect(conceal(one)).toBe(true);
  expect(conceal(one)).toBe(false);
  expect(redact(`a ${one} b ${one}`)).toBe('a *** b ***');
});

test('of a secret that is a part of another, nothing is left of the longer one', () => {
  const short = secret();
  const long = `${short}${secret()}`;
  conceal(short);
  conceal(long);
  expect(redact(`${long} ${short}`)).toBe('*** ***');
});

test('what is cut or escaped holds no part of one', () => {
  const one = `${secret()}\u202e${secret()}`;
  conceal(one);
  for (let before = 0; before < 60; before += 1) {
    const text = `${'x'.repeat(before)}${one}${'y'.repeat(60)}`;
    for (const shown of [oneLine(text, 50), quote(text, 50)]) {
      expect(shown).not.toContain(one.slice(0, 6));
      expect(shown).not.toContain(one.slice(-6));
    }
  }
});

test('a word that a sentence may need is no secret', () => {
  conceal('the');
  expect(redact('the key')).toBe('the key');
});
