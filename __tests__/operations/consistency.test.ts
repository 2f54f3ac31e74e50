import { describe, expect, test } from '@jest/globals';
import { startBudget } from '../../src/core/clock.ts';
import { Failure } from '../../src/core/failure.ts';
import {
  afterRepeating,
  attemptChange,
  changeKeys,
  deleteOwn,
  renameOwn,
  retireOwn,
  waitUntilVisible,
  wasThere,
  type ChangeResult,
} from '../../src/operations/consistency.ts';
import type { Clock, Keys } from '../../src/core/ports.ts';
import { bareKey } from '../support/key.ts';
import { VirtualTime } from './simulation/virtual-time.ts';
import { silentLog } from '../support/log.ts';

/** Virtual time, and a budget of it. */
function waiting(budgetMs = 100_000) {
  const time = new VirtualTime();
  const clock: Clock = {
    now: () => time.now,
    elapsed: () => time.now,
    sleep: (milliseconds) => time.sleep(milliseconds),
  };
  return { time, clock, budget: startBudget(clock, budgetMs), log: silentLog };
}

const notFound = new Failure('not_found', 'No such key.', { effect: 'none' });
const done: ChangeResult = { kind: 'done', value: undefined };

/** A service that does not know a key until a moment. */
function lagging(time: VirtualTime, untilMs: number): Pick<Keys, 'update' | 'delete'> {
  const isKnown = (): boolean => time.now >= untilMs;
  return {
    update: () => (isKnown() ? Promise.resolve() : Promise.reject(notFound)),
    delete: () => Promise.resolve(isKnown() ? 'deleted' : 'gone'),
  };
}

/** What a promise came to once all has happened. */
async function end<T>(time: VirtualTime, promise: Promise<T>): Promise<T | Failure> {
  const caught = promise.catch((thrown: unknown) => thrown as Failure);
  await time.run();
  return caught;
}

describe('"not found" right after a write', () => {
  test.each([0, 200, 5000, 9000])('is the lag of the service: %i ms', async (untilMs) => {
    const { time, ...ports } = waiting();
    const keys = lagging(time, untilMs) as Keys;
    expect(await end(time, renameOwn(keys, 'k', 'n', ports))).toEqual(done);
    expect(await end(time, deleteOwn(keys, 'k', ports))).toEqual(done);
  });

  test('is believed after ten seconds', async () => {
    const { time, ...ports } = waiting();
    const keys = lagging(time, 60_000) as Keys;
    expect(await end(time, renameOwn(keys, 'k', 'n', ports))).toEqual({
      kind: 'refused',
      failure: notFound,
    });
    expect(time.now).toBeGreaterThanOrEqual(9000);
    expect(time.now).toBeLessThan(11_000);
    const deleted = await end(time, deleteOwn(keys, 'k', ports));
    expect(deleted).toMatchObject({ kind: 'refused', failure: { kind: 'not_found' } });
    expect(wasThere(deleted as ChangeResult)).toBe(false);
  });

  test('is not waited out beyond the budget', async () => {
    const { time, ...ports } = waiting(2000);
    expect(await end(time, renameOwn(lagging(time, 60_000) as Keys, 'k', 'n', ports))).toEqual({
      kind: 'refused',
      failure: notFound,
    });
    expect(time.now).toBeLessThan(2000);
  });

  test('another failure is no lag', async () => {
    const { time, ...ports } = waiting();
    const denied = new Failure('permission', 'Denied.', { effect: 'none' });
    const keys = { update: () => Promise.reject(denied) } as unknown as Keys;
    expect(await end(time, renameOwn(keys, 'k', 'n', ports))).toEqual({
      kind: 'refused',
      failure: denied,
    });
    expect(time.now).toBe(0);
  });
});

describe('a delete of one\'s own key whose answer was lost, and of which the rest is "not found"', () => {
  const own = bareKey();
  const denied = new Failure('permission', 'Denied.', { effect: 'none' });

  test.each<readonly [string, Keys['list'], ChangeResult['kind']]>([
    ['has done it where a fresh list does not show the key', () => Promise.resolve([]), 'done'],
    ['is in doubt where the list shows it', () => Promise.resolve([own]), 'unknown'],
    ['is in doubt where the list cannot be read', () => Promise.reject(denied), 'unknown'],
  ])('%s', async (_what, list, kind) => {
    const { time, ...ports } = waiting();
    const lost = new Failure('not_found', 'No such key, after a lost answer.');
    const keys = { delete: () => Promise.reject(lost), list } as unknown as Keys;
    expect(await end(time, deleteOwn(keys, own.id, ports))).toMatchObject({ kind });
  });
});

test('a look is repeated until it finds something, with the waits that are asked for', async () => {
  const { time, ...ports } = waiting();
  const looks: number[] = [];
  const look = (): Promise<'found' | undefined> => {
    looks.push(time.now);
    return Promise.resolve(looks.length === 3 ? 'found' : undefined);
  };
  expect(await end(time, waitUntilVisible(look, 'it is there', ports, [10, 20, 30]))).toBe('found');
  expect(looks).toEqual([0, 10, 30]);
});

describe('a change', () => {
  const refused: ChangeResult = { kind: 'refused', failure: notFound };
  const unknown: ChangeResult = { kind: 'unknown', failure: new Failure('dropped', 'Lost.') };
  const results = { done, refused, unknown };

  test.each([
    ['refused', new Failure('rejected', '', { effect: 'none' })],
    ['unknown', new Failure('rejected', '')],
    ['unknown', new Error('rejected')],
  ])('is %s by a failure that says so, and by no other', async (kind, thrown) => {
    expect(await attemptChange(() => Promise.reject(thrown))).toMatchObject({ kind });
  });

  test.each([
    ['refused', 'refused', 'refused'],
    ['refused', 'unknown', 'unknown'],
    ['unknown', 'unknown', 'unknown'],
    ['unknown', 'refused', 'unknown'],
    ['refused', 'done', 'done'],
    ['unknown', 'done', 'done'],
  ] as const)('that was %s and then %s is %s as a whole', (before, latest, kind) => {
    expect(afterRepeating(results[before], results[latest]).kind).toBe(kind);
  });

  test('of which a doubt is left says what was answered last, and that the effect is unknown', () => {
    expect(afterRepeating(unknown, refused)).toMatchObject({
      failure: { kind: 'not_found', message: 'No such key.', effect: 'unknown' },
    });
  });

  test.each(['deactivate', 'delete'] as const)(
    'that retires a key waits for it half as long: %s',
    async (retire) => {
      const { time, ...ports } = waiting();
      const keys = lagging(time, 60_000) as Keys;
      const result = await end(time, retireOwn(keys, 'k', retire, ports));
      expect(wasThere(result as ChangeResult)).toBe(false);
      expect(time.now).toBe(5000);
    },
  );

  test('that may have been made is not told as one of a key that is gone', () => {
    const doubt = afterRepeating(unknown, refused);
    expect(() => wasThere(doubt)).toThrow('No such key.');
    expect(wasThere(done)).toBe(true);
  });

  test('of a key that was not found after a lost answer is in doubt, whatever is said next', async () => {
    const { time, ...ports } = waiting();
    const answers = [
      notFound.with({ effect: 'unknown' }),
      new Failure('permission', 'Denied.', { effect: 'none' }),
    ];
    const change = (): Promise<void> => Promise.reject(answers.shift() ?? notFound);
    const failure = await end(time, changeKeys(['k'], change, 'deleted', ports));
    expect(failure).toMatchObject({ kind: 'permission', effect: 'unknown' });
  });
});
