import type { Key, OpenPlaceholder } from '../core/ports.ts';
import { quote } from '../core/text.ts';
import type { NameMatcher } from '../names/matcher.ts';
import { endOf, isDue, isoMoment, isOwnStamp, readStamp } from '../names/stamp.ts';
import { isAbandoned } from './classify.ts';
import { whyNotOurs } from './ownership.ts';

/** What each key is, as far as its name, its owner and GitHub tell. */

/**
 * The states of a key, those first that somebody should look at. Of several that hold, the one that is
 * decided first counts: whose it is, whether it is still being made, whether it works, then its end.
 *
 * - `abandoned`: under a provisional name for more than an hour; `prune` deletes it
 * - `ended`: active, and past its end; `prune` retires it
 * - `gone`: active, and its branch, pull request or environment is gone; `prune` retires it
 * - `duplicate`: one of several active keys with the same name
 * - `foreign`: not ours, so that no operation takes it by name
 * - `pending`: under a provisional name: some run is making it
 * - `ending`: active, with an end to come
 * - `active`, `inactive`: all others
 */
export const keyStates = [
  ...(['abandoned', 'ended', 'gone', 'duplicate', 'foreign'] as const),
  ...(['pending', 'ending', 'active', 'inactive'] as const),
] as const;

/** One of {@link keyStates}. */
export type KeyState = (typeof keyStates)[number];

/** Whether somebody should look at a key of this state. One that is not ours is in order where it belongs. */
export function isWrong(state: KeyState): boolean {
  switch (state) {
    case 'abandoned':
    case 'ended':
    case 'gone':
    case 'duplicate':
      return true;
    case 'foreign':
    case 'pending':
    case 'ending':
    case 'active':
    case 'inactive':
      return false;
  }
}

/** What a key is, and what that rests on. */
export interface Standing {
  readonly state: KeyState;
  /** Its end, by its name: milliseconds since 1970. */
  readonly endsMs?: number;
  /** When some run began to make it, by its name: milliseconds since 1970. */
  readonly begunMs?: number;
  /** Why it is not ours: to follow "it". */
  readonly whyForeign?: string;
  /** What it was made for, where a template tells. */
  readonly madeFor?: { readonly kind: OpenPlaceholder; readonly name: string };
}

/** A key of a list, with what it is. */
export interface ListedKey extends Key {
  readonly standing: Standing;
}

/** What the states rest on, besides the keys. */
export interface InventoryContext {
  /** The only team whose keys are ours. */
  readonly teamId: number | undefined;
  /** What keys are made for; undefined where no template tells. */
  readonly template: NameMatcher | undefined;
  /** What GitHub has of that; undefined where it was not asked. */
  readonly existing: ReadonlySet<string> | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Says what each key is.
 *
 * @param keys    all that there are: a namesake may be anywhere
 * @param context what it rests on
 * @returns the same keys, in the same order
 */
export function takeInventory(
  keys: readonly Key[],
  context: InventoryContext,
): readonly ListedKey[] {
  const duplicates = duplicatesAmong(keys, context.teamId);
  return keys.map((key) => ({ ...key, standing: standingOf(key, duplicates, context) }));
}

/**
 * The branch, pull request or environment that a key was made for.
 *
 * @param key      any key
 * @param template reads it from the name, without its stamp
 * @returns undefined where the name does not fit
 */
export function madeFor({ name }: Key, template: NameMatcher | undefined): string | undefined {
  const stamp = readStamp(name);
  return stamp === undefined || isOwnStamp(stamp)
    ? template?.capture(stamp?.name ?? name)
    : undefined;
}

function standingOf(
  key: Key,
  duplicates: ReadonlySet<string>,
  { teamId, template, existing, now }: InventoryContext,
): Standing {
  const whyForeign = whyNotOurs(key, teamId);
  if (whyForeign !== undefined) return { state: 'foreign', whyForeign };
  const name = madeFor(key, template);
  const kind = template?.open;
  const rest = kind === undefined || name === undefined ? {} : { madeFor: { kind, name } };
  const stamp = readStamp(key.name);
  if (stamp !== undefined && isOwnStamp(stamp) && stamp.kind === 'pending') {
    const state = isAbandoned(stamp.since, now) ? 'abandoned' : 'pending';
    const end = endOf(stamp.finalName);
    return { state, ...rest, begunMs: stamp.since, ...(end === undefined ? {} : { endsMs: end }) };
  }
  const endsMs = endOf(key.name);
  const facts = { ...rest, ...(endsMs === undefined ? {} : { endsMs }) };
  if (!key.active) return { state: 'inactive', ...facts };
  if (endsMs !== undefined && isDue(endsMs, now)) return { state: 'ended', ...facts };
  const isGone = name !== undefined && existing?.has(name) === false;
  if (isGone) return { state: 'gone', ...facts };
  if (endsMs !== undefined) return { state: 'ending', ...facts };
  return { state: duplicates.has(key.id) ? 'duplicate' : 'active', ...facts };
}

/**
 * Ids of the active keys that share their name with another one of the same team. Names with an end say
 * nothing: no operation takes such a key for the one of its name.
 */
function duplicatesAmong(keys: readonly Key[], teamId: number | undefined): ReadonlySet<string> {
  const byName = new Map<string, Key[]>();
  for (const key of keys) {
    const isMeant = key.active && readStamp(key.name) === undefined;
    if (!isMeant || whyNotOurs(key, teamId) !== undefined) continue;
    const known = byName.get(key.name);
    if (known === undefined) byName.set(key.name, [key]);
    else known.push(key);
  }
  return new Set(
    [...byName.values()].flatMap((namesakes) =>
      namesakes
        .filter((key) => namesakes.some((other) => other !== key && mayShareTeam(key, other)))
        .map(({ id }) => id),
    ),
  );
}

/** An owner that the service does not tell may be any team. */
function mayShareTeam({ owner: one }: Key, { owner: other }: Key): boolean {
  if (one?.kind !== 'team' || other?.kind !== 'team') return true;
  return one.teamId === other.teamId;
}

/**
 * What a key is, in words: to follow its name and a colon.
 *
 * @param standing what it is
 */
export function inWords({ state, endsMs, begunMs, whyForeign, madeFor: owner }: Standing): string {
  const begun = begunMs === undefined ? '' : isoMoment(begunMs);
  const end = endsMs === undefined ? '' : isoMoment(endsMs);
  switch (state) {
    case 'abandoned':
      return `abandoned, begun on ${begun}`;
    case 'ended':
      return `ended on ${end}`;
    case 'gone':
      return owner === undefined
        ? 'of something that is gone'
        : `of the ${things[owner.kind]} ${quote(owner.name)}, which is gone`;
    case 'duplicate':
      return 'one of several active keys of this name';
    case 'foreign':
      return `not ours, ${whyForeign ?? ''}`;
    case 'pending':
      return `being made since ${begun}`;
    case 'ending':
      return `ends on ${end}`;
    case 'active':
    case 'inactive':
      return state;
  }
}

const things: Readonly<Record<OpenPlaceholder, string>> = {
  branch: 'branch',
  pull_request: 'pull request',
  environment: 'environment',
};
