import type { Fault } from './faults.ts';

/**
 * So many calls a second, from all callers together; as many more at once as were left over in the last
 * second. What is more is refused before anything is done, and is not told when to come back.
 */
export class RateLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  #left: number;
  #countedAt: number;

  /**
   * @param perSecond how many calls; Infinity for no limit
   * @param now       the time in milliseconds; never goes back
   */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
    this.#left = perSecond;
    this.#countedAt = now();
  }

  /** Counts a call. Gives what it meets when there are too many. */
  take(): Fault | undefined {
    if (this.#perSecond === Infinity) return undefined;
    const now = this.#now();
    const refilled = ((now - this.#countedAt) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#perSecond, this.#left + refilled);
    this.#countedAt = now;
    if (this.#left < 1) {
      return { kind: 'status', code: 'RESOURCE_EXHAUSTED', message: 'too many calls' };
    }
    this.#left -= 1;
    return undefined;
  }
}
