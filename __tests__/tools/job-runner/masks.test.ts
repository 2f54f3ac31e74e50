import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { Masks } from '../../../tools/job-runner/masks.ts';

describe('masks', () => {
  test('hide a value wherever it stands', () => {
    const value = randomUUID();
    expect(new Masks([value]).hide(`a ${value} b ${value}`)).toBe('a *** b ***');
  });

  test('hide each line of a value with several lines', () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const masks = new Masks();
    masks.add(`${first}\r\n${second}`);
    expect(masks.hide(`${second} and ${first}`)).toBe('*** and ***');
  });

  test.each([0, 1, 2])('hide a value in base64 behind a prefix of %d characters', (length) => {
    const value = randomUUID();
    const text = Buffer.from('x'.repeat(length) + value).toString('base64');
    // The characters at the seams mix bits of the neighbours: the runner leaves them.
    expect(new Masks([value]).hide(text)).toMatch(/^.{0,4}\*\*\*.{0,2}$/u);
  });

  test('hide a value in the forms of JSON, URIs, XML, command lines and expressions', () => {
    const value = `${randomUUID()} "<'&!`;
    const masks = new Masks([value]);
    for (const form of [
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value).replace('!', '%21').replace("'", '%27'),
      value
        .replace('&', '&amp;')
        .replace('<', '&lt;')
        .replace('"', '&quot;')
        .replace("'", '&apos;'),
      value.replace('"', '\\"'),
      value.replace("'", "''"),
    ]) {
      expect(masks.hide(form)).toBe('***');
    }
  });

  test('hide short values too', () => {
    expect(new Masks(['ab', 'xyz']).hide('1ab2xyz3a')).toBe('1***2***3a');
  });

  test('hide neighbours and overlapping values as one', () => {
    const masks = new Masks(['abcdef', 'defghi', 'jkl']);
    expect(masks.hide('-abcdefghijkl-')).toBe('-***-');
  });

  test('take half of a surrogate pair as any other text', () => {
    expect(new Masks(['secret\ud800']).hide('a secret\ud800')).toBe('a ***');
  });
});
