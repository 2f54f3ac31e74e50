import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { forEachKey } from './for-each-key.ts';
import type { Ports } from './operation.ts';

/**
 * Whether a list tells what a key may do is not known: the vendor's own command line says of this list
 * that it shows no permissions, and has one look at each key instead
 * (https://skills.sh/coralogix/cx-cli/cx-rum-setup). Whose key it is hangs on that, so it is looked at.
 */

/** Whether a key's name is just this one. */
export function isNamed(candidate: string, name: string): boolean {
  return candidate === name;
}

/**
 * Lists all keys, those of a name with what they may do.
 *
 * @param name    whose keys will be acted on, handed out or passed over
 * @param ports   the service
 * @param isMeant whether a key's name counts as this one, where not only the same text does
 */
export async function listForName(
  name: string,
  ports: Pick<Ports, 'keys' | 'clock' | 'log'>,
  isMeant = isNamed,
): Promise<readonly Key[]> {
  const all = await ports.keys.list();
  return readPermissions(all, (key) => isMeant(key.name, name), ports);
}

/**
 * Reads the keys of which nothing is told.
 *
 * @param keys    as a list has them
 * @param isMeant which of them matter
 * @param ports   the service
 * @returns the same keys, in the same order
 */
export async function readPermissions(
  keys: readonly Key[],
  isMeant: (key: Key) => boolean,
  ports: Pick<Ports, 'keys' | 'clock' | 'log'>,
): Promise<readonly Key[]> {
  const untold = keys.filter((key) => isUntold(key) && isMeant(key)).map(({ id }) => id);
  if (untold.length === 0) return keys;
  const read = await forEachKey(untold, async (id) => readOne(id, ports), {
    ...ports,
    done: 'looked at',
  });
  const byId = new Map(read.flatMap((key) => (key === undefined ? [] : [[key.id, key]])));
  return keys.map((key) => byId.get(key.id) ?? key);
}

/** Undefined for one that is gone: whatever comes next finds that out by itself. */
async function readOne(id: string, { keys }: Pick<Ports, 'keys'>): Promise<Key | undefined> {
  try {
    return await keys.get(id);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.kind === 'not_found') return undefined;
    throw thrown;
  }
}

function isUntold({ presets, permissions }: Key): boolean {
  return presets.length === 0 && permissions.length === 0;
}
