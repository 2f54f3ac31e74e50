import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { listed, quote } from '../core/text.ts';
import { withoutEnd } from '../names/stamp.ts';
import type { KeySelector } from './key-selector.ts';
import type { Ports } from './operation.ts';
import {
  oursAmong,
  othersAmong,
  passedOver,
  tellPassedOver,
  type ForeignKey,
} from './ownership.ts';
import { isNamed, listForName } from './read-permissions.ts';

/** A name, and whose keys of it are meant. */
export type NameSelector = Extract<KeySelector, { readonly by: 'name' }>;

/** What bears a name. */
export interface Named {
  /** The keys that are meant. */
  readonly ours: readonly Key[];
  /** Those that are not. */
  readonly others: readonly ForeignKey[];
}

/**
 * Finds what has exactly this name.
 *
 * @param keys     all keys that the service lists
 * @param selector the name, and whose keys count
 * @param isMeant  whether a key's name counts as this one, where not only the same text does
 */
export function findNamed(
  keys: readonly Key[],
  { name, teamId }: Pick<NameSelector, 'name' | 'teamId'>,
  isMeant = isNamed,
): Named {
  const named = keys.filter((key) => isMeant(key.name, name));
  return { ours: oursAmong(named, teamId), others: othersAmong(named, teamId) };
}

/**
 * Reads the one key that the user means. By name, that is the active one; inactive ones of the name
 * count only where there is no active one.
 *
 * @param selector an id, or an exact name
 * @param ports    the service, and where it is told what is passed over
 * @throws `not_found` when there is none, `ambiguous`, with the ids, when several could be meant
 */
export async function findOne(
  selector: KeySelector,
  ports: Pick<Ports, 'keys' | 'clock' | 'log'>,
): Promise<Key> {
  return selector.by === 'id'
    ? ports.keys.get(selector.id)
    : pickOne(await listForName(selector.name, ports), selector, ports);
}

/** {@link findOne}, in a list that was read already. */
export function pickOne(
  keys: readonly Key[],
  selector: NameSelector,
  { log }: Pick<Ports, 'log'>,
): Key {
  const { name } = selector;
  const { ours, others } = findNamed(keys, selector);
  if (ours.length === 0) throw noneNamed(name, others, whyNone(keys, selector));
  tellPassedOver(others, `named ${quote(name)}`, log);
  const active = ours.filter((key) => key.active);
  const meant = active.length > 0 ? active : ours;
  const [key] = meant;
  if (key !== undefined && meant.length === 1) return key;
  throw new Failure(
    'ambiguous',
    `${meant.length} keys are named ${quote(name)}: ${listed(meant.map(idAndState))}.`,
    { hint: 'Say which one with `key_id`.', keyIds: meant.map(({ id }) => id) },
  );
}

function noneNamed(name: string, others: readonly ForeignKey[], why: string | undefined): Failure {
  const none = `No Send-Your-Data key of a team is named ${quote(name)}.`;
  return others.length === 0
    ? new Failure('not_found', none, {
        hint:
          why ??
          'Names are compared exactly. The `list` operation shows the keys that this `api_key` can see.',
      })
    : new Failure('not_found', `${none} ${passedOver(others, 'of that name')}`);
}

/**
 * Why no key has a name, where that can be seen: a slip of the keyboard, an end that a key has, or a
 * pattern, which only `list` takes.
 *
 * @param keys     all that there are
 * @param selector the name, which none of them has, and whose keys count
 * @returns sentences, or undefined
 */
export function whyNone(
  keys: readonly Key[],
  { name, teamId }: Pick<NameSelector, 'name' | 'teamId'>,
): string | undefined {
  const ours = oursAmong(keys, teamId);
  const ending = ours.filter((key) => withoutEnd(key.name) === name);
  if (ending.length > 0) return onlyEnding(ending);
  const near = ours.filter((key) => alike(key.name) === alike(name));
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

/** A key with an end is never taken for the one that stays: who uses that must not lose it. */
function onlyEnding(keys: readonly Key[]): string {
  const them = listed(
    keys.map((key) => `${quote(key.name)} (${key.id})`),
    3,
  );
  return keys.length === 1
    ? `A key that goes by this name has an end: ${them}. Give that name, or \`key_id\`, if it is meant.`
    : `Keys that go by this name have an end: ${them}. Give such a name, or \`key_id\`, if one is meant.`;
}

/** A name but for what a reader easily overlooks. */
function alike(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Cf}+/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
}

function idAndState({ id, active }: Key): string {
  return `${id} (${active ? 'active' : 'inactive'})`;
}
