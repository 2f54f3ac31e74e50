import { toFailure, type Failure } from '../core/failure.ts';
import type { Clock, Log } from '../core/ports.ts';
import { listed, plural } from '../core/text.ts';
import { foldIds } from './fold.ts';

/** Many calls at once on the one connection, but not so many that the service feels attacked. */
const mostAtOnce = 8;

/** A line of progress appears at most this often, in milliseconds. */
const progressEveryMs = 1000;

/** What {@link forEachKey} needs besides the work. */
export interface ForEachKeyContext<T = unknown> {
  readonly clock: Clock;
  readonly log: Log;
  /** What happens to each, for the progress line: `deactivated`. */
  readonly done: string;
  /** Whether it happened to this one; to all that did not fail, if absent. */
  readonly isDone?: (result: T) => boolean;
}

/**
 * Does the same to many keys. After a failure nothing new is begun, what is under way is finished,
 * and the failure says what was done and what was not.
 *
 * @param ids     which keys
 * @param work    what to do with one of them
 * @param context time and log
 * @returns the results, in the order of the ids
 */
export async function forEachKey<T>(
  ids: readonly string[],
  work: (id: string) => Promise<T>,
  { clock, log, done, isDone = () => true }: ForEachKeyContext<T>,
): Promise<readonly T[]> {
  const results = new Map<string, T>();
  const failures: Failure[] = [];
  const finished = (): readonly string[] =>
    [...results].flatMap(([id, result]) => (isDone(result) ? [id] : []));
  const waiting = ids.values();
  const progress = new Progress(log, clock, `${plural(ids.length, 'key')} to be ${done}`);

  async function worker(): Promise<void> {
    for (const id of waiting) {
      try {
        results.set(id, await work(id));
      } catch (thrown) {
        failures.push(toFailure(thrown));
      }
      if (failures.length > 0) return;
      progress.tell(() => `${finished().length} of ${ids.length} keys ${done}.`);
    }
  }

  await Promise.all(Array.from({ length: Math.min(mostAtOnce, ids.length) }, worker));
  progress.end();
  const [failure] = failures;
  // They came in any order.
  if (failure === undefined) return ids.map((id) => results.get(id) as T);
  if (ids.length === 1) throw failure;
  const those = new Set(finished());
  const undone = ids.filter((id) => !those.has(id));
  foldIds(`${plural(those.size, 'key')} ${done}, before it failed`, [...those], log);
  foldIds(`${plural(undone.length, 'key')} not ${done}`, undone, log);
  throw failure.with({
    sentence: `${those.size} of ${ids.length} keys were ${done} before that; not ${done}: ${listed(undone, 5)}.`,
    keyIds: undone,
  });
}

/** Whoever watches sees that it goes on; who reads the log later need not scroll past it. */
class Progress {
  readonly #log: Log;
  readonly #clock: Pick<Clock, 'elapsed'>;
  readonly #title: string;
  #lastMs: number;
  #isFolded = false;

  constructor(log: Log, clock: Pick<Clock, 'elapsed'>, title: string) {
    this.#log = log;
    this.#clock = clock;
    this.#title = title;
    this.#lastMs = clock.elapsed();
  }

  /** Tells how far it is, unless that was told a moment ago. */
  tell(howFar: () => string): void {
    const now = this.#clock.elapsed();
    if (now - this.#lastMs < progressEveryMs) return;
    this.#lastMs = now;
    if (!this.#isFolded) this.#log.startGroup(this.#title);
    this.#isFolded = true;
    this.#log.info(howFar());
  }

  end(): void {
    if (this.#isFolded) this.#log.endGroup();
  }
}
