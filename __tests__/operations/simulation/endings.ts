import { endOf } from '../../../src/names/stamp.ts';
import { isGone, isRetired, lastSeen, rotates } from './allowed-changes.ts';
import { reportOf } from './guarantees.ts';
import type { Change, KeyState } from './history.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';

/** Which keys got an end, from whom, and who took them out of use. Ends are worked out from the plans; names only say whose. */

const minuteMs = 60_000;

/** A key that got an end. Times are virtual. */
export interface Ending {
  readonly key: KeyState;
  /** The run that gave it. */
  readonly by: Report;
  readonly givenAt: number;
  /** Until then it was to stay at least: counted from the start of the step, or of the job's end. */
  readonly least: number;
  /** By then, at the latest, its end is past by the clock of whoever gave it. */
  readonly most: number;
}

/** All ends that keys got, in that order. */
export function endings(world: World): readonly Ending[] {
  return world.history.changes.flatMap((change) => {
    const { key, before, at: givenAt, run } = change;
    const by = reportOf(world, run);
    if (by === undefined || before?.name === key.name || endOf(key.name) === undefined) return [];
    const { request } = by.plan;
    const [from, lengthMs] =
      request.operation === 'create'
        ? [by.startedAt, request.expiresAfterMs]
        : [jobEndOf(world, by.plan.name), rotates(request) ? request.graceMs : undefined];
    if (from === undefined || lengthMs === undefined) return [];
    // The name tells it to the minute.
    return [{ key, by, givenAt, least: from + lengthMs, most: givenAt + lengthMs + minuteMs }];
  });
}

/** When the job of a run had ended, as far as its end has sent anything. */
function jobEndOf({ history }: World, name: string): number | undefined {
  return history.calls.find(({ run, half }) => run === name && half === 'job-end')?.sentAt;
}

/** How far the clock of one run is ahead of another's, in milliseconds. */
export function ahead(one: Report, other: Report): number {
  return (one.plan.skewMs ?? 0) - (other.plan.skewMs ?? 0);
}

/** Every time that somebody else than its maker took a key with an end out of use, though GitHub still had its branch. */
export function retirements(
  world: World,
): readonly { readonly change: Change; readonly ending: Ending; readonly who: Report }[] {
  const all = endings(world);
  const makers = new Map<string, string>();
  return world.history.changes.flatMap((change) => {
    const { kind, key, run, before } = change;
    if (kind === 'created') makers.set(key.id, run);
    const ending = all.findLast((each) => each.key.id === key.id && each.givenAt <= change.at);
    const who = reportOf(world, run);
    if (ending === undefined || who === undefined || makers.get(key.id) === run) return [];
    const isTakenAway = before?.active === true && isRetired(change) && !isGone(who, change);
    return isTakenAway && knewEnd(world, change) ? [{ change, ending, who }] : [];
  });
}

/** Whether whoever changed a key has seen that it has an end. A message can also arrive long after it was sent. */
export function knewEnd(world: World, change: Change): boolean {
  const seen = lastSeen(world, change);
  return seen !== undefined && endOf(seen.name) !== undefined;
}
