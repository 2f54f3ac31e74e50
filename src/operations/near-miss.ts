import { nearTexts } from '../core/nearest.ts';
import type { Key } from '../core/ports.ts';
import { listed, quote } from '../core/text.ts';
import { isOwnStamp, readStamp, withoutEnd } from '../names/stamp.ts';
import type { NameSelector } from './key-selector.ts';
import { oursAmong } from './ownership.ts';

/** What is said of a name that no key has, to whoever most likely meant another one. */

/** More names than these nobody reads. */
const mostNames = 3;

/**
 * Which names may have been meant: those that are a slip of the keyboard away. A key that is still being
 * made is never among them, nor one with an end, whose name nobody chose; nor names that differ in their
 * numbers only, as those of pull requests do: they are apart on purpose.
 *
 * @param keys     all that there are
 * @param selector the name, which none of them has, and whose keys count
 * @returns sentences, or undefined
 */
export function nearMiss(
  keys: readonly Key[],
  { name, teamId }: Pick<NameSelector, 'name' | 'teamId'>,
): string | undefined {
  const ours = oursAmong(keys, teamId).filter((key) => !isStamped(key.name));
  const names = [...new Set(ours.map((key) => key.name))];
  const near = nearTexts(
    name,
    names.filter((each) => withoutNumbers(each) !== withoutNumbers(name)),
  );
  if (near.length === 0) return undefined;
  const them = near.slice(0, mostNames).map((each) => quote(each));
  const last = them.pop() ?? '';
  const meant = them.length === 0 ? last : `${them.join(', ')} or ${last}`;
  return `Did you mean ${meant}? Names are compared exactly.`;
}

function isStamped(name: string): boolean {
  const stamp = readStamp(name);
  return stamp !== undefined && isOwnStamp(stamp);
}

function withoutNumbers(name: string): string {
  return name.replace(/\d+/gu, '').toLowerCase();
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
      mostNames,
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
    mostNames,
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
