import { expect, test } from '@jest/globals';
import { spread } from '../../../tools/benchmark/statistics.ts';

test('the median of an odd number of values is the one in the middle, in any order', () => {
  expect(spread([9, 1, 5, 3, 7])).toEqual({ median: 5, low: 3, high: 7 });
});

test('between two values it takes the share of each', () => {
  expect(spread([1, 2, 3, 4])).toEqual({ median: 2.5, low: 1.75, high: 3.25 });
});

test('numbers are ordered as numbers', () => {
  expect(spread([100, 9, 10]).median).toBe(10);
});

test('one value is all there is, and none is a mistake', () => {
  expect(spread([4])).toEqual({ median: 4, low: 4, high: 4 });
  expect(() => spread([])).toThrow('no values');
});

test('the values are left as they were', () => {
  const values = [3, 1, 2];
  spread(values);
  expect(values).toEqual([3, 1, 2]);
});
