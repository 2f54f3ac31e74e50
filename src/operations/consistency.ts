import { Failure, toFailure } from '../core/failure.ts';
import type { KeyChange, Keys, Retire } from '../core/ports.ts';
import { plural } from '../core/text.ts';
import { forEachKey } from './for-each-key.ts';
import { LongWait } from './long-wait.ts';
import type { Ports } from './operation.ts';

/**
 * The service's reads and updates may lag behind its writes by seconds, so one "not found" right
 * after a write proves nothing. These try again within a bound before they believe it.
 */

/** Waits between the attempts, in milliseconds: about ten seconds in all. */
const waits: readonly number[] = [250, 500, 1000, 2000, 3000, 3000];

/** The same where whoever is asked may wait less: about five seconds in all. */
export const shorterWaits: readonly number[] = [500, 1500, 3000];

/**
 * Waits between the looks before "there is none" is believed of a name: as long as reads are taken to
 * need until they are fresh (G3 in docs/guarantees.md).
 */
export const emptyWaits: readonly number[] = [1000, 2000];

/** What waiting needs. */
export type Waiting = Pick<Ports, 'clock' | 'budget' | 'log'>;

/** What became of a change, all its attempts taken together. */
export type ChangeResult<T = void> =
  | { readonly kind: 'done'; readonly value: T }
  /** No attempt did anything. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** One that may have arrived failed. No later answer says what it did. */
  | { readonly kind: 'unknown'; readonly failure: Failure };

/**
 * Makes a change once.
 *
 * @param change what a port does; throws a `Failure`
 */
export async function attemptChange<T>(change: () => Promise<T>): Promise<ChangeResult<T>> {
  try {
    return { kind: 'done', value: await change() };
  } catch (thrown) {
    const failure = toFailure(thrown);
    return { kind: failure.effect === 'none' ? 'refused' : 'unknown', failure };
  }
}

/**
 * What is known of a change after one more attempt of the same: done is done, whichever attempt did
 * it, but a doubt about an earlier attempt outlives every later "no".
 */
export function afterRepeating(before: ChangeResult, latest: ChangeResult): ChangeResult {
  if (before.kind !== 'unknown' || latest.kind !== 'refused') return latest;
  return { kind: 'unknown', failure: latest.failure.with({ effect: 'unknown' }) };
}

/** Whether all that the service says, last, is that there is no such key. */
export function isMissing(result: ChangeResult): boolean {
  return result.kind !== 'done' && result.failure.kind === 'not_found';
}

/** Changes a key that this run made a moment ago, again while the service knows no such key. */
async function changeOwn(
  id: string,
  change: () => Promise<void>,
  waiting: Waiting,
  bounds = waits,
): Promise<ChangeResult> {
  const wait = waitIn(bounds, `the service knows the key ${id}`, waiting);
  let result = await attemptChange(change);
  while (isMissing(result) && (await wait())) {
    result = afterRepeating(result, await attemptChange(change));
  }
  return result;
}

/**
 * Changes keys, and again, all of them together, those of which the service says that there are none:
 * a key that was just seen or made may be one that its writes do not know yet.
 *
 * @param ids    which keys
 * @param change what to do with one; throws a `Failure`
 * @param done   what happens to each, for the progress line: `deactivated`
 * @returns for each key that it is done, or "not found", with what earlier attempts leave in doubt
 * @throws the first failure of another kind, as {@link forEachKey} tells it
 */
export async function changeKeys(
  ids: readonly string[],
  change: (id: string) => Promise<void>,
  done: string,
  waiting: Waiting,
): Promise<ReadonlyMap<string, ChangeResult>> {
  const results = new Map<string, ChangeResult>();
  const attempt = async (id: string): Promise<ChangeResult> => {
    const latest = await attemptChange(() => change(id));
    const before = results.get(id);
    const result = before === undefined ? latest : afterRepeating(before, latest);
    if (result.kind !== 'done' && !isMissing(result)) throw result.failure;
    return result;
  };
  let left = ids;
  const known = (): string =>
    `the service knows ${left.length === 1 ? 'a key' : plural(left.length, 'key')} that ${left.length === 1 ? 'is' : 'are'} to be ${done}`;
  const wait = waitIn(shorterWaits, known, waiting);
  do {
    const isDone = ({ kind }: ChangeResult): boolean => kind === 'done';
    const latest = await forEachKey(left, attempt, { ...waiting, done, isDone });
    left.forEach((id, index) => {
      const result = latest[index];
      if (result !== undefined) results.set(id, result);
    });
    left = left.filter((id) => results.get(id)?.kind !== 'done');
  } while (left.length > 0 && (await wait()));
  return results;
}

