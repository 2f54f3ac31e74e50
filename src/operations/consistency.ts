import { Failure, toFailure } from '../core/failure.ts';
import type { KeyChange, Keys, Retire } from '../core/ports.ts';
import type { Ports } from './operation.ts';

/**
 * The service's reads and updates may lag behind its writes by seconds, so one "not found" right
 * after a write proves nothing. These try again within a bound before they believe it.
 */

/** Waits between the attempts, in milliseconds: about ten seconds in all. */
const waits: readonly number[] = [250, 500, 1000, 2000, 3000, 3000];

/** The same where whoever is asked may wait less: about five seconds in all. */
const shorterWaits = [500, 1500, 3000];

type Waiting = Pick<Ports, 'clock' | 'budget'>;

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
function isMissing(result: ChangeResult): boolean {
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
 * Deletes a key that this run made a moment ago. Nobody else deletes it, so "gone" is the lag until
 * the bound says otherwise.
 */
export function deleteOwn(
  keys: Keys,
  id: string,
  waiting: Waiting,
  bounds = waits,
): Promise<ChangeResult> {
  const change = async (): Promise<void> => {
    if ((await keys.delete(id)) !== 'gone') return;
    throw new Failure('not_found', `The service knows no key ${id}.`, { effect: 'none' });
  };
  return changeOwn(change, waiting, bounds);
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
