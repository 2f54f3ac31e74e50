import type { CreatedKey, PendingKey } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { readCreateOptions, type CreateOptions } from './create-options.ts';
import { foreseen } from './created.ts';
import { classify, type Classified } from './classify.ts';
import { forEachKey } from './for-each-key.ts';
import { checkSecret, storePlan, storeSecret } from './github-secret.ts';
import { noTask, type JobEndTask } from './key-state.ts';
import { KeyTransaction } from './key-transaction.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { retired, retireKey } from './retire.ts';
import { explained, maybeNamed, revoke, undoing } from './revoke.ts';
import { sweepAbandoned } from './sweep.ts';

/** When the previous keys of a rotation are retired. */
export type RetireWhen = 'job_succeeds' | 'now' | 'never';

/** A new active key under this name; the previous ones are retired. */
export interface RotateRequest extends CreateOptions {
  readonly operation: 'rotate';
  readonly retireWhen: RetireWhen;
}

/** @param inputs the step's inputs */
export function readRotate(inputs: Inputs): Result<RotateRequest> {
  const options = readCreateOptions('rotate', inputs);
  const retireWhen = inputs.choice('retire_when', ['job_succeeds', 'now', 'never']);
  const read = all({ options, retireWhen });
  return read.ok
    ? ok({ operation: 'rotate', ...read.value.options, retireWhen: read.value.retireWhen })
    : read;
}

/**
 * A new active key under this name. The previous ones stay active until the job has succeeded
 * (`job-end-plan.ts` sees to that), or are retired at once, or never.
 */
export const rotate: Operation<RotateRequest> = (request, ports) => replaceKeys(request, ports, []);

/**
 * {@link rotate}, for a run that has made something before.
 *
 * @param pending what this run has left under provisional names
 */
export async function replaceKeys(
  request: RotateRequest,
  ports: Ports,
  pending: readonly PendingKey[],
): Promise<Outcome> {
  const before = classify(await ports.keys.list(), request, ports.clock.now());
  const previous = before.active.map(({ id }) => id);
  if (request.dryRun) return wouldRotate(request, previous);
  await checkSecret(request, ports);
  const transaction = new KeyTransaction(request, ports, pending);
  const made = await transaction.create();
  const rotation: Rotating = { request, made, previous, before, transaction };
  await giveName(rotation);
  // From here on the key bears its name: what is left to do for it is in the plan.
  await store(rotation, ports);
  return outcome(rotation, ports);
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
  readonly request: RotateRequest;
  readonly made: CreatedKey;
  /** The ids of the keys that it replaces. */
  readonly previous: readonly string[];
  readonly before: Classified;
  readonly transaction: KeyTransaction;
}

/**
 * What the job's end has to know of a rotation, as far as it has come. Until the value is delivered,
 * that is the same for all: a step that was cut off has to be taken back.
 */
function jobEndTask(
  { made, previous }: Rotating,
  { secretStored = false, valueDelivered = false },
): JobEndTask {
  return {
    lifetimeKeyId: undefined,
    rotation: { newKeyId: made.id, previousKeyIds: previous, secretStored, valueDelivered },
  };
}

/** Stores the value; where that surely failed, the new key is revoked and the old one stays. */
async function store(rotation: Rotating, ports: Ports): Promise<void> {
  const { request, made, transaction } = rotation;
  if (request.secret === undefined) return;
  // Noted before it is sent: cut off in the middle, the secret may hold the new value.
  transaction.commit(made, jobEndTask(rotation, { secretStored: true }));
  try {
    await storeSecret(request.secret, made.value, ports);
  } catch (thrown) {
    throw await revoke(made, thrown, { request, ports, transaction });
  }
}

async function retireNow(
  { request, previous }: Rotating,
  { keys, clock, log }: Ports,
): Promise<void> {
  await forEachKey(previous, (id) => retireKey(keys, id, request.retire), {
    clock,
    log,
    done: retired(request.retire),
  });
}

function outcome(rotation: Rotating, ports: Ports): Outcome {
  const { request, made, previous, before, transaction } = rotation;
  const secretStored = request.secret !== undefined;
  return {
    sentence: `Created the new key ${quote(request.name)} (${made.id}). ${fate(request, previous)}`,
    key: { id: made.id, name: request.name, active: true, hashed: request.hashed },
    value: made.value,
    created: true,
    changed: true,
    keyIds: [made.id],
    previousKeyIds: previous,
    // The old keys go when the new value is in safe hands, and not before.
    finish: async () => {
      const isLater = request.retireWhen === 'job_succeeds';
      transaction.commit(
        made,
        isLater ? jobEndTask(rotation, { secretStored, valueDelivered: true }) : noTask,
      );
      if (request.retireWhen === 'now') await retireNow(rotation, ports);
      await sweepAbandoned(before.abandoned, ports);
    },
    undo: undoing(made, { request, ports, transaction }),
  };
}

function fate(request: RotateRequest, previous: readonly string[]): string {
  if (previous.length === 0) return 'There was no active key of that name before.';
  const one = previous.length === 1;
  const which = one
    ? `The previous key (${listed(previous)})`
    : `The ${previous.length} previous keys (${listed(previous, 5)})`;
  switch (request.retireWhen) {
    case 'now':
      return `${which} ${one ? 'is' : 'are'} to be ${retired(request.retire)} now.`;
    case 'never':
      return `${which} ${one ? 'stays' : 'stay'} active.`;
    case 'job_succeeds':
      return `${which} will be ${retired(request.retire)} when the job has succeeded.`;
  }
}

function wouldRotate(request: RotateRequest, previous: readonly string[]): Outcome {
  const old =
    previous.length === 0
      ? 'There is no active key of that name yet.'
      : `${plural(previous.length, 'previous key')} (${listed(previous, 5)}) ${request.retireWhen === 'never' ? 'would stay active' : `would be ${retired(request.retire)}`}.`;
  return {
    sentence: `Would create a new key ${quote(request.name)}.${storePlan(request)} ${old}`,
    key: foreseen(request),
    created: false,
    changed: true,
    keyIds: [],
    previousKeyIds: previous,
  };
}
