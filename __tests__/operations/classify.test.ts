import { describe, expect, test } from '@jest/globals';
import { provisionalName } from '../../src/names/stamp.ts';
import { classify } from '../../src/operations/classify.ts';
import type { Key } from '../../src/core/ports.ts';
import { bareKey } from '../support/key.ts';

const now = Date.UTC(2026, 5, 1);
const minuteMs = 60_000;

function key(id: string, name: string, active = true): Key {
  return bareKey({ id, name, active });
}

const pending = (id: string, ageMs: number, active = true): Key =>
  key(id, provisionalName('a', now - ageMs, 'abcd1234'), active);

/** The ids in each part of them. */
function parts(keys: readonly Key[]): Record<string, readonly string[]> {
  const { active, underWay, abandoned } = classify(keys, { name: 'a', teamId: 1 }, now);
  const ids = (some: readonly Key[]): readonly string[] => some.map(({ id }) => id);
  return { active: ids(active), underWay: ids(underWay), abandoned: ids(abandoned) };
}

describe('a list of keys, classified,', () => {
  test('orders by id, so that all runs see the same first key', () => {
    const keys = [key('c', 'a'), pending('y', 0), key('B', 'a'), pending('x', 1), key('a', 'a')];
    expect(parts(keys)).toEqual({ active: ['B', 'a', 'c'], underWay: ['x', 'y'], abandoned: [] });
    expect(parts(keys.toReversed())).toEqual(parts(keys));
  });

  test('passes over inactive keys of the name, and over other names', () => {
    const others = [key('1', 'a', false), key('2', 'A'), key('3', 'a '), key('4', 'ab')];
    expect(parts(others)).toEqual({ active: [], underWay: [], abandoned: [] });
  });

  test.each([
    ['just made', 0, 'underWay'],
    ['ten minutes old', 10 * minuteMs, 'underWay'],
    ['made ten minutes from now, by a clock that is ahead', -10 * minuteMs, 'underWay'],
    ['more than ten minutes old', 10 * minuteMs + 1000, 'none'],
    ['made in the far future', -11 * minuteMs, 'none'],
    ['an hour old', 60 * minuteMs, 'none'],
    ['more than an hour old', 60 * minuteMs + 1000, 'abandoned'],
  ])('of a provisional key that is %s', (_what, ageMs, expected) => {
    const found = Object.entries(parts([pending('x', ageMs)])).filter(([, ids]) => ids.length > 0);
    expect(found.map(([part]) => part)).toEqual(expected === 'none' ? [] : [expected]);
  });

  test('passes over the keys of another team, whatever their name', () => {
    const owned = (key: Key, teamId: number): Key => ({ ...key, owner: { kind: 'team', teamId } });
    const keys = [key('1', 'a'), pending('2', 0), pending('3', 61 * minuteMs)];
    const own = { active: ['1'], underWay: ['2'], abandoned: ['3'] };
    expect(parts(keys)).toEqual(own);
    expect(parts(keys.map((key) => owned(key, 1)))).toEqual(own);
    expect(parts(keys.map((key) => owned(key, 2)))).toEqual({
      active: [],
      underWay: [],
      abandoned: [],
    });
  });

  test('waits for no provisional key that is inactive, and sweeps it when it is old', () => {
    const keys = [pending('x', 0, false), pending('y', 61 * minuteMs, false)];
    expect(parts(keys)).toEqual({ active: [], underWay: [], abandoned: ['y'] });
  });
});
