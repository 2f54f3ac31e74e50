import { expect, test } from '@jest/globals';
import { all, ok, wrong } from '../../src/core/result.ts';

test('several results are one, by their names', () => {
  expect(all({ a: ok(1), b: ok('x'), c: ok(undefined) })).toEqual(
    ok({ a: 1, b: 'x', c: undefined }),
  );
});

test('all that is wrong is told at once, and each only once', () => {
  const results = { a: wrong('one', 'two'), b: ok(1), c: wrong('two', 'three') };
  expect(all(results)).toEqual(wrong('one', 'two', 'three'));
});
