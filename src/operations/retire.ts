import { toFailure } from '../core/failure.ts';
import type { Key, Retire } from '../core/ports.ts';
import { listed } from '../core/text.ts';
import { changeKeys, deleteOnce } from './consistency.ts';
import type { Ports } from './operation.ts';

/**
 * What became of a key that was to be retired.
 *
 * - `retired`: the service did it, or its list shows that it is done
 * - `gone`: the service knows no such key, to the end of the bound, and a fresh list does not show it
 * - `still_listed`: it knows none, and lists it all the same: nothing was changed, as far as is known
 */
export type Retirement = 'retired' | 'gone' | 'still_listed';

/** In place of retiring: the keys stay active for a while, under a name that says until when. */
export interface Grace {
  readonly newName: string;
}

/** What retiring needs of the world. */
export type RetirePorts = Pick<Ports, 'keys' | 'clock' | 'budget' | 'log'>;

/**
 * Retires keys: the one place that believes "no such key". Writes lag, too: a key that a list has just
 * shown, or that was just made, is asked for again within a bound of five seconds, all of them together.
 * A key that is still there after that is named in a warning.
 *
 * @param ids    which keys, each once
 * @param retire what retiring means; or the name that they get in its place
 * @param ports  the world
 * @returns what became of each; `retired` is also one that got its name
 * @throws the failure of a change that was refused otherwise, or of which nobody knows what it did;
 *         that of the list, with the ids, where it could not be looked at
 */
export async function retireKeys(
  ids: readonly string[],
  retire: Retire | Grace,
  ports: RetirePorts,
): Promise<ReadonlyMap<string, Retirement>> {
  const { keys, log } = ports;
  const change = (id: string): Promise<void> => {
    if (retire === 'delete') return deleteOnce(keys, id);
    return keys.update(id, retire === 'deactivate' ? { active: false } : retire);
  };
  const results = await changeKeys(ids, change, retired(retire), ports);
  const missing = ids.filter((id) => results.get(id)?.kind !== 'done');
  const fresh = missing.length === 0 ? [] : await lookAgain(missing, ports);
  const retirements = new Map<string, Retirement>(
    ids.map((id) => {
      if (!missing.includes(id)) return [id, 'retired'];
      // A delete whose answer was lost has most likely done it, now that nothing is to be seen.
      const isDoubtful = retire === 'delete' && results.get(id)?.kind === 'unknown';
      return [
        id,
        seen(
          fresh.find((key) => key.id === id),
          retire,
          isDoubtful,
        ),
      ];
    }),
  );
  const left = ids.filter((id) => retirements.get(id) === 'still_listed');
  if (left.length > 0) log.warning(contradiction(left, retire), 'still listed');
  return retirements;
}

/** {@link retireKeys} of one. */
export async function retireOne(
  id: string,
  retire: Retire,
  ports: RetirePorts,
): Promise<Retirement> {
  // It tells of each key that it is given.
  return (await retireKeys([id], retire, ports)).get(id) ?? 'still_listed';
}

/**
 * Those of some keys of which something became.
 *
 * @param retirements what {@link retireKeys} gives
 * @param wanted      what became of them
 */
export function idsOf(
  retirements: ReadonlyMap<string, Retirement>,
  wanted: Retirement,
): readonly string[] {
  return [...retirements].flatMap(([id, retirement]) => (retirement === wanted ? [id] : []));
}

/** `deactivated`, `deleted`, `renamed`: for sentences. */
export function retired(retire: Retire | Grace): string {
  if (typeof retire === 'object') return 'renamed';
  return retire === 'delete' ? 'deleted' : 'deactivated';
}

/** A fresh list. What could not be looked at is not gone. */
async function lookAgain(
  missing: readonly string[],
  { keys }: RetirePorts,
): Promise<readonly Key[]> {
  try {
    return await keys.list();
  } catch (thrown) {
    throw toFailure(thrown).with({
      sentence: `So nobody knows whether the keys that the service did not find (${listed(missing, 5)}) are gone.`,
      keyIds: missing,
    });
  }
}

function seen(key: Key | undefined, retire: Retire | Grace, isDoubtful: boolean): Retirement {
  if (key === undefined) return isDoubtful ? 'retired' : 'gone';
  if (typeof retire === 'object') return key.name === retire.newName ? 'retired' : 'still_listed';
  return retire === 'deactivate' && !key.active ? 'retired' : 'still_listed';
}

function contradiction(ids: readonly string[], retire: Retire | Grace): string {
  const one = ids.length === 1;
  const [which, them] = one ? ['a key', 'it'] : [`${ids.length} keys`, 'them'];
  return `The service lists ${which} that it says it does not know when ${one ? 'it is' : 'they are'} to be ${retired(retire)}: ${listed(ids, 20)}. Take ${them} for still active: run this again in a minute, or retire ${them} in Coralogix.`;
}
