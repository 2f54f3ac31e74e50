import { Failure, toFailure } from '../core/failure.ts';
import type { JobEndPlan, Key, PendingKey, Rotation } from '../core/ports.ts';
import { listed, plural, quote } from '../core/text.ts';
import { forEachKey } from './for-each-key.ts';
import { deleteOwn, retireOwn, waitUntilVisible, wasThere } from './consistency.ts';
import type { Ports } from './operation.ts';
import { retired, retireKey } from './retire.ts';

/** How the job ended, as GitHub tells. */
export type JobStatus = 'success' | 'failure' | 'cancelled';

/** What carrying out a plan needs: the ports without the one that writes it down. */
export type JobEndPorts = Omit<Ports, 'jobEnd' | 'github'>;

/** Waits in milliseconds while looking for a key that may come late, or be read late. */
const searchWaits = [500, 1500, 3000];

/** Whether nothing is left to do. */
export function isEmpty(plan: JobEndPlan): boolean {
  return (
    plan.pending.length === 0 && plan.lifetimeKeyId === undefined && plan.rotation === undefined
  );
}

/**
 * Carries out, at the end of the job, what the step left for it: retires a key that lives for the job
 * only, retires what a rotation replaced or takes the rotation back, and deletes what a cut-off run
 * left under a provisional name.
 *
 * @param plan   what main wrote down last
 * @param status how the job ended
 * @param ports  the world
 * @returns sentences on what was done
 * @throws a `Failure` that names the keys to look at, when something could not be done
 */
export async function carryOut(
  plan: JobEndPlan,
  status: JobStatus,
  ports: JobEndPorts,
): Promise<readonly string[]> {
  const done: string[] = [];
  const failures: Failure[] = [];
  async function step(
    work: () => Promise<readonly string[]>,
    ids: readonly string[],
  ): Promise<void> {
    try {
      done.push(...(await work()));
    } catch (thrown) {
      const failure = toFailure(thrown);
      failures.push(failure.keyIds.length > 0 ? failure : failure.with({ keyIds: ids }));
    }
  }
  const { lifetimeKeyId: lifetime, rotation } = plan;
  // First what is known: the search for what is unfinished takes its time.
  if (lifetime !== undefined) {
    await step(() => endLifetime(plan, lifetime, ports), [lifetime]);
  }
  if (rotation !== undefined) {
    await step(
      () => endRotation(plan, rotation, status, ports),
      [rotation.newKeyId, ...rotation.previousKeyIds],
    );
  }
  // Last, as it may take all the time. Their names were not given, unless they end with the job anyway.
  for (const pending of plan.pending) {
    if (pending.id === lifetime && lifetime !== undefined && plan.retire === 'delete') continue;
    await step(
      () => deletePending(plan, pending, ports),
      pending.id === undefined ? [] : [pending.id],
    );
  }
  if (failures.length === 0) return done;
  throw new Failure(
    failures[0]?.kind ?? 'internal',
    [...done, ...failures.map(({ report }) => report)].join(' '),
    { keyIds: failures.flatMap(({ keyIds }) => keyIds) },
  );
}

async function endLifetime(
  plan: JobEndPlan,
  id: string,
  ports: JobEndPorts,
): Promise<readonly string[]> {
  const result = await retireOwn(ports.keys, id, plan.retire, ports);
  return [
    wasThere(result)
      ? `The key ${quote(plan.name)} (${id}) was ${retired(plan.retire)}, as its job has ended.`
      : `The key ${quote(plan.name)} (${id}), which ends with its job, is gone already.`,
  ];
}

async function endRotation(
  plan: JobEndPlan,
  rotation: Rotation,
  status: JobStatus,
  ports: JobEndPorts,
): Promise<readonly string[]> {
  // A step that was cut off can still leave a job that succeeds, with `continue-on-error`.
  const succeeded = status === 'success' && rotation.valueDelivered;
  if (succeeded && rotation.previousKeyIds.length === 0) return [];
  let active: readonly Key[] = [];
  await waitUntilVisible(
    async () => {
      active = (await ports.keys.list()).filter((key) => key.name === plan.name && key.active);
      // A job can be so short that its new key is not to be read yet.
      const suffices = !succeeded || active.some(({ id }) => id === rotation.newKeyId);
      return suffices ? true : undefined;
    },
    ports,
    searchWaits,
  );
  return succeeded
    ? retirePrevious(plan, rotation, active, ports)
    : rollBack(plan, rotation, { active, status }, ports);
}

