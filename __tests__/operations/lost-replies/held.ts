import {
  activeIn,
  allEnd,
  createdOnce,
  keyOf,
  nothingProvisional,
  oneNamePerRun,
  othersUntouched,
} from '../simulation/guarantees.ts';
import type { Change } from '../simulation/history.ts';
import { ensuring, name } from '../simulation/requests.ts';
import { runAlone } from '../simulation/run.ts';
import { jobEndOf, type Played } from './play.ts';
import { changedAsTold, namesWhatIsLeft, tellsTheTruth } from './told.ts';

/** What must hold of every history with a lost reply. Gives a sentence for each breach. */
export function breaches(played: Played): readonly string[] {
  return [
    ...secondIsInBetween(played),
    ...others(played),
    ...secondKeepsItsKey(played),
    ...tellsTheTruth(played),
    ...changedAsTold(played),
    ...namesWhatIsLeft(played),
  ];
}

/** The second run is over before the step makes its next call: otherwise nothing is shown. */
function secondIsInBetween({ second, world, calls, lostCall }: Played): readonly string[] {
  if (second === undefined || lostCall === undefined) return [];
  const next = calls[calls.indexOf(lostCall) + 1]?.sentAt ?? Infinity;
  const last = world.history.calls.findLast(({ run }) => run === 'second')?.endedAt ?? Infinity;
  return last < next ? [] : ['the second run was not over before the next call'];
}

/** What holds of all runs; that others' keys are left alone, of those that make keys. */
function others({ world, first, calls }: Played): readonly string[] {
  const isMaking = ['create', 'ensure', 'rotate'].includes(first.plan.request.operation);
  const all = [oneNamePerRun, createdOnce, allEnd, ...(isMaking ? [othersUntouched] : [])];
  const creates = calls.filter(({ rpc }) => rpc === 'CreateApiKey');
  const isTwice = creates.length > 1 && creates.some(({ request }) => request.name === name);
  return [
    ...all.flatMap((guarantee) => guarantee(world)),
    ...(isTwice ? ['a key was made twice under its final name'] : []),
  ];
}

/** What another run was told that it may use stays active, unless it was to go. */
function secondKeepsItsKey(played: Played): readonly string[] {
  const taken = takenFromSecond(played);
  if (taken === undefined) return [];
  if (taken.run === 'first' && (isMeant(taken.key.id, played) || isBound(taken, played))) return [];
  return [`the second run uses the key ${taken.key.id}, which run ${taken.run} took away`];
}

/** What took away the key that the second run was told that it may use; undefined: nothing did. */
function takenFromSecond({ second, world }: Played): Change | undefined {
  const key = second === undefined ? undefined : keyOf(second);
  if (key === undefined || activeIn(world.store.keys()).includes(key)) return undefined;
  return world.history.changes.findLast((change) => change.key.id === key);
}

/** Whether the second run used the key of a rotation that was taken back, and was warned of it. */
export function isTakenBack(played: Played): boolean {
  const taken = takenFromSecond(played);
  const isRotation = played.first.plan.request.operation === 'rotate';
  return isRotation && taken !== undefined && !isMeant(taken.key.id, played);
}

/** Whether the step was asked to retire this key: it was given, or a list showed it before any change. */
function isMeant(key: string, { first, planted, calls }: Played): boolean {
  const { operation } = first.plan.request;
  if (operation === 'create' || operation === 'ensure') return false;
  const isChange = (rpc: string): boolean => rpc !== 'GetSendDataApiKeys' && rpc !== 'GetApiKey';
  const changed = calls.findIndex(({ rpc }) => isChange(rpc));
  const isShown = calls
    .slice(0, changed < 0 ? calls.length : changed)
    .some(({ isAnswered, shown }) => isAnswered && activeIn(shown ?? []).includes(key));
  return isShown || (operation !== 'rotate' && planted.includes(key));
}

/**
 * Whether this key is one that ends with the job for all who use it, or that of a rotation that failed,
 * while a previous one is there to be used: its other users were warned of it (docs/guarantees.md).
 */
function isBound({ key, at }: Change, { first, second, planted, calls }: Played): boolean {
  const { request } = first.plan;
  if ('lifetime' in request && request.lifetime === 'job') {
    return first.jobEndPlan?.lifetimeKeyId === key.id && at >= (jobEndOf(calls) ?? Infinity);
  }
  const isWarned = second?.warnings.some((warning) => warning.includes('rotation is under way'));
  return request.operation === 'rotate' && isWarned === true && !planted.includes(key.id);
}

const hourMs = 60 * 60_000;

/** What is left under a provisional name is deleted by a later run. */
export async function sweptLater({ world }: Played): Promise<readonly string[]> {
  if (nothingProvisional(world).length === 0) return [];
  await world.pass(2 * hourMs);
  await runAlone(world, {
    name: 'later',
    request: ensuring({ ifValueLost: 'ignore' }),
    hasJobEnd: false,
  });
  return nothingProvisional(world);
}