/** Renames a key that this run made a moment ago, and changes whatever else in the same call. */
export function renameOwn(
  keys: Keys,
  id: string,
  newName: string,
  waiting: Waiting,
  change: Omit<KeyChange, 'newName'> = {},
): Promise<ChangeResult> {
  return changeOwn(id, () => keys.update(id, { newName, ...change }), waiting);
}

/**
 * Deletes a key, as a change like all others: that there is none is a failure, too.
 *
 * @throws `not_found`; its effect is unknown where an attempt whose answer was lost may have done it
 */
export async function deleteOnce(keys: Keys, id: string): Promise<void> {
  const answer = await keys.delete(id);
  if (answer === 'deleted') return;
  throw new Failure('not_found', `The service knows no key ${id}.`, {
    effect: answer === 'gone' ? 'none' : 'unknown',
  });
}

/**
 * Deletes a key that this run made a moment ago. Nobody else deletes it, so "gone" is the lag until
 * the bound says otherwise. Then, where the answer to some attempt was lost, a fresh list decides.
 */
export async function deleteOwn(
  keys: Keys,
  id: string,
  waiting: Waiting,
  bounds = waits,
): Promise<ChangeResult> {
  const result = await changeOwn(id, () => deleteOnce(keys, id), waiting, bounds);
  if (result.kind !== 'unknown' || !isMissing(result)) return result;
  const look = await attemptChange(() => keys.list());
  const isSeenGone = look.kind === 'done' && look.value.every((key) => key.id !== id);
  return isSeenGone ? { kind: 'done', value: undefined } : result;
}

/** Retires a key that this job made: right after that, "no such key" may be the lag. */
export function retireOwn(
  keys: Keys,
  id: string,
  retire: Retire,
  waiting: Waiting,
): Promise<ChangeResult> {
  return retire === 'delete'
    ? deleteOwn(keys, id, waiting, shorterWaits)
    : changeOwn(id, () => keys.update(id, { active: false }), waiting, shorterWaits);
}

/**
 * Whether there was a key to retire or to delete: false where the service surely knows none.
 *
 * @throws the failure of a change that was refused otherwise, or of which nobody knows what it did
 */
export function wasThere(result: ChangeResult): boolean {
  if (result.kind === 'done') return true;
  if (result.kind === 'refused' && isMissing(result)) return false;
  throw result.failure;
}

/**
 * Repeats a look until it finds something, or the bound is reached.
 *
 * @param look    undefined means: not there (yet)
 * @param until   what it is that shows then, to follow "until": `the list shows the key`
 * @param waiting time, budget and log
 * @param bounds  waits in milliseconds between the looks
 */
export async function waitUntilVisible<T>(
  look: () => Promise<T | undefined>,
  until: string,
  waiting: Waiting,
  bounds: readonly number[],
): Promise<T | undefined> {
  const wait = waitIn(bounds, until, waiting);
  for (;;) {
    const found = await look();
    if (found !== undefined || !(await wait())) return found;
  }
}

/**
 * One wait after the other; a line in the log says so where it takes long.
 *
 * @param bounds the waits, in milliseconds
 * @param until  what is waited for, as {@link waitUntilVisible} has it
 * @returns waits once; false, at once, where no wait is left, or no time for it
 */
function waitIn(
  bounds: readonly number[],
  until: string | (() => string),
  { clock, budget, log }: Waiting,
): () => Promise<boolean> {
  let told: LongWait | undefined;
  let next = 0;
  return async () => {
    const pauseMs = bounds[next];
    const left = budget.remaining();
    if (pauseMs === undefined || left <= pauseMs) return false;
    const mostMs = Math.min(
      left,
      bounds.slice(next).reduce((sum, wait) => sum + wait, 0),
    );
    // What it took until the first of them is no wait: many keys may have been changed.
    told ??= new LongWait({ clock, log });
    told.tell({ until: typeof until === 'string' ? until : until(), pauseMs, mostMs });
    next += 1;
    await clock.sleep(pauseMs);
    return true;
  };
}
