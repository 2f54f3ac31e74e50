import { Prng } from './prng.ts';
import type { Half } from './history.ts';

/** Where a process is cut off: at one of its calls, counted from 1, to the service or to GitHub. */
export interface CrashPoint {
  readonly call: number;
  /** Before it is sent, right after it was sent, or when its answer arrives and is not yet read. */
  readonly moment: 'before' | 'sent' | 'answered';
}

/** One process of the action. Once it is cut off, nothing that it waits for comes any more. */
export class Process {
  readonly run: string;
  readonly half: Half;
  readonly prng: Prng;
  /** How many of its calls failed since the last one that did not. */
  failedBefore = 0;
  readonly #crash: CrashPoint | undefined;
  readonly #onDeath: () => void;
  #calls = 0;
  #dead = false;

  constructor(options: {
    readonly seed: string;
    readonly run: string;
    readonly half: Half;
    readonly crash: CrashPoint | undefined;
    readonly onDeath: () => void;
  }) {
    this.run = options.run;
    this.half = options.half;
    this.prng = new Prng(`${options.seed}/${options.run}/${options.half}`);
    this.#crash = options.crash;
    this.#onDeath = options.onDeath;
  }

  get isDead(): boolean {
    return this.#dead;
  }

  /** A call is about to be sent. Gives its number; the process may be dead afterwards. */
  begin(): number {
    this.#calls += 1;
    this.reach(this.#calls, 'before');
    return this.#calls;
  }

  /**
   * A call has come so far. The process may die of it.
   *
   * @returns whether it lives
   */
  reach(call: number, moment: CrashPoint['moment']): boolean {
    if (!this.#dead && this.#crash?.call === call && this.#crash.moment === moment) {
      this.#dead = true;
      this.#onDeath();
    }
    return !this.#dead;
  }
}
