import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Budget, Clock, Random } from './ports.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (milliseconds) => sleep(Math.max(0, milliseconds)),
};

/** The machine's own chance. */
export const systemRandom: Random = {
  nonce: () => randomBytes(8).toString('hex'),
  fraction: () => Math.random(),
};

/**
 * Starts a budget.
 *
 * @param clock        whose time is spent
 * @param milliseconds how much there is
 */
export function startBudget(clock: Clock, milliseconds: number): Budget {
  const end = clock.elapsed() + milliseconds;
  return { remaining: () => end - clock.elapsed() };
}
