import type { Clock, Log } from '../core/ports.ts';
import { seconds } from '../core/text.ts';

/** A wait is told when it gets longer than this, in milliseconds: a reader of the log takes no notice of less. */
const silentMs = 5000;

/** A line appears at most this often, in milliseconds. */
const lineEveryMs = 10_000;

/** What {@link LongWait} needs. */
interface LongWaitContext {
  readonly clock: Pick<Clock, 'elapsed'>;
  readonly log: Pick<Log, 'info'>;
}

/** A pause that is about to be made. */
export interface Pause {
  /** What has to become so, to follow "until": `the list shows the key`. */
  readonly until: string;
  /** How long it lasts, in milliseconds. */
  readonly pauseMs: number;
  /** After how many milliseconds from now it is given up, at the latest. */
  readonly mostMs: number;
}

/**
 * Tells whoever watches the log what a wait is for, and how long it may go on: only where it is long, and
 * a line now and then. It begins when this is made.
 */
export class LongWait {
  readonly #context: LongWaitContext;
  readonly #begunMs: number;
  #lastMs: number | undefined;

  constructor(context: LongWaitContext) {
    this.#context = context;
    this.#begunMs = context.clock.elapsed();
  }

  /** To be called before each pause. */
  tell({ until, pauseMs, mostMs }: Pause): void {
    const { clock, log } = this.#context;
    const now = clock.elapsed();
    if (pauseMs <= 0 || now + pauseMs - this.#begunMs <= silentMs) return;
    if (this.#lastMs !== undefined && now - this.#lastMs < lineEveryMs) return;
    const still = this.#lastMs === undefined ? 'Waiting' : 'Still waiting';
    this.#lastMs = now;
    log.info(`${still} until ${until}, for ${seconds(Math.max(pauseMs, mostMs))} at most.`);
  }
}
