import { Failure, toFailure } from '../core/failure.ts';
import type { KeyChange, Keys, Retire } from '../core/ports.ts';
import { forEachKey } from './for-each-key.ts';
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
export type Waiting = Pick<Ports, 'clock' | 'budget'>;

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
  change: () => Promise<void>,
  { clock, budget }: Waiting,
  bounds = waits,
): Promise<ChangeResult> {
  let result = await attemptChange(change);
  for (const wait of bounds) {
    if (!isMissing(result) || budget.remaining() <= wait) break;
    await clock.sleep(wait);
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
  { clock, budget, log }: Waiting & Pick<Ports, 'log'>,
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
  for (const wait of [undefined, ...shorterWaits]) {
    if (left.length === 0 || (wait ?? -Infinity) >= budget.remaining()) break;
    if (wait !== undefined) await clock.sleep(wait);
    const isDone = ({ kind }: ChangeResult): boolean => kind === 'done';
    const latest = await forEachKey(left, attempt, { clock, log, done, isDone });
    left.forEach((id, index) => {
      const result = latest[index];
      if (result !== undefined) results.set(id, result);
    });
    left = left.filter((id) => results.get(id)?.kind !== 'done');
  }
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
  return changeOwn(() => keys.update(id, { newName, ...change }), waiting);
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
  const result = await changeOwn(() => deleteOnce(keys, id), waiting, bounds);
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
    : changeOwn(() => keys.update(id, { active: false }), waiting, shorterWaits);
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
 * @param waiting time and budget
 * @param bounds  waits in milliseconds between the looks
 */
export async function waitUntilVisible<T>(
  look: () => Promise<T | undefined>,
  { clock, budget }: Waiting,
  bounds: readonly number[],
): Promise<T | undefined> {
  for (const wait of [...bounds, undefined]) {
    const found = await look();
    if (found !== undefined || wait === undefined || budget.remaining() <= wait) return found;
    await clock.sleep(wait);
  }
  return undefined;
}
