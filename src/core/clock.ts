import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Budget, Clock, Random } from './ports.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  // Not Date.now(): when the machine's clock is set, the ages of keys that this run made would jump.
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  elapsed: () => performance.now(),
  sleep: (milliseconds) => sleep(Math.max(0, milliseconds)),
};

/** The machine's own chance. */
export const systemRandom: Random = {
  nonce: () => randomBytes(8).toString('hex'),
  fraction: () => Math.random(),
};

/** The longest that a step may take, in milliseconds: nobody is at work on what is older. */
export const longestStepMs = 60 * 60 * 1000;

/** At most so much of a budget is held back, in milliseconds. */
const largestReserveMs = 5000;

/**
 * Starts a budget. A tenth of it, five seconds at most, is held back: without that, what runs out
 * of time could not be taken back either.
 *
 * @param clock        whose time is spent
 * @param milliseconds how much there is
 */
export function startBudget(clock: Clock, milliseconds: number): Budget {
  let end = clock.elapsed() + milliseconds;
  let reserve = Math.min(largestReserveMs, milliseconds / 10);
  end -= reserve;
  return {
    remaining: () => end - clock.elapsed(),
    useReserve: () => {
      end += reserve;
      reserve = 0;
    },
  };
}
