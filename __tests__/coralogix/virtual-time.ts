import type { Budget, Clock, Random } from '../../src/core/ports.ts';

/** Time that passes only while everybody waits for it. */
export class VirtualTime implements Clock {
  /** How long each sleep was asked to last, in milliseconds, in order. */
  readonly sleeps: number[] = [];
  #now = 0;
  readonly #sleepers: { readonly until: number; readonly wake: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    this.sleeps.push(milliseconds);
    return new Promise((wake) => {
      this.#sleepers.push({ until: this.#now + milliseconds, wake });
    });
  }

  /** Lets time pass until the promise is settled, and gives what it gives. */
  async pass<T>(promise: Promise<T>): Promise<T> {
    const end = { isReached: false };
    const reached = (): void => {
      end.isReached = true;
    };
    promise.then(reached, reached);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (end.isReached) return promise;
      this.#sleepers.sort((a, b) => a.until - b.until);
      const next = this.#sleepers.shift();
      if (next === undefined) throw new Error('nobody waits for time, and it is not over');
      this.#now = Math.max(this.#now, next.until);
      next.wake();
    }
  }

  /** A budget of so many milliseconds from now. */
  budget(milliseconds: number): Budget {
    const end = this.#now + milliseconds;
    return { remaining: () => end - this.#now, useReserve: () => undefined };
  }
}

/** Chance that always comes out the same; 0.5 by default. */
export function chance(fraction = 0.5): Random {
  return { nonce: () => 'nonce', fraction: () => fraction };
}
