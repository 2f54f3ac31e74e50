import { setImmediate } from 'node:timers';

interface Event {
  readonly at: number;
  readonly happen: () => void;
}

/**
 * Time that passes only when nobody can do anything more without it. An hour takes as long as what
 * happens in it.
 */
export class VirtualTime {
  #now = 0;
  /** The next one last; of two at the same moment, the one that was arranged first comes first. */
  readonly #events: Event[] = [];

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /**
   * Arranges for something to happen.
   *
   * @param milliseconds from now on
   * @param happen       must not throw
   */
  after(milliseconds: number, happen: () => void): void {
    const event = { at: this.#now + Math.max(0, milliseconds), happen };
    this.#events.splice(this.#place(event.at), 0, event);
  }

  /** Resolves after so many milliseconds. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(milliseconds, resolve);
    });
  }

  /** Lets time pass until nothing is left to happen. */
  async run(): Promise<void> {
    await allBlocked();
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      this.#now = event.at;
      event.happen();
      await allBlocked();
    }
  }

  /** Where an event belongs, so that the order stays. */
  #place(at: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Resolves when every promise chain has come as far as it can. Nothing here waits for anything but
 * virtual events, and Node runs all that promises have to do before it goes on to the next immediate:
 * so, however long the chains are, all callers are blocked by then.
 */
function allBlocked(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
