import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearest, nearTexts } from '../../src/core/nearest.ts';

const words = ['create', 'get', 'list', 'update', 'delete', 'activate', 'deactivate', 'prune'];

test.each([
  ['deactivte', 'deactivate'],
  ['de-activate', 'deactivate'],
  ['activaet', 'activate'],
  ['lsit', 'list'],
  ['DELETE', 'delete'],
  ['updte', 'update'],
  ['remove', undefined],
  ['', undefined],
  ['xget', 'get'],
])('%s is taken for %s', (text, word) => {
  expect(nearest(text, words)).toBe(word);
});

test('what is as near to one as to another is no guess', () => {
  expect(nearest('cat', ['car', 'can'])).toBeUndefined();
});

test('whatever it is, the answer is one of the words or none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      expect([undefined, ...words]).toContain(nearest(text, words));
    }),
  );
});

describe('near texts', () => {
  test.each([
    ['shop/prodution', ['shop/production']],
    ['shop/prodcution', ['shop/production']],
    ['Shop / Production', ['shop/production']],
    ['shop/produktionnn', []],
    ['app', ['apt']],
    ['apq', ['apt']],
    ['ap', ['apt']],
    ['a', []],
    ['', []],
  ])('%j is near to %j', (text, near) => {
    expect(nearTexts(text, ['shop/production', 'shop/staging', 'apt'])).toEqual(near);
  });

  test('are all of them, the nearest first', () => {
    const texts = ['shop/productions', 'shop/Production', 'shop/roduction', 'shop/xroductioms'];
    expect(nearTexts('shop/production', texts)).toEqual([
      'shop/Production',
      'shop/productions',
      'shop/roduction',
    ]);
  });

  test('are found as without the short cut, whatever there is', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
    fc.assert(
      fc.property(letters, fc.array(letters), (text, texts) => {
        const most = text.length < 10 ? 1 : 2;
        const near = new Set(nearTexts(text, texts));
        expect(texts.filter((each) => near.has(each) !== slips(text, each) <= most)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('are none of a text that nobody types', () => {
    const long = 'x'.repeat(1000);
    expect(nearTexts(long, [long])).toEqual([]);
    expect(nearTexts('x', [long])).toEqual([]);
  });
});

/** The distance as its definition has it, without any table. */
function slips(from: string, to: string): number {
  if (from === '' || to === '') return from.length + to.length;
  const known = new Map<string, number>();
  const at = (i: number, j: number): number => {
    if (i === 0 || j === 0) return i + j;
    const key = `${i} ${j}`;
    const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
    const found =
      known.get(key) ??
      Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1),
        isSwap ? at(i - 2, j - 2) + 1 : Infinity,
      );
    known.set(key, found);
    return found;
  };
  return at(from.length, to.length);
}
