import { longestStepMs } from '../core/clock.ts';
import type { Key } from '../core/ports.ts';
import type { CreateOptions } from './create-options.ts';
import { isDue, readStamp } from '../names/stamp.ts';
import { oursAmong } from './ownership.ts';

/** What a list of keys says about one name. */
export interface Classified {
  /** Active keys with exactly this name, in the order in which every run sees them. */
  readonly active: readonly Key[];
  /** Inactive keys with exactly this name. */
  readonly inactive: readonly Key[];
  /** Provisional keys that some run may still be working on. */
  readonly underWay: readonly Key[];
  /** Provisional keys that nobody works on any more. */
  readonly abandoned: readonly Key[];
  /** Active keys that had an end under this name, which is past. */
  readonly due: readonly Key[];
}

// What is older than the longest step belongs to nobody.
const abandonedAfterMs = longestStepMs;

// A run names its key or gives it up within seconds. After this long it is dead or stuck, and not waited for.
const underWayForMs = 10 * 60 * 1000;

/**
 * Sorts out what a list says about one name. Keys of others are passed over: whoever asks for a key must not
 * get the value of theirs.
 *
 * @param keys   all keys of the caller
 * @param wanted the final name, and the team
 * @param now    milliseconds since 1970
 */
export function classify(
  keys: readonly Key[],
  { name, teamId }: Pick<CreateOptions, 'name' | 'teamId'>,
  now: number,
): Classified {
  const active: Key[] = [];
  const inactive: Key[] = [];
  const underWay: Key[] = [];
  const abandoned: Key[] = [];
  const due: Key[] = [];
  for (const key of oursAmong(keys, teamId)) {
    if (key.name === name) {
      (key.active ? active : inactive).push(key);
      continue;
    }
    const stamp = readStamp(key.name);
    if (stamp?.kind === 'until' && stamp.name === name && key.active && isDue(stamp.until, now)) {
      due.push(key);
    }
    const provisional = stamp?.kind === 'pending' ? stamp : undefined;
    if (provisional?.finalName !== name) continue;
    const age = now - provisional.since;
    if (isAbandoned(provisional.since, now)) abandoned.push(key);
    // A clock that is ahead gives a time to come: no more alive for that.
    else if (key.active && Math.abs(age) <= underWayForMs) underWay.push(key);
  }
  return { active: active.sort(byId), inactive, underWay: underWay.sort(byId), abandoned, due };
}

/**
 * Whether nobody works on a provisional key any more.
 *
 * @param since when it was made: milliseconds since 1970
 * @param now   likewise
 */
export function isAbandoned(since: number, now: number): boolean {
  return now - since > abandonedAfterMs;
}

/** One order for all runs, whatever the order in which the service lists. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
