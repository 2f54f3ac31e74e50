import { endOf, clockDifferenceMs, withoutEnd } from '../../../src/names/stamp.ts';
import { fits, isRenamed, rotates } from './allowed-changes.ts';
import { ahead, endings, knewEnd, retirements } from './endings.ts';
import { reportOf, type Guarantee } from './guarantees.ts';
import { described } from './history.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';

/** What must hold of keys that have an end. */

/** How much a clock that is further ahead than is reckoned with retires too early, in milliseconds. */
function excessMs(who: Report, by: Report): number {
  return Math.max(0, ahead(who, by) - clockDifferenceMs);
}

/** None is retired before its end. */
export const noneBeforeItsEnd: Guarantee = (world) =>
  retirements(world).flatMap(({ change: { at, key }, ending: { least }, who }) =>
    at >= least
      ? []
      : [`run ${who.plan.name} retired ${described(key)} ${least - at} ms before its end`],
  );

/** However far the clocks are apart, none is retired earlier than they excuse. */
export const noneEarlierThanClocksDiffer: Guarantee = (world) =>
  retirements(world).flatMap(({ change: { at, key }, ending: { least, by }, who }) =>
    at >= least - excessMs(who, by)
      ? []
      : [`run ${who.plan.name} retired ${described(key)} ${least - at} ms before its end`],
  );

/** No key outlives its end by more than one run of `prune`: what that has seen to be past is retired when it ends. */
export const noneOutlivesItsEnd: Guarantee = (world) => {
  const all = endings(world);
  return world.reports.flatMap((report) => {
    const { plan, ending: how, warnings } = report;
    const { request } = plan;
    if (request.operation !== 'prune' || how !== 'done') return [];
    const calls = world.history.calls.filter(({ run }) => run === plan.name);
    const list = calls.find(({ rpc, isAnswered }) => rpc === 'GetSendDataApiKeys' && isAnswered);
    const seenAt = list?.servedAt ?? -Infinity;
    const endedAt = Math.max(...calls.map((call) => call.endedAt ?? Infinity));
    return all.flatMap(({ key, by, givenAt, most }) => {
      // Where two rotations gave it one in the same moment, or it lost it to a message that arrived late,
      // its last name counts.
      const last = world.history.changes.findLast((change) => change.key.id === key.id);
      if (last?.key.name !== key.name) return [];
      const isSeen =
        givenAt + world.readLagMs <= seenAt &&
        fits(request, withoutEnd(key.name)) &&
        seenAt >= most + clockDifferenceMs + Math.max(0, ahead(by, report));
      const isTold = warnings.some((text) => text.includes(key.id));
      return isSeen && !isTold && isActiveAt(world, key.id, endedAt)
        ? [`run ${plan.name}, a prune, left ${described(key)}`]
        : [];
    });
  });
};

function isActiveAt({ history }: World, id: string, moment: number): boolean {
  const last = history.changes.findLast(({ key, at }) => key.id === id && at <= moment);
  return last !== undefined && last.kind !== 'deleted' && last.key.active;
}

/** An end that was given is never changed, by a later rotation least of all. */
export const endsAreFinal: Guarantee = (world) =>
  world.history.changes.flatMap((change) => {
    const { run, key, before } = change;
    if (!isRenamed(change) || before === undefined || endOf(before.name) === undefined) return [];
    return knewEnd(world, change)
      ? [`run ${run} renamed ${described(before)} to "${key.name}"`]
      : [];
  });

/** A key that somebody else made gets an end only when a job has succeeded. */
export const endsFollowSuccess: Guarantee = (world) =>
  world.history.changes.flatMap((change) => {
    const { run, key } = change;
    const report = reportOf(world, run);
    if (!isRenamed(change) || endOf(key.name) === undefined || report === undefined) return [];
    const { request, jobStatus } = report.plan;
    if (request.operation === 'create') return [];
    const renaming = world.history.calls.find(
      (call) =>
        call.run === run && call.request.key_id === key.id && call.request.new_name === key.name,
    );
    const isGranted =
      renaming?.half === 'job-end' && report.ending === 'done' && jobStatus === 'success';
    return isGranted ? [] : [`run ${run} gave ${described(key)} an end before its job succeeded`];
  });

/** G5: what a rotation changes of others' keys, it changes when its own value is handed out. */
export const nothingBeforeDelivery: Guarantee = (world) => {
  const makers = new Map<string, string>();
  return world.history.changes.flatMap((change) => {
    const { run, kind, key, at } = change;
    if (kind === 'created') makers.set(key.id, run);
    const report = reportOf(world, run);
    if (report === undefined || !rotates(report.plan.request)) return [];
    if (makers.get(key.id) === run || key.name.includes(' ~pending-')) return [];
    return at >= (report.deliveredAt ?? Infinity)
      ? []
      : [`G5: run ${run} ${kind} ${described(key)} before its own value was handed out`];
  });
};

/**
 * G6: where a job has succeeded, the job's end that came to its own end has retired each previous key, or
 * given it an end, or said that it has not.
 */
export const leavesNothingUnsaid: Guarantee = (world) =>
  world.reports.flatMap((report) => {
    const { plan, ending, jobEndPlan, jobEndSentences, jobEndFailure, warnings } = report;
    const { rotation } = jobEndPlan ?? {};
    const hasEnded = jobEndSentences !== undefined || jobEndFailure !== undefined;
    if (ending !== 'done' || plan.jobStatus !== 'success' || !hasEnded) return [];
    const said = [jobEndFailure?.report ?? '', ...(jobEndFailure?.keyIds ?? []), ...warnings];
    return (rotation?.previousKeyIds ?? []).flatMap((id) => {
      const ofKey = world.history.changes.filter(({ key }) => key.id === id);
      const isSeenTo = ofKey.some(
        ({ kind, key }) => kind === 'deleted' || !key.active || endOf(key.name) !== undefined,
      );
      const last = ofKey.at(-1);
      return isSeenTo || last === undefined || said.some((text) => text.includes(id))
        ? []
        : [`G6: the job's end of run ${plan.name} left ${described(last.key)}, and did not say so`];
    });
  });

/** What holds of ends, as long as no two clocks are further apart than is reckoned with. */
export const alwaysOfEnds: readonly Guarantee[] = [
  noneBeforeItsEnd,
  noneOutlivesItsEnd,
  endsAreFinal,
  endsFollowSuccess,
  nothingBeforeDelivery,
  leavesNothingUnsaid,
];
