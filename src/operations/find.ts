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
  const all = await keys.list();
  const found = named(all, selector.name);
  const [key] = found;
  if (key === undefined) {
    throw new Failure('not_found', `No Send-Your-Data key is named ${quote(selector.name)}.`, {
      hint:
        whyNone(all, selector.name) ??
        'Names are compared exactly. The `list` operation shows the keys that this `api_key` can see.',
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

/**
 * Why no key has a name, where that can be seen: a slip of the keyboard, or a pattern, which only `list`
 * takes.
 *
 * @param keys all that there are
 * @param name which none of them has
 * @returns sentences, or undefined
 */
export function whyNone(keys: readonly Key[], name: string): string | undefined {
  const near = keys.filter((key) => alike(key.name) === alike(name));
  if (near.length > 0) {
    const them = listed(
      near.map((key) => `${quote(key.name)} (${key.id})`),
      3,
    );
    const exist = near.length === 1 ? 'A key' : 'Keys';
    const differ = near.length === 1 ? 'exists' : 'exist';
    return `${exist} named ${them} ${differ}: names are compared exactly, with their blanks and in upper and lower case. Write it so, or give \`key_id\`.`;
  }
  return name.includes('*')
    ? 'Only `list` takes patterns: here `*` is a letter like any other. Give the output `key_ids` of a `list` as `key_id`.'
    : undefined;
}

/** A name but for what a reader easily overlooks. */
function alike(name: string): string {
  return name.normalize('NFKC').trim().replace(/\s+/gu, ' ').toLowerCase();
}

function idAndState({ id, active }: Key): string {
  return `${id} (${active ? 'active' : 'inactive'})`;
}