/** Only while the new key bears the name and is active, so that the name is never without one. */
async function retirePrevious(
  plan: JobEndPlan,
  { newKeyId, previousKeyIds }: Rotation,
  active: readonly Key[],
  { keys, clock, log }: JobEndPorts,
): Promise<readonly string[]> {
  // What is retired already needs no more: a later rotation of the same job may have seen to it.
  const left = previousKeyIds.filter((previous) => active.some(({ id }) => id === previous));
  if (left.length === 0) return [];
  if (!active.some(({ id }) => id === newKeyId)) {
    throw new Failure(
      'unsafe',
      `The new key ${quote(plan.name)} (${newKeyId}) is no longer active, so the previous ${plural(left.length, 'key')} (${listed(left, 5)}) stayed as they are.`,
      { keyIds: [newKeyId, ...left] },
    );
  }
  await forEachKey(left, (id) => retireKey(keys, id, plan.retire), {
    clock,
    log,
    done: retired(plan.retire),
  });
  return [
    `The job has succeeded: of ${quote(plan.name)}, ${plural(left.length, 'previous key')} (${listed(left, 5)}) ${left.length === 1 ? 'was' : 'were'} ${retired(plan.retire)}.`,
  ];
}

async function rollBack(
  plan: JobEndPlan,
  { newKeyId, previousKeyIds, secretStored }: Rotation,
  { active, status }: { readonly active: readonly Key[]; readonly status: JobStatus },
  ports: JobEndPorts,
): Promise<readonly string[]> {
  const why = status === 'success' ? 'The step was cut off' : 'The job did not succeed';
  if (secretStored && previousKeyIds.length === 0) {
    return [
      `${why}, but the new value is stored as a secret: the key ${quote(plan.name)} (${newKeyId}) stays active.`,
    ];
  }
  if (secretStored) {
    return [
      `${why}, but the new value is stored as a secret: the new key ${quote(plan.name)} (${newKeyId}) and ${plural(previousKeyIds.length, 'previous key')} (${listed(previousKeyIds, 5)}) stay active, until a \`rotate\` retires the old ones.`,
    ];
  }
  // Only keys that were there before count. Two rotations that are taken back at the same time would
  // otherwise each rely on the other's key.
  if (!active.some(({ id }) => previousKeyIds.includes(id))) {
    return [
      `${why}, but no previous key named ${quote(plan.name)} is active: the new key (${newKeyId}) stays active.`,
    ];
  }
  if (!wasThere(await retireOwn(ports.keys, newKeyId, plan.retire, ports))) {
    return [`${why}: the new key ${quote(plan.name)} (${newKeyId}) is gone already.`];
  }
  return [
    `${why}: the new key ${quote(plan.name)} (${newKeyId}) was ${retired(plan.retire)}; the previous one stays active.`,
  ];
}

/**
 * Deletes a key that the step had begun to make. Who could see a final name by now may use the key, so
 * that such a key is no longer in the plan, unless it ends with the job anyway.
 */
async function deletePending(
  plan: JobEndPlan,
  { name, id }: PendingKey,
  ports: JobEndPorts,
): Promise<readonly string[]> {
  const deleted = (which: string): readonly string[] => [
    `Deleted ${which}, which the step had begun to make for ${quote(plan.name)}.`,
  ];
  if (id !== undefined && id !== plan.lifetimeKeyId) {
    return wasThere(await deleteOwn(ports.keys, id, ports)) ? deleted(id) : [];
  }
  const found = await waitUntilVisible(
    async () => (await ports.keys.list()).find((key) => key.id === id || key.name === name),
    ports,
    searchWaits,
  );
  if (found === undefined) {
    ports.log.info(
      `The key ${quote(name)} that the step had begun to make did not appear. Should it do so later, delete it.`,
    );
    return [];
  }
  if (found.name === plan.name) return [];
  await ports.keys.delete(found.id);
  return deleted(found.id);
}
