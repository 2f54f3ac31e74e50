import { Failure } from '../core/failure.ts';
import type { Key, Keys } from '../core/ports.ts';
import type { KeySelector } from './key-selector.ts';
import { listed, quote } from '../core/text.ts';

/**
 * Reads the one key that the user means.
 *
 * @param keys     the service
 * @param selector an id, or an exact name
 * @throws `not_found` when there is none, `ambiguous`, with the ids, when several bear the name
 */
export async function findOne(keys: Keys, selector: KeySelector): Promise<Key> {
  if (selector.by === 'id') return keys.get(selector.id);
  const found = named(await keys.list(), selector.name);
  const [key] = found;
  if (key === undefined) {
    throw new Failure('not_found', `No Send-Your-Data key is named ${quote(selector.name)}.`, {
      hint: 'Names are compared exactly. The `list` operation shows the keys that this `api_key` can see.',
    });
  }
  if (found.length > 1) {
    const ids = found.map(({ id }) => id);
    throw new Failure(
      'ambiguous',
      `${found.length} keys are named ${quote(selector.name)}: ${listed(found.map(idAndState))}.`,
      { hint: 'Say which one with `key_id`.', keyIds: ids },
    );
  }
  return key;
}

/** The keys with exactly this name. */
export function named(keys: readonly Key[], name: string): readonly Key[] {
  return keys.filter((key) => key.name === name);
}

function idAndState({ id, active }: Key): string {
  return `${id} (${active ? 'active' : 'inactive'})`;
}
