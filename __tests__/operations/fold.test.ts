import { describe, expect, test } from '@jest/globals';
import { fold, foldIds, foldKeys } from '../../src/operations/fold.ts';
import { keptLog } from '../support/log.ts';

const ids = (count: number): readonly string[] =>
  Array.from(
    { length: count },
    (_, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
  );

describe('what is folded in the log', () => {
  test('is nothing where there are no lines', () => {
    const log = keptLog();
    fold('Title', [], log);
    foldIds('Title', [], log);
    expect([log.groups, log.infos]).toEqual([[], []]);
  });

  test('has every id once, in lines that are not cut and that `key_id` takes', () => {
    const log = keptLog();
    foldIds('Ids', ids(1000), log);
    expect(log.groups).toEqual(['Ids']);
    expect(log.infos.join(', ').split(', ')).toEqual(ids(1000));
    expect(Math.max(...log.infos.map(({ length }) => length))).toBeLessThan(3500);
  });

  test('are keys that a sentence has no room for, by name and id, and no more than people read', () => {
    const few = keptLog();
    foldKeys(
      ids(5).map((id) => ({ id, name: 'n' })),
      few,
    );
    expect(few.groups).toEqual([]);
    const log = keptLog();
    foldKeys(
      ids(502).map((id, index) => ({ id, name: index === 1 ? '' : 'a\nb' })),
      log,
    );
    expect(log.groups).toEqual(['All 502 keys']);
    expect(log.infos.slice(0, 2)).toEqual([`"a\\nb" (${ids(1).join('')})`, ids(2)[1]]);
    expect(log.infos).toHaveLength(501);
    expect(log.infos.at(-1)).toBe('And 2 keys more, which the output `key_ids` has.');
  });
});
