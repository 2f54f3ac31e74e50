import type { Failure } from '../failure.ts';
import type { MadeKey } from '../ports.ts';
import type { RotateRequest, SecretTarget } from '../request.ts';
import { listed, plural, quote } from '../text.ts';
import { amended, checkSecret, secretPlace, storeSecret, takeBack } from './hand-out.ts';
import { inParallel } from './in-parallel.ts';
import { isRefusal, renameOwn } from './lag.ts';
import { createWorkbench, type Workbench } from './make.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { retired, retireKey } from './retire.ts';
import { survey } from './survey.ts';
import { sweepAbandoned } from './sweep.ts';

/**
 * A new active key under this name. The previous ones stay active until the job has succeeded
 * (`settle.ts` sees to that in the post step), or are retired at once, or never.
 */
export const rotate: Operation<RotateRequest> = async (request, ports) => {
  const { keys, clock } = ports;
  const before = survey(await keys.list(), request, clock.now());
  const previous = before.active.map(({ id }) => id);
  if (request.dryRun) return wouldRotate(request, previous);
  await checkSecret(request, ports);
  const workbench = createWorkbench(request, ports);
  const made = await workbench.make();
  try {
    workbench.foresee(atJobEnd(request, made, previous, {}));
    await renameOwn(keys, made.id, request.name, ports);
  } catch (thrown) {
    // If the rename may have arrived, and no other key bears the name, it must not lose this one: the
    // post step deletes it if it still bears its provisional name.
    if (previous.length > 0 || isRefusal(thrown)) await workbench.discard(made);
    throw thrown;
  }
  // From here on the key bears its name: what is left to do for it is in the plan.
  await store(request, made, previous, workbench, ports);
  workbench.keep(made);
  await sweepAbandoned(before.abandoned, ports);
  return outcome(request, made, previous, workbench, ports);
};

/** What the post step has to know of a rotation, as far as it has come. */
function atJobEnd(
  request: RotateRequest,
  made: MadeKey,
  previous: readonly string[],
  { secretStored = false, handedOut = false },
): Parameters<Workbench['foresee']>[0] {
  return {
    lifetimeKeyId: undefined,
    rotation:
      request.retireWhen === 'job_succeeds'
        ? { newKeyId: made.id, previousKeyIds: previous, secretStored, handedOut }
        : undefined,
  };
}

/** Stores the value; where that surely failed, the new key is taken back and the old one stays. */
async function store(
  request: RotateRequest,
  made: MadeKey,
  previous: readonly string[],
  workbench: Workbench,
  ports: Ports,
): Promise<void> {
  if (request.secret === undefined) return;
  // Noted before it is sent: cut off in the middle, the secret may hold the new value.
  workbench.foresee(atJobEnd(request, made, previous, { secretStored: true }));
  try {
    await storeSecret(request.secret, made.value, ports);
  } catch (thrown) {
    const failure = await takeBack(made, thrown, request, ports);
    workbench.keep(made, { lifetimeKeyId: undefined, rotation: undefined });
    throw failure;
  }
}

async function retireNow(
  request: RotateRequest,
  previous: readonly string[],
  { keys, clock, log }: Ports,
): Promise<void> {
  await inParallel(previous, (id) => retireKey(keys, id, request.retire), {
    clock,
    log,
    done: retired(request.retire),
  });
}

function outcome(
  request: RotateRequest,
  made: MadeKey,
  previous: readonly string[],
  workbench: Workbench,
  ports: Ports,
): Outcome {
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
      workbench.foresee(atJobEnd(request, made, previous, { secretStored, handedOut: true }));
      if (request.retireWhen === 'now') await retireNow(request, previous, ports);
    },
    undo: (failure) =>
      request.secret === undefined
        ? takeBack(made, failure, request, ports)
        : Promise.resolve(stored(made, request.secret, failure)),
  };
}

/** A key whose value is in a secret is in use, and stays. */
function stored(made: MadeKey, secret: SecretTarget, failure: Failure): Failure {
  return amended(
    failure,
    `The key ${made.id} stays active, as ${secretPlace(secret)} holds its value.`,
    [made.id],
  );
}

function fate(request: RotateRequest, previous: readonly string[]): string {
  if (previous.length === 0) return 'There was no active key of that name before.';
  const one = previous.length === 1;
  const which = one
    ? `The previous key (${listed(previous)})`
    : `The ${previous.length} previous keys (${listed(previous, 5)})`;
  switch (request.retireWhen) {
    case 'now':
      return `${which} ${one ? 'is' : 'are'} ${retired(request.retire)} now.`;
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
    sentence: `Would create a new key ${quote(request.name)}. ${old}`,
    created: false,
    changed: true,
    keyIds: [],
    previousKeyIds: previous,
  };
}
