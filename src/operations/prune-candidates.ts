import type { Key, Retire } from '../core/ports.ts';
import type { NameMatcher } from '../names/matcher.ts';
import { endOf, isDue, isOwnStamp, readStamp } from '../names/stamp.ts';
import { isAbandoned } from './classify.ts';
import { inWords } from './inventory.ts';

/** Which keys a `prune` looks at, and what it does with them. */
export interface PruneScope {
  readonly template: NameMatcher;
  readonly retire: Retire;
}

/** A key that stays if what it was made for still exists. */
export interface Undecided {
  readonly key: Key;
  /** The branch, pull request or environment that it was made for. */
  readonly owner: string;
  /** Whether its name says until when it stays at the longest. */
  readonly hasEnd: boolean;
}

/** The keys that fit the template of a `prune`, by what decides about them. */
export interface SortedKeys {
  /** What GitHub has decides. */
  readonly undecided: readonly Undecided[];
  /** Their end is past: they go, whatever GitHub has. */
  readonly due: readonly Key[];
  /** Their end is to come, and nothing else is looked at. */
  readonly waiting: readonly Key[];
  /** Made under a provisional name, and nobody works on them any more. */
  readonly leftovers: readonly Key[];
}

/**
 * Sorts the keys that fit a template. A name is read without its stamp; one with something that only looks
 * like a stamp is an ordinary name that fits no template, so nothing becomes of its key.
 *
 * @param keys    all that the service lists
 * @param scope   the template, and what retiring means
 * @param now     milliseconds since 1970
 */
export function sortForPrune(
  keys: readonly Key[],
  { template, retire }: PruneScope,
  now: number,
): SortedKeys {
  const undecided: Undecided[] = [];
  const due: Key[] = [];
  const waiting: Key[] = [];
  const leftovers: Key[] = [];
  for (const key of keys) {
    const stamp = readStamp(key.name);
    if (stamp !== undefined && !isOwnStamp(stamp)) continue;
    const owner = template.capture(stamp?.name ?? key.name);
    if (owner === undefined) continue;
    if (stamp?.kind === 'pending') {
      if (isAbandoned(stamp.since, now)) leftovers.push(key);
      continue;
    }
    // One that is inactive already is left alone, unless it shall go for good.
    if (!key.active && retire === 'deactivate') continue;
    if (stamp !== undefined && isDue(stamp.until, now)) due.push(key);
    else if (template.open !== undefined)
      undecided.push({ key, owner, hasEnd: stamp !== undefined });
    else if (stamp !== undefined) waiting.push(key);
  }
  return { undecided, due, waiting, leftovers };
}

/** What a `prune` has settled on. */
export interface PruneChoice {
  /** Those of {@link SortedKeys.undecided} that go. */
  readonly gone: readonly Undecided[];
  readonly due: readonly Key[];
  readonly leftovers: readonly Key[];
}

/**
 * Why each key goes, in words that follow its name.
 *
 * @param choice   the keys
 * @param template what they were made for
 * @returns by their ids
 */
export function reasons(
  { gone, due, leftovers }: PruneChoice,
  { open }: NameMatcher,
): ReadonlyMap<string, string> {
  return new Map([
    ...gone.map(({ key, owner }) => {
      const madeFor = open === undefined ? {} : { madeFor: { kind: open, name: owner } };
      return [key.id, inWords({ state: 'gone', ...madeFor })] as const;
    }),
    ...due.map(({ id, name }) => {
      const end = endOf(name);
      const ends = end === undefined ? {} : { endsMs: end };
      return [id, inWords({ state: 'ended', ...ends })] as const;
    }),
    ...leftovers.map(({ id, name }) => {
      const stamp = readStamp(name);
      const begun = stamp?.kind === 'pending' ? { begunMs: stamp.since } : {};
      return [id, inWords({ state: 'abandoned', ...begun })] as const;
    }),
  ]);
}
