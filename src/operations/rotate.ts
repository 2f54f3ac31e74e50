import { toFailure } from '../core/failure.ts';
import type { CreatedKey, PendingKey } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { readCreateOptions, type CreateOptions } from './create-options.ts';
import {
  checkSecret,
  explained,
  maybeNamed,
  storePlan,
  storeSecret,
  takeBack,
  undoing,
} from './github-secret.ts';
import { forEachKey } from './for-each-key.ts';
import { isRefusal, renameOwn } from './consistency.ts';
import { createWorkbench, type AtJobEnd, type Workbench } from './key-transaction.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { retired, retireKey } from './retire.ts';
import { classify, type Classified } from './classify.ts';
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
 * (`settle.ts` sees to that in the post step), or are retired at once, or never.
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
  const { keys, clock } = ports;
  const before = classify(await keys.list(), request, clock.now());
  const previous = before.active.map(({ id }) => id);
  if (request.dryRun) return wouldRotate(request, previous);
  await checkSecret(request, ports);
  const workbench = createWorkbench(request, ports, pending);
  const made = await workbench.make();
  const rotation: Rotating = { request, made, previous, before, workbench };
  try {
    workbench.foresee(made, atJobEnd(rotation, {}));
    await renameOwn(keys, made.id, request.name, ports);
  } catch (thrown) {
    // If the rename may have arrived, and no other key bears the name, it must not lose this one.
    if (previous.length === 0 && !isRefusal(thrown)) throw maybeNamed(thrown, made.id);
    throw explained(toFailure(thrown), made.id, await workbench.discard(made));
  }
  workbench.keep(made);
  // From here on the key bears its name: what is left to do for it is in the plan.
  await store(rotation, ports);
  return outcome(rotation, ports);
}

/** A rotation under way. */
interface Rotating {
  readonly request: RotateRequest;
  readonly made: CreatedKey;
  /** The ids of the keys that it replaces. */
  readonly previous: readonly string[];
  readonly before: Classified;
  readonly workbench: Workbench;
}

/**
 * What the post step has to know of a rotation, as far as it has come. Until the value is handed out,
 * that is the same for all: a step that was cut off has to be taken back.
 */
function atJobEnd(
  { made, previous }: Rotating,
  { secretStored = false, handedOut = false },
): AtJobEnd {
  return {
    lifetimeKeyId: undefined,
    rotation: { newKeyId: made.id, previousKeyIds: previous, secretStored, handedOut },
  };
}

const nothing: AtJobEnd = { lifetimeKeyId: undefined, rotation: undefined };

/** Stores the value; where that surely failed, the new key is taken back and the old one stays. */
async function store(rotation: Rotating, ports: Ports): Promise<void> {
  const { request, made, workbench } = rotation;
  if (request.secret === undefined) return;
  // Noted before it is sent: cut off in the middle, the secret may hold the new value.
  workbench.foresee(made, atJobEnd(rotation, { secretStored: true }));
  try {
    await storeSecret(request.secret, made.value, ports);
  } catch (thrown) {
    throw await takeBack(made, thrown, { request, ports, workbench });
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
  const { request, made, previous, before, workbench } = rotation;
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
      workbench.keep(
        made,
        isLater ? atJobEnd(rotation, { secretStored, handedOut: true }) : nothing,
      );
      if (request.retireWhen === 'now') await retireNow(rotation, ports);
      await sweepAbandoned(before.abandoned, ports);
    },
    undo: undoing(made, { request, ports, workbench }),
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
    created: false,
    changed: true,
    keyIds: [],
    previousKeyIds: previous,
  };
}
