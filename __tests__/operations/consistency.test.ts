import { describe, expect, test } from '@jest/globals';
import { startBudget } from '../../src/core/clock.ts';
import { Failure } from '../../src/core/failure.ts';
import {
  deleteOwn,
  waitUntilVisible,
  isRefusal,
  renameOwn,
} from '../../src/operations/consistency.ts';
import type { Clock, Keys } from '../../src/core/ports.ts';
import { VirtualTime } from './simulation/virtual-time.ts';

/** Virtual time, and a budget of it. */
function waiting(budgetMs = 100_000) {
  const time = new VirtualTime();
  const clock: Clock = {
    now: () => time.now,
    elapsed: () => time.now,
    sleep: (milliseconds) => time.sleep(milliseconds),
  };
  return { time, clock, budget: startBudget(clock, budgetMs) };
}

const notFound = new Failure('not_found', 'No such key.');

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
    expect(await end(time, renameOwn(keys, 'k', 'n', ports))).toBeUndefined();
    expect(await end(time, deleteOwn(keys, 'k', ports))).toBe(true);
  });

  test('is believed after ten seconds', async () => {
    const { time, ...ports } = waiting();
    const keys = lagging(time, 60_000) as Keys;
    expect(await end(time, renameOwn(keys, 'k', 'n', ports))).toBe(notFound);
    expect(time.now).toBeGreaterThanOrEqual(9000);
    expect(time.now).toBeLessThan(11_000);
    expect(await end(time, deleteOwn(keys, 'k', ports))).toBe(false);
  });

  test('is not waited out beyond the budget', async () => {
    const { time, ...ports } = waiting(2000);
    expect(await end(time, renameOwn(lagging(time, 60_000) as Keys, 'k', 'n', ports))).toBe(
      notFound,
    );
    expect(time.now).toBeLessThan(2000);
  });

  test('another failure is no lag', async () => {
    const { time, ...ports } = waiting();
    const denied = new Failure('permission', 'Denied.');
    const keys = { update: () => Promise.reject(denied) } as unknown as Keys;
    expect(await end(time, renameOwn(keys, 'k', 'n', ports))).toBe(denied);
    expect(time.now).toBe(0);
  });
});

test('a look is repeated until it finds something, with the waits that are asked for', async () => {
  const { time, ...ports } = waiting();
  const looks: number[] = [];
  const look = (): Promise<'found' | undefined> => {
    looks.push(time.now);
    return Promise.resolve(looks.length === 3 ? 'found' : undefined);
  };
  expect(await end(time, waitUntilVisible(look, ports, [10, 20, 30]))).toBe('found');
  expect(looks).toEqual([0, 10, 30]);
});

test('only a failure that surely did nothing tells that a rename did nothing', () => {
  expect(isRefusal(new Failure('rejected', '', { effect: 'none' }))).toBe(true);
  expect(isRefusal(new Failure('rejected', ''))).toBe(false);
  expect(isRefusal(new Error('rejected'))).toBe(false);
});
