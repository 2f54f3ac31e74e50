import { toFailure } from '../core/failure.ts';
import type { CreatedKey, Key, PendingKey } from '../core/ports.ts';
import { durationText } from '../core/duration.ts';
import { all, ok, wrong, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { readCreateOptions, type CreateOptions } from './create-options.ts';
import { byId, classify, type Classified } from './classify.ts';
import { emptyWaits, waitUntilVisible } from './consistency.ts';
import { factsOf, placed, unmade } from './created.ts';
import { findNamed } from './find.ts';
import { announce, checkSecret, storePlan, storeSecret, type Announced } from './github-secret.ts';
import { inherit, type ReplaceOptions } from './inherit.ts';
import { noTask, type JobEndTask } from './key-state.ts';
import { KeyTransaction } from './key-transaction.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { tellPassedOver } from './ownership.ts';
import { nearMiss, whyNone } from './near-miss.ts';
import { listForName } from './read-permissions.ts';
import { idsOf, retired, retireKeys } from './retire.ts';
import { explained, maybeNamed, revoke, undoing } from './revoke.ts';
import { sweepAbandoned } from './sweep.ts';
import type { Proof } from './verifier.ts';
import { proveNew, told } from './verify.ts';

/** When the previous keys of a rotation are retired. */
export type RetireWhen = 'job_succeeds' | 'now' | 'never';

/** A new active key under this name; the previous ones are retired. */
export interface RotateRequest extends ReplaceOptions {
  readonly operation: 'rotate';
  readonly retireWhen: RetireWhen;
  /** How long the previous keys stay active after the job has succeeded, in milliseconds. */
  readonly graceMs: number | undefined;
}

/** The same, once it is known what the new key takes over. */
type Replacement = CreateOptions & Pick<RotateRequest, 'retireWhen' | 'graceMs'>;

/** @param inputs the step's inputs */
export function readRotate(inputs: Inputs): Result<RotateRequest> {
  const options = readCreateOptions('rotate', inputs);
  const retireWhen = inputs.choice('retire_when', ['job_succeeds', 'now', 'never']);
  const graceMs = inputs.duration('grace_period');
  const read = all({
    ...{ options, retireWhen, graceMs, hashed: inputs.optionalBoolean('hashed') },
    contradiction: checkGracePeriod(inputs, retireWhen),
  });
  if (!read.ok) return read;
  const { options: replacing, hashed, ...own } = read.value;
  return ok({
    ...{ operation: 'rotate', ...replacing, hashed },
    ...{ retireWhen: own.retireWhen, graceMs: own.graceMs },
  });
}

function checkGracePeriod(inputs: Inputs, retireWhen: Result<RetireWhen>): Result<undefined> {
  const isGiven = inputs.text('grace_period') !== undefined;
  return isGiven && retireWhen.ok && retireWhen.value !== 'job_succeeds'
    ? wrong(
        `\`grace_period\` and \`retire_when: ${retireWhen.value}\` contradict each other: a grace period begins when the job has succeeded. Leave one of them out.`,
      )
    : ok(undefined);
}

/**
 * A new active key under this name. The previous ones stay active until the job has succeeded
 * (`job-end-plan.ts` sees to that), or are retired at once, or never.
 */
export const rotate: Operation<RotateRequest> = (asked, ports) => replaceKeys(asked, ports, []);

/**
 * {@link rotate}, for a run that has made something before.
 *
 * @param pending what this run has left under provisional names
 */
export async function replaceKeys(
  asked: RotateRequest,
  ports: Ports,
  pending: readonly PendingKey[],
): Promise<Outcome> {
  const { all, before } = await lookAt(asked, ports);
  const previous = before.active.map(({ id }) => id);
  const { sentence: carried, ...inherited } = inherit(
    asked,
    replaced(asked, all, ports),
    ports.log,
  );
  const request: Replacement = { ...asked, ...inherited };
  await checkSecret(request, ports);
  if (request.dryRun) return wouldRotate(request, previous, carried);
  const transaction = new KeyTransaction(request, ports, pending);
  const made = await transaction.create();
  const { announced, proof } = await prepareOwn(request, { made, previous, transaction }, ports);
  const replaces = withoutStoring(previous, announced, request, ports);
  const context = { request, made, previous, before, transaction, carried, announced, proof };
  const rotation: Rotating = { ...context, replaces };
  await giveName(rotation);
  // From here on the key bears its name: what is left to do for it is in the plan.
  await store(rotation, ports);
  return outcome(rotation, ports);
}

/**
 * The keys that the new one is like: the active ones, or, where there is none, the inactive ones, so that
 * a key that was deactivated does not lose its access policy by coming back. The first counts most.
 */
function replaced(
  { name, teamId }: RotateRequest,
  all: readonly Key[],
  { log }: Ports,
): readonly Key[] {
  const { ours, others } = findNamed(all, { name, teamId });
  tellPassedOver(others, `named ${quote(name)}`, log);
  if (ours.length === 0) {
    const first = `No key is named ${quote(name)}, so there is nothing to rotate: this is its first key.`;
    const whyNot = others.length === 0 ? whyNone(all, { name, teamId }) : undefined;
    const meant = nearMiss(all, { name, teamId });
    if (whyNot === undefined)
      log.notice(`${first} ${meant ?? 'If it should not be, check `name`.'}`, 'first key');
    // A name that is nearly another key's is most likely a mistake.
    else log.warning(`${first} ${whyNot}`, 'first key');
  }
  const active = ours.filter((key) => key.active);
  return [...(active.length > 0 ? active : ours)].sort(byId);
}

/**
 * Proves that the new key works, and announces that its value will be stored; where that fails, nobody has
 * seen the key.
 */
async function prepareOwn(
  request: Replacement,
  { made, previous, transaction }: Pick<Rotating, 'made' | 'previous' | 'transaction'>,
  ports: Ports,
): Promise<Pick<Rotating, 'announced' | 'proof'>> {
  try {
    const proof = await proveNew(made, request, ports);
    return { proof, announced: await announce(made, request.secret, previous, ports) };
  } catch (thrown) {
    throw explained(toFailure(thrown), made.id, await transaction.abort(made));
  }
}

/**
 * The previous keys, without those whose values other runs may be storing in the same secret at this
 * moment: should theirs be the last word, the secret must not hold a dead value.
 */
function withoutStoring(
  previous: readonly string[],
  announced: Announced | undefined,
  { name }: Replacement,
  { log }: Ports,
): readonly string[] {
  if (announced === undefined) return previous;
  const left = previous.filter((id) => !announced.settled.includes(id));
  if (left.length > 0) {
    log.warning(
      `Another run may be storing the value of ${listed(left)}, named ${quote(name)}, too, at this moment: so ${left.length === 1 ? 'it stays' : 'they stay'} active, and a rotation in more than an hour retires ${left.length === 1 ? 'it' : 'them'}.`,
      'previous keys left active',
    );
  }
  return announced.settled;
}

/**
 * What there is under the name. A previous key that was just made may not be listed yet, and would be
 * left active: so where there is none it is looked for again.
 */
async function lookAt(
  asked: RotateRequest,
  ports: Ports,
): Promise<{ readonly all: readonly Key[]; readonly before: Classified }> {
  let all: readonly Key[] = [];
  let before: Classified = { active: [], inactive: [], underWay: [], abandoned: [], due: [] };
  await waitUntilVisible(
    async () => {
      all = await listForName(asked.name, ports);
      before = classify(all, asked, ports.clock.now());
      return before.active.length > 0 ? true : undefined;
    },
    `an active key is named ${quote(asked.name)}`,
    ports,
    emptyWaits,
  );
  return { all, before };
}

/** Gives the new key its name; where that failed, it is deleted, unless somebody may be using it. */
async function giveName(rotation: Rotating): Promise<void> {
  const { made, previous, transaction } = rotation;
  const renamed = await transaction.rename(made, jobEndTask(rotation, {}));
  switch (renamed.kind) {
    case 'done':
      transaction.commit(made);
      return;
    case 'unknown':
      // No other key bears the name: if the rename arrived, all who want the name use this one.
      if (previous.length === 0) throw maybeNamed(renamed.failure, made.id);
      // The previous keys are there to be used: like every rotation that fails, it takes its key back.
      break;
    case 'refused':
      break;
  }
  throw explained(renamed.failure, made.id, await transaction.abort(made));
}

/** A rotation under way. */
interface Rotating {
  readonly request: Replacement;
  readonly made: CreatedKey;
  /** The ids of the other active keys of the name. */
  readonly previous: readonly string[];
  /** Those of them that it retires. */
  readonly replaces: readonly string[];
  readonly before: Classified;
  readonly transaction: KeyTransaction;
  /** What the new key took over, as a sentence with a blank before it. */
  readonly carried: string;
  /** Where its value is to be stored; undefined when nowhere. */
  readonly announced: Announced | undefined;
  /** That it works; undefined when that was not asked for. */
  readonly proof: Proof | undefined;
}

/**
 * What the job's end has to know of a rotation, as far as it has come. Until the value is delivered,
 * that is the same for all: a step that was cut off has to be taken back.
 */
function jobEndTask(
  { made, replaces, request: { secret, graceMs } }: Rotating,
  { secretStored = false, valueDelivered = false },
): JobEndTask {
  return {
    lifetimeKeyId: undefined,
    rotation: {
      newKeyId: made.id,
      previousKeyIds: replaces,
      secretStored,
      valueDelivered,
      ...(graceMs === undefined ? {} : { graceMs }),
      ...(secret === undefined ? {} : { secret }),
    },
  };
}

/** Stores the value; where that surely failed, the new key is revoked and the old one stays. */
async function store(rotation: Rotating, ports: Ports): Promise<void> {
  const { made, request, transaction, announced } = rotation;
  if (announced === undefined) return;
  // Noted before it is sent: cut off in the middle, the secret may hold the new value.
  transaction.commit(made, jobEndTask(rotation, { secretStored: true }));
  try {
    await storeSecret(announced, made.value, ports);
  } catch (thrown) {
    throw await revoke(made, thrown, { request, ports, transaction });
  }
}

function outcome(rotation: Rotating, ports: Ports): Outcome {
  const { request, made, replaces, before, transaction, carried, proof } = rotation;
  const secretStored = request.secret !== undefined;
  return {
    sentence: `Created the new key ${quote(request.name)} (${made.id}).${told(proof)} ${fate(rotation)}${carried}`,
    gist: gist(rotation),
    key: factsOf(made, request),
    ...placed(request),
    value: made.value,
    ...(proof === undefined ? {} : { proof }),
    created: true,
    changed: true,
    keyIds: [made.id],
    previousKeyIds: replaces,
    // The old keys go when the new value is in safe hands, and not before.
    finish: async () => {
      const isLater = request.retireWhen === 'job_succeeds';
      transaction.commit(
        made,
        isLater ? jobEndTask(rotation, { secretStored, valueDelivered: true }) : noTask,
      );
      if (request.retireWhen === 'now') await retireKeys(replaces, request.retire, ports);
      await sweepAbandoned(before.abandoned, ports);
      await retireDue(before.due, request, ports);
    },
    undo: undoing(made, { request, ports, transaction }),
  };
}

/** Retires keys whose grace period is over. A courtesy: nothing fails for it, and `prune` tries again. */
async function retireDue(
  due: readonly Key[],
  { retire, name }: Replacement,
  ports: Ports,
): Promise<void> {
  if (due.length === 0) return;
  try {
    const ids = due.map(({ id }) => id);
    const done = idsOf(await retireKeys(ids, retire, ports), 'retired');
    if (done.length === 0) return;
    ports.log.info(
      `The time of ${plural(done.length, 'earlier key')} of ${quote(name)} (${listed(done, 5)}) was over: ${retired(retire)}.`,
    );
  } catch (thrown) {
    ports.log.warning(
      `Not all earlier keys of ${quote(name)} whose time is over could be ${retired(retire)}. \`prune\`, or the next rotation, tries again. ${toFailure(thrown).report}`,
      'earlier keys left active',
    );
  }
}

/** What becomes of the previous keys, of which there are some, and when. */
function fateOf({ request, replaces, announced }: Rotating): RetireWhen {
  // The end of the job retires nothing where it cannot ask the record.
  const isAskable = announced === undefined || announced.isRecorded;
  const isLater = request.retireWhen === 'job_succeeds';
  return replaces.length > 0 && (isAskable || !isLater) ? request.retireWhen : 'never';
}

function fate(rotation: Rotating): string {
  const { request, previous, replaces } = rotation;
  if (previous.length === 0) return 'There was no active key of that name before.';
  const ids = replaces.length > 0 ? replaces : previous;
  const one = ids.length === 1;
  const which = one
    ? `The previous key (${listed(ids)})`
    : `The ${ids.length} previous keys (${listed(ids, 5)})`;
  switch (fateOf(rotation)) {
    case 'now':
      return `${which} ${one ? 'is' : 'are'} to be ${retired(request.retire)} now.`;
    case 'never':
      return `${which} ${one ? 'stays' : 'stay'} active.`;
    case 'job_succeeds':
      return request.graceMs === undefined
        ? `${which} will be ${retired(request.retire)} when the job has succeeded.`
        : `${which} ${one ? 'stays' : 'stay'} active for ${durationText(request.graceMs)} after the job has succeeded.`;
  }
}

/** {@link fate} for a headline. */
function gist(rotation: Rotating): string {
  const { request, previous, replaces } = rotation;
  if (previous.length === 0) return 'made, as no key was active before';
  const ids = replaces.length > 0 ? replaces : previous;
  const one = ids.length === 1;
  const [is, stays] = one ? ['is', 'stays'] : ['are', 'stay'];
  const which = previousKeys(ids);
  switch (fateOf(rotation)) {
    case 'now':
      return `rotated; ${which} ${is} ${retired(request.retire)}`;
    case 'never':
      return `rotated; ${which} ${stays} active`;
    case 'job_succeeds':
      return request.graceMs === undefined
        ? `rotated; ${which} ${is} ${retired(request.retire)} when the job has succeeded`
        : `rotated; ${which} ${stays} active for ${durationText(request.graceMs)} after the job has succeeded`;
  }
}

function previousKeys(ids: readonly string[]): string {
  return ids.length === 1 ? 'the previous key' : `the ${ids.length} previous keys`;
}

function wouldBecome({ retireWhen, graceMs, retire }: Replacement): string {
  if (retireWhen === 'never') return 'would stay active';
  return graceMs === undefined
    ? `would be ${retired(retire)}`
    : `would stay active for ${durationText(graceMs)} after the job has succeeded`;
}

function wouldRotate(request: Replacement, previous: readonly string[], carried: string): Outcome {
  const old =
    previous.length === 0
      ? 'There is no active key of that name yet.'
      : `${plural(previous.length, 'previous key')} (${listed(previous, 5)}) ${wouldBecome(request)}.`;
  return {
    sentence: `Would create a new key ${quote(request.name)}.${storePlan(request)} ${old}${carried}`,
    gist: `would be rotated${previous.length === 0 ? '; there is no active key yet' : `; ${previousKeys(previous)} ${wouldBecome(request)}`}`,
    key: factsOf(unmade, request),
    ...placed(request),
    created: false,
    changed: true,
    keyIds: [],
    previousKeyIds: previous,
  };
}
