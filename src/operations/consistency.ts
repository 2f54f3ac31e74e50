import { Failure } from '../core/failure.ts';
import type { Keys, Retire } from '../core/ports.ts';
import type { Ports } from './operation.ts';
import { retireKey } from './retire.ts';

/**
 * The service's reads and updates may lag behind its writes by seconds, so one "not found" right
 * after a write proves nothing. These try again within a bound before they believe it.
 */

/** Waits between the attempts, in milliseconds: about ten seconds in all. */
const waits = [250, 500, 1000, 2000, 3000, 3000];

type Waiting = Pick<Ports, 'clock' | 'budget'>;

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
  bounds: readonly number[] = waits,
): Promise<T | undefined> {
  for (const wait of [...bounds, undefined]) {
    const found = await look();
    if (found !== undefined || wait === undefined || budget.remaining() <= wait) return found;
    await clock.sleep(wait);
  }
  return undefined;
}

/**
 * Renames a key that this run made a moment ago.
 *
 * @throws `not_found` only when the service stands by it
 */
export async function renameOwn(
  keys: Keys,
  id: string,
  newName: string,
  waiting: Waiting,
): Promise<void> {
  let denial: Failure | undefined;
  const renamed = await waitUntilVisible(async () => {
    try {
      await keys.update(id, { newName });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.kind !== 'not_found') throw thrown;
      denial = thrown;
      return undefined;
    }
  }, waiting);
  if (renamed !== true && denial !== undefined) throw denial;
}

/** Whether a failed rename surely did nothing. All other failures can come after it was done. */
export function isRefusal(thrown: unknown): boolean {
  return thrown instanceof Failure && thrown.effect === 'none';
}

/** The same where whoever is asked may wait less: about five seconds in all. */
const shorterWaits = [500, 1500, 3000];

/**
 * Retires a key that this job made: right after that, "no such key" may be the lag.
 *
 * @returns whether the service said that there was a key to retire
 */
export async function retireOwn(
  keys: Keys,
  id: string,
  retire: Retire,
  waiting: Waiting,
): Promise<boolean> {
  const found = await waitUntilVisible(
    async () => ((await retireKey(keys, id, retire)) ? true : undefined),
    waiting,
    shorterWaits,
  );
  return found === true;
}

/**
 * Deletes a key that this run made a moment ago. Nobody else deletes it, so "gone" is the lag until
 * the bound says otherwise.
 *
 * @returns whether the service said that it deleted it
 */
export async function deleteOwn(keys: Keys, id: string, waiting: Waiting): Promise<boolean> {
  const deleted = await waitUntilVisible(
    async () => ((await keys.delete(id)) !== 'gone' ? true : undefined),
    waiting,
  );
  return deleted === true;
}
