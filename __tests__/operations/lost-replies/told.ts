import type { Failure } from '../../../src/core/failure.ts';
import { activeIn } from '../simulation/guarantees.ts';
import type { Change } from '../simulation/history.ts';
import { name } from '../simulation/requests.ts';
import { untrue, type Said } from './claims.ts';
import { jobEndOf, type Played } from './play.ts';

/** What the step says of a key is so, when it has said it. */
export function tellsTheTruth({ first, world, calls }: Played): readonly string[] {
  const { time, history } = world;
  const begun = jobEndOf(calls) ?? time.now;
  return untrue([...saidByMain(first, begun), ...saidByJobEnd(first, time.now)], history);
}

const report = (failure: Failure | undefined): readonly string[] =>
  failure === undefined ? [] : [failure.report];

function saidByMain(
  { outcome, failure, ending, warnings }: Played['first'],
  at: number,
): readonly Said[] {
  const sentence = ending === 'done' && outcome !== undefined ? [outcome.sentence] : [];
  return [...sentence, ...report(failure), ...warnings].map((text) => ({ at, text }));
}

function saidByJobEnd(
  { jobEndSentences, jobEndFailure }: Played['first'],
  at: number,
): readonly Said[] {
  return [...(jobEndSentences ?? []), ...report(jobEndFailure)].map((text) => ({ at, text }));
}

/** Whether anything is different from before is what the step says in `changed`, and of a key that it made. */
export function changedAsTold({ first, world, calls, lostCall }: Played): readonly string[] {
  const { outcome, failure, ending } = first;
  const end = jobEndOf(calls) ?? Infinity;
  const own = world.history.changes.filter(({ run, at }) => run === 'first' && at < end);
  const changes = lasting(own);
  if (ending === 'done' && outcome !== undefined) {
    const isMade = changes.some(
      ({ kind, key }) => kind === 'created' && key.id === outcome.key?.id,
    );
    return [
      ...(outcome.changed === changes.length > 0 ? [] : [`changed is ${String(outcome.changed)}`]),
      ...(outcome.created && !isMade ? ['it did not make the key'] : []),
    ];
  }
  const isOne = ['update', 'delete', 'deactivate', 'activate'].includes(
    first.plan.request.operation,
  );
  const isChange = lostCall?.rpc === 'UpdateApiKey' || lostCall?.rpc === 'DeleteApiKey';
  const isDoubted = failure?.effect === 'unknown' || failure?.message.includes('nobody knows');
  return isOne && isChange && isDoubted !== true ? ['the doubt is forgotten'] : [];
}

/** Without what made no difference, and without keys that were made and taken back. */
function lasting(changes: readonly Change[]): readonly Change[] {
  const of = (wanted: Change['kind']): ReadonlySet<string> =>
    new Set(changes.flatMap(({ kind, key }) => (kind === wanted ? [key.id] : [])));
  const [made, deleted] = [of('created'), of('deleted')];
  return changes.filter(
    (change) => differs(change) && !(made.has(change.key.id) && deleted.has(change.key.id)),
  );
}

function differs({ kind, key, before }: Change): boolean {
  return kind !== 'updated' || before?.name !== key.name || before.active !== key.active;
}

/** An active key that the step has made or was to retire is its outcome, or is named in what it says. */
export function namesWhatIsLeft(played: Played): readonly string[] {
  const { first, world, calls } = played;
  const own = new Set(
    world.history.changes.flatMap(({ run, kind, key }) =>
      run === 'first' && kind === 'created' ? [key.id] : [],
    ),
  );
  // What it has begun to retire; `retire: deactivate` and `delete` alike.
  const asked = new Set(
    calls.flatMap(({ rpc, request }) =>
      isToGo(first.plan.request) &&
      request.new_name === undefined &&
      (rpc === 'UpdateApiKey' || rpc === 'DeleteApiKey')
        ? [request.key_id ?? '']
        : [],
    ),
  );
  const told = [...saidByMain(first, 0), ...saidByJobEnd(first, 0)].map(({ text }) => text);
  const ids = [
    ...(first.failure?.keyIds ?? []),
    ...(first.jobEndFailure?.keyIds ?? []),
    // The outputs are written before what is left to do is done.
    ...(first.outcome?.keyIds ?? []),
  ];
  return activeIn(world.store.keys()).flatMap((id) => {
    const isOwn = own.has(id) || asked.has(id);
    // Of a key whose id was never told, the name has to do.
    const isKnown = calls.some(
      ({ rpc, isAnswered, shown }) =>
        isAnswered && (rpc === 'CreateApiKey' || activeIn(shown ?? []).includes(id)),
    );
    const wanted = isKnown ? id : `keys named "${name}"`;
    const isNamed = ids.includes(id) || told.some((text) => text.includes(wanted));
    return isOwn && !isNamed ? [`the key ${id} is left active, and nobody is told of it`] : [];
  });
}

function isToGo(request: Played['first']['plan']['request']): boolean {
  return ['delete', 'deactivate', 'prune', 'rotate'].includes(request.operation);
}
