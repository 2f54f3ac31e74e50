import { endOf, withoutStamp } from '../../../src/names/stamp.ts';
import { readProvisional } from '../../support/provisional.ts';
import { isGone, isRetired } from './allowed-changes.ts';
import { reportOf } from './guarantees.ts';
import type { Change } from './history.ts';
import { branchKey, environmentKey, isThere, type Month } from './month.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';

/** What a month came to. */
export interface MonthNumbers {
  readonly jobs: number;
  /** Cut off in their main, or at the end of the job. */
  readonly jobsKilled: number;
  readonly jobsFailed: number;
  readonly eventsLost: number;
  readonly keysMade: number;
  /** That came to the end of their main. */
  readonly rotations: number;
  /** Keys that got two days of grace. */
  readonly graces: number;
  /** By what they went. */
  readonly keysRetired: Readonly<Record<string, number>>;
}

/** Counts what happened. */
export function numbersOf({ world, branches }: Month): MonthNumbers {
  const { reports, history } = world;
  const keysRetired: Record<string, number> = {};
  for (const change of history.changes) {
    const report = reportOf(world, change.run);
    if (report === undefined || !isRetired(change)) continue;
    const reason = reasonOf(report, change);
    keysRetired[reason] = (keysRetired[reason] ?? 0) + 1;
  }
  return {
    jobs: reports.length,
    jobsKilled: reports.filter(isKilled).length,
    jobsFailed: reports.filter(({ ending }) => ending === 'failed').length,
    eventsLost: branches.filter(({ isEventLost, to }) => isEventLost && to < world.time.now).length,
    keysMade: history.changes.filter(({ kind }) => kind === 'created').length,
    rotations: reports.filter(
      ({ plan, ending }) => plan.request.operation === 'rotate' && ending === 'done',
    ).length,
    graces: history.changes.filter(
      ({ kind, key, before }) =>
        kind === 'updated' &&
        endOf(key.name) !== undefined &&
        before?.name === withoutStamp(key.name),
    ).length,
    keysRetired,
  };
}

function isKilled({ plan, ending, jobEndPlan, jobEndSentences, jobEndFailure }: Report): boolean {
  if (ending === 'crashed') return true;
  const hasEnded = jobEndSentences !== undefined || jobEndFailure !== undefined;
  return plan.jobEndCrash !== undefined && jobEndPlan !== undefined && !hasEnded;
}

/** By what a key went: the operation, and what it had against the key. */
function reasonOf(report: Report, change: Change): string {
  const { operation } = report.plan.request;
  if (readProvisional(change.key.name) !== undefined) {
    return operation === 'prune'
      ? 'prune: never finished'
      : 'the run itself, or a later one: never finished';
  }
  if (operation === 'prune') {
    return isGone(report, change) ? 'prune: the branch is gone' : 'prune: its end is past';
  }
  if (operation === 'delete') return 'delete: the event of the branch';
  if (operation === 'create') return 'the end of its job';
  return `${operation}: its end is past, or it was not handed out`;
}

/**
 * What is not as it should be at the end: one key for each environment and each branch that is there, the
 * value of the environments' in their secrets, and nothing else.
 */
export function misfits({ world, branches }: Month): readonly string[] {
  const { store, time } = world;
  const wanted = [
    ...['production', 'staging', 'development'].map(environmentKey),
    ...branches.filter((branch) => isThere(branch, time.now)).map(({ name }) => branchKey(name)),
  ];
  const found = store.keys().map(({ name, active }) => `${name}${active ? '' : ' (inactive)'}`);
  return [
    ...difference(found, wanted).map((name) => `"${name}" is left`),
    ...difference(wanted, found).map((name) => `"${name}" is missing`),
    ...environmentsWithoutValue(world),
  ];
}

/** What one list has more of than another: each as often as that. */
function difference(some: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return some.filter((one) => {
    const at = left.indexOf(one);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

function environmentsWithoutValue(world: World): readonly string[] {
  return ['production', 'staging', 'development'].flatMap((environment) => {
    const held = world.placeOf({ environment }).secret?.value.reveal();
    const key = world.store.keys().find(({ name }) => name === environmentKey(environment));
    return key?.value === held ? [] : [`the secret of ${environment} holds another value`];
  });
}
