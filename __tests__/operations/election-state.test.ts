import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import type { CreatedKey, Key } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Classified } from '../../src/operations/classify.ts';
import {
  afterNaming,
  decide,
  unusedIn,
  type ElectionState,
} from '../../src/operations/election-state.ts';
import { bareKey } from '../support/key.ts';

const key = (id: string): Key => bareKey({ id, name: 'shop' });
const own: CreatedKey = { id: 'm', name: 'shop ~pending-1', value: new Secret('not-a-key') };

/** A list with these active and these provisional keys. */
function seeing(active: string, underWay: string): Classified {
  const keys = (ids: string): readonly Key[] => Array.from(ids, key);
  return { active: keys(active), inactive: [], underWay: keys(underWay), abandoned: [], due: [] };
}

describe('a run that decides', () => {
  test.each<[what: string, mine: CreatedKey | undefined, seen: Classified, next: string]>([
    ['sees nothing and has no key', undefined, seeing('', ''), 'proposing'],
    ['sees its own key only', own, seeing('', 'm'), 'naming'],
    ['sees another key behind its own', own, seeing('', 'mz'), 'naming'],
    ['sees another key ahead of its own', own, seeing('', 'am'), 'waiting'],
    ['sees others at work and has no key', undefined, seeing('', 'z'), 'waiting'],
    ['sees one ahead that is passed over', own, seeing('', 'dm'), 'naming'],
    ['sees only such as are passed over', undefined, seeing('', 'd'), 'proposing'],
    ['sees a key with the name', own, seeing('z', 'am'), 'yielded'],
    ['sees a key with the name and has none', undefined, seeing('z', ''), 'yielded'],
  ])('and %s', (_what, mine, seen, next) => {
    const decided = decide({ state: 'deciding', own: mine, seen }, new Set(['d']));
    expect(decided.state).toBe(next);
  });

  test('waits for those ahead of it only, and uses the first of several keys', () => {
    const waiting = decide({ state: 'deciding', own, seen: seeing('', 'abmz') }, new Set(['b']));
    expect(waiting).toMatchObject({ rivals: [{ id: 'a' }] });
    const yielded = decide({ state: 'deciding', own, seen: seeing('xy', '') }, new Set());
    expect(yielded).toMatchObject({ existing: { id: 'x' } });
  });
});

describe('a run that gives its key the name', () => {
  const seen = seeing('', 'm');
  const failure = new Failure('permission', 'Denied.');

  test.each([
    [
      { kind: 'done', value: undefined },
      { state: 'named', own, seen },
    ],
    [
      { kind: 'refused', failure },
      { state: 'refused', own, failure },
    ],
    [
      { kind: 'unknown', failure },
      { state: 'doubtful', own, failure },
    ],
  ] as const)('%j', (result, expected) => {
    expect(afterNaming({ state: 'naming', own, seen }, result)).toEqual(expected);
  });

  test.each<[ElectionState, boolean]>([
    [{ state: 'proving', own, madeMs: 0 }, true],
    [{ state: 'showing', own, madeMs: 0 }, true],
    [{ state: 'naming', own, seen }, true],
    [{ state: 'refused', own, failure }, true],
    [{ state: 'named', own, seen }, false],
    [{ state: 'doubtful', own, failure }, false],
    [{ state: 'proposing' }, false],
    [{ state: 'waiting', rivals: [] }, false],
  ])('and fails in a state deletes its key only while nobody can use it: %j', (state, expected) => {
    expect(unusedIn(state)).toBe(expected ? own : undefined);
  });
});
