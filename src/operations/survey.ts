import type { Key } from '../ports.ts';
import { provisionalSince } from './provisional.ts';

/** What a list of keys says about one name. */
export interface Survey {
  /** Active keys with exactly this name, in the order in which every run sees them. */
  readonly active: readonly Key[];
  /** Provisional keys that some run may still be working on. */
  readonly underWay: readonly Key[];
  /** Provisional keys that nobody works on any more. */
  readonly abandoned: readonly Key[];
}

// A step's budget is an hour at most, and clocks differ: what is older belongs to nobody.
const abandonedAfterMs = 60 * 60 * 1000;

// A run settles its key within seconds. After this long it is dead or stuck, and not waited for.
const underWayForMs = 10 * 60 * 1000;

/**
 * Sorts out what a list says about one name. Inactive keys with that name are passed over.
 *
 * @param keys all keys of the caller
 * @param name the final name
 * @param now  milliseconds since 1970
 */
export function survey(keys: readonly Key[], name: string, now: number): Survey {
  const active: Key[] = [];
  const underWay: Key[] = [];
  const abandoned: Key[] = [];
  for (const key of keys) {
    if (key.name === name) {
      if (key.active) active.push(key);
      continue;
    }
    const since = provisionalSince(key.name, name);
    if (since === undefined) continue;
    const age = now - since;
    if (age > abandonedAfterMs) abandoned.push(key);
    // A clock that is ahead gives a time to come: no more alive for that.
    else if (key.active && Math.abs(age) <= underWayForMs) underWay.push(key);
  }
  return { active: active.sort(byId), underWay: underWay.sort(byId), abandoned };
}

/** One order for all runs, whatever the order in which the service lists. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
