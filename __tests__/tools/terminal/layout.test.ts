import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, filled, wrapped } from '../../../tools/terminal/layout.ts';

describe('a text that is wrapped', () => {
  test('fits, has all its words in their order, and keeps its indentation', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/u), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.nat(8), fc.integer({ min: 20, max: 80 }), (all, indent, width) => {
        const lines = wrapped(`${' '.repeat(indent)}${all.join(' ')}`, width);
        expect(lines.filter((line) => line.length > width)).toEqual([]);
        expect(lines.join(' ').trim().split(/ +/u)).toEqual(all);
        for (const line of lines) expect(/^ */u.exec(line)?.[0]).toHaveLength(indent);
      }),
    );
  });

  test('is broken within a word that is longer than a line, and nowhere else', () => {
    expect(wrapped('a bcdefghij k', 4)).toEqual(['a', 'bcde', 'fghi', 'j k']);
    expect(wrapped('', 4)).toEqual(['']);
  });
});

test('short texts share a line as long as they fit', () => {
  expect(filled(['a: 1', 'b: 2', 'c: 3'], 10)).toEqual(['a: 1  b: 2', 'c: 3']);
  expect(filled(['longer than that'], 10)).toEqual(['longer than that']);
});

test('what is cut says so', () => {
  expect([cut('12345', 5), cut('123456', 5)]).toEqual(['12345', '1234…']);
});
