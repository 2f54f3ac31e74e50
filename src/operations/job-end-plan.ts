import { Failure, toFailure } from '../core/failure.ts';
import type { JobEndPlan, PendingKey } from '../core/ports.ts';
import { listed, plural, quote } from '../core/text.ts';
import { deleteOwn, shorterWaits, waitUntilVisible, wasThere } from './consistency.ts';
import {
  endRotation,
  unseen,
  type JobEndDeed,
  type JobEndPorts,
  type JobStatus,
} from './job-end-rotation.ts';
import { retired, retireOne } from './retire.ts';

/** Whether nothing is left to do. */
export function isEmpty(plan: JobEndPlan): boolean {
  return (
    plan.pending.length === 0 && plan.lifetimeKeyId === undefined && plan.rotation === undefined
  );
}

/** What a plan leaves to do, told to who has to do it. */
export interface Unfinished {
  readonly sentences: readonly string[];
  /** Ids of previous keys that the sentences leave out, as there are too many. */
  readonly unnamed: readonly string[];
}

/** So many ids of previous keys fit into a warning. */
const mostNamed = 40;

/**
 * Says what a plan leaves to do that cannot be carried out: what stays active, by its id or its name.
 *
 * @param plan what main wrote down
 */
export function unfinished({
  name,
  retire,
  pending,
  lifetimeKeyId,
  isRevoked = false,
  rotation,
}: JobEndPlan): Unfinished {
  const { newKeyId = '', previousKeyIds = [] } = rotation ?? {};
  const begun = pending.filter(({ id }) => id === undefined || id !== lifetimeKeyId);
  const previous = `${plural(previousKeyIds.length, 'previous key')} (${listed(previousKeyIds, mostNamed)})`;
  return {
    sentences: [
      ...(lifetimeKeyId === undefined
        ? []
        : [
            `The key ${quote(name)} (${lifetimeKeyId}) is to be ${retired(retire)}, as ${reasonOf(isRevoked)}.`,
          ]),
      // Without a previous key, the new one stays, however the job has ended.
      ...(previousKeyIds.length === 0
        ? []
        : [
            `Of ${quote(name)}, the new key (${newKeyId}) and ${previous} stay active: ${retire} those that are not in use.`,
          ]),
      ...begun.map(
        (key) =>
          `A key that was begun may be left under ${quote(key.name, 200)}${key.id === undefined ? '' : ` (${key.id})`}: delete it.`,
      ),
    ],
    unnamed: previousKeyIds.slice(mostNamed),
  };
}

/**
 * Carries out, at the end of the job, what the step left for it: retires a key that lives for the job
 * only, retires what a rotation replaced or takes the rotation back, and deletes what a cut-off run
 * left under a provisional name.
 *
 * @param plan   what main wrote down last
 * @param status how the job ended
 * @param ports  the world
 * @returns what was done
 * @throws a `Failure` that names the keys to look at, when something could not be done
 */
export async function carryOut(
  plan: JobEndPlan,
  status: JobStatus,
  ports: JobEndPorts,
): Promise<readonly JobEndDeed[]> {
  const done: JobEndDeed[] = [];
  const failures: Failure[] = [];
  async function step(
    work: () => Promise<readonly JobEndDeed[]>,
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
    [...done.map(({ sentence }) => sentence), ...failures.map(({ report }) => report)].join(' '),
    { keyIds: failures.flatMap(({ keyIds }) => keyIds) },
  );
}

async function endLifetime(
  plan: JobEndPlan,
  id: string,
  ports: JobEndPorts,
): Promise<readonly JobEndDeed[]> {
  const which = `The key ${quote(plan.name)} (${id})`;
  switch (await retireOne(id, plan.retire, ports)) {
    case 'retired':
      return [
        {
          sentence: `${which} was ${retired(plan.retire)}, as ${reasonOf(plan.isRevoked)}.`,
          gist: `the key was ${retired(plan.retire)}, as ${reasonOf(plan.isRevoked)}`,
        },
      ];
    case 'still_listed':
      return [];
    case 'gone':
      // Cut off while it got its name, no write has found it yet: the lag may be longer than the bound.
      if (plan.pending.some((pending) => pending.id === id)) throw unseen(id, plan);
      return [
        {
          sentence:
            plan.isRevoked === true
              ? `${which}, whose value did not get where it was to go, is gone already.`
              : `${which}, which ends with its job, is gone already.`,
          gist: 'the key is gone already',
        },
      ];
  }
}

/** Why a key is retired however the job ended: the rest of a sentence. */
function reasonOf(isRevoked = false): string {
  return isRevoked ? 'its value did not get where it was to go' : 'its job has ended';
}

/**
 * Deletes a key that the step had begun to make. Who could see a final name by now may use the key, so
 * that such a key is no longer in the plan, unless it ends with the job anyway.
 */
async function deletePending(
  plan: JobEndPlan,
  { name, id }: PendingKey,
  ports: JobEndPorts,
): Promise<readonly JobEndDeed[]> {
  const told = (which: string): readonly JobEndDeed[] => [
    {
      sentence: `Deleted ${which}, which the step had begun to make for ${quote(plan.name)}.`,
      gist: 'a key that was begun was deleted',
    },
  ];
  if (id !== undefined && id !== plan.lifetimeKeyId) {
    if (wasThere(await deleteOwn(ports.keys, id, ports))) return told(id);
    // It was made, and nobody has seen it deleted.
    throw unseen(id, plan);
  }
  const found = await waitUntilVisible(
    async () => (await ports.keys.list()).find((key) => key.id === id || key.name === name),
    `the list shows the key ${quote(name)}`,
    ports,
    shorterWaits,
  );
  if (found === undefined) {
    // With an id, it ends with the job, and what became of that is told already.
    if (id !== undefined) return [];
    ports.log.warning(
      `The key ${quote(name)} that the step had begun to make did not appear. Should it do so later, delete it.`,
      'a key may be left',
    );
    return [];
  }
  if (found.name === plan.name) return [];
  return (await retireOne(found.id, 'delete', ports)) === 'retired' ? told(found.id) : [];
}
