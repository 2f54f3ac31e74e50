import type { Request } from '../../../src/operations/index.ts';
import type { PruneRequest } from '../../../src/operations/prune.ts';
import { clockDifferenceMs, endOf, withoutEnd } from '../../../src/names/stamp.ts';
import { readProvisional } from '../../support/provisional.ts';
import type { Change, KeyState } from './history.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';

const hourMs = 60 * 60 * 1000;

/**
 * Whether a run may change a key that it did not make: the exceptions of G2.
 *
 * @param world  where
 * @param report whose change it is
 * @param change what it changed
 */
export function isAllowed(world: World, report: Report, change: Change): boolean {
  return (
    isRepeated(change) ||
    isSweeping(world, report, change) ||
    isReplaced(world, report, change) ||
    isDueKey(world, report, change) ||
    isGone(report, change) ||
    isNamed(report, change)
  );
}

/** Provisional keys of the same name, or of the template, older than an hour by their name. */
function isSweeping(world: World, report: Report, { kind, key, at }: Change): boolean {
  const provisional = readProvisional(key.name);
  if (kind !== 'deleted' || provisional === undefined) return false;
  const { request } = report.plan;
  const isInScope =
    request.operation === 'prune'
      ? fits(request, withoutEnd(provisional.name))
      : 'name' in request && provisional.name === request.name;
  return isInScope && clockAt(world, report, at) - provisional.since > hourMs;
}

/**
 * The keys that a rotation replaces: those that it saw before it made its own, and that had neither got
 * an end nor been retired when it looked last. With a grace period they get an end, and nothing else.
 */
function isReplaced(world: World, { plan }: Report, change: Change): boolean {
  const { request } = plan;
  if (!rotates(request)) return false;
  const isChanged =
    request.graceMs === undefined
      ? isRetired(change)
      : isRenamed(change) &&
        endOf(change.key.name) !== undefined &&
        withoutEnd(change.key.name) === request.name;
  if (!isChanged) return false;
  const isMeant = ({ id, name, active }: KeyState): boolean =>
    id === change.key.id && name === request.name && active;
  const calls = world.history.calls.filter((call) => call.run === plan.name);
  const made = calls.findLastIndex(({ rpc }) => rpc === 'CreateApiKey');
  const seen = lastSeen(world, change);
  return (
    seen !== undefined &&
    isMeant(seen) &&
    calls.slice(0, made).some(({ shown = [] }) => shown.some(isMeant))
  );
}

/**
 * What the run that changed a key knew of it: as its last list showed it. The service has no condition
 * on an update, so what happens to the key after that, or too short before it to be seen, the run
 * cannot take into account.
 */
export function lastSeen({ history }: World, { run, key, at }: Change): KeyState | undefined {
  const list = history.calls.findLast(
    (call) =>
      call.run === run && call.shown !== undefined && call.isAnswered && (call.endedAt ?? at) <= at,
  );
  return list?.shown?.find(({ id }) => id === key.id);
}

/** Keys of the same name, or of the template, whose end is past by the clock of whoever retires them. */
function isDueKey(world: World, report: Report, change: Change): boolean {
  const end = endOf(change.key.name);
  const { request } = report.plan;
  if (!isRetired(change) || end === undefined) return false;
  const name = withoutEnd(change.key.name);
  const isInScope =
    request.operation === 'prune' ? fits(request, name) : rotates(request) && name === request.name;
  return isInScope && clockAt(world, report, change.at) - clockDifferenceMs >= end;
}

/** Keys of what is gone from GitHub. */
export function isGone({ plan }: Report, change: Change): boolean {
  const { request, existing } = plan;
  if (request.operation !== 'prune' || request.template.open === undefined) return false;
  const owner = request.template.capture(withoutEnd(change.key.name));
  const there = typeof existing === 'function' ? existing(change.at) : existing;
  return isRetired(change) && owner !== undefined && there?.has(owner) === false;
}

/** Keys that are to be retired by their name: with those that had it before they got an end. */
function isNamed({ plan: { request } }: Report, change: Change): boolean {
  return (
    (request.operation === 'delete' || request.operation === 'deactivate') &&
    request.keys.by === 'name' &&
    request.keys.name === withoutEnd(change.key.name) &&
    isRetired(change)
  );
}

/** Whether a request makes a key in the place of others. */
export function rotates(request: Request): request is Extract<Request, { graceMs: unknown }> {
  return (
    request.operation === 'rotate' ||
    (request.operation === 'ensure' &&
      (request.maxAgeMs !== undefined || request.ifValueLost === 'rotate'))
  );
}

/** Whether a change takes a key out of use, and nothing else. */
export function isRetired({ kind, key, before }: Change): boolean {
  return kind === 'deleted' || (before?.active === true && !key.active && before.name === key.name);
}

/** Whether a change gives a key another name, and nothing else. */
export function isRenamed({ kind, key, before }: Change): boolean {
  return kind === 'updated' && before?.active === key.active && before.name !== key.name;
}

/** After a lost answer the same is asked for once more, and nothing is different. */
function isRepeated({ kind, key, before }: Change): boolean {
  return kind === 'updated' && before?.name === key.name && before.active === key.active;
}

/** Whether a name is in the scope of a prune. */
export function fits({ template }: PruneRequest, name: string): boolean {
  return template.capture(name) !== undefined;
}

/** What a run's clock showed at a moment of virtual time. */
function clockAt(world: World, { plan }: Report, at: number): number {
  return world.wallClock(plan.skewMs ?? 0) - world.time.now + at;
}
