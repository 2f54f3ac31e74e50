import { Failure, toFailure } from '../core/failure.ts';
import type { GitHub, JobEndPlan, Key, Rotation } from '../core/ports.ts';
import { listed, plural, quote } from '../core/text.ts';
import { shorterWaits, waitUntilVisible } from './consistency.ts';
import { lookAtRecord, secretPlace } from './github-secret.ts';
import type { Ports } from './operation.ts';
import type { RecordState } from './stored-value.ts';
import { endOf, nameWithEnd, plainMoment } from '../names/stamp.ts';
import { idsOf, retired, retireKeys, retireOne } from './retire.ts';

/** How the job ended, as GitHub tells; `unknown` where the runner says nothing, or another word. */
export type JobStatus = 'success' | 'failure' | 'cancelled' | 'unknown';

/** What was done at the job's end. */
export interface JobEndDeed {
  /** As a sentence to a person. */
  readonly sentence: string;
  /** The same in a few words of our own, for a headline. */
  readonly gist: string;
  /** Whether a person should look at it, though nothing failed. */
  readonly needsLook?: boolean;
}

/** What carrying out a plan needs: the ports without the one that writes it down. */
export type JobEndPorts = Omit<Ports, 'jobEnd' | 'github' | 'seesSecrets' | 'verifier'> & {
  readonly github: Pick<GitHub, 'readRecord'>;
};

/**
 * Ends a rotation with its job: retires what it replaced, or takes it back.
 *
 * @param plan     what main wrote down
 * @param rotation its part that this is about
 * @param status   how the job ended
 * @param ports    the world
 * @returns what was done
 * @throws a `Failure` that names the keys, when something could not be done
 */
export async function endRotation(
  plan: JobEndPlan,
  rotation: Rotation,
  status: JobStatus,
  ports: JobEndPorts,
): Promise<readonly JobEndDeed[]> {
  // A step that was cut off can still leave a job that succeeds, with `continue-on-error`.
  const succeeded = status === 'success' && rotation.valueDelivered;
  if (succeeded && rotation.previousKeyIds.length === 0) return [];
  if (status === 'unknown' && rotation.valueDelivered) return keepBoth(plan, rotation);
  let named: readonly Key[] = [];
  await waitUntilVisible(
    async () => {
      named = (await ports.keys.list()).filter((key) => key.name === plan.name);
      // A job can be so short that its new key is not to be read yet. Where no previous key is left, a
      // later rotation of the same job has seen to them, and to the new one: nothing is waited for.
      const suffices =
        !succeeded ||
        isActive(named, rotation.newKeyId) ||
        !rotation.previousKeyIds.some((id) => isActive(named, id));
      return suffices ? true : undefined;
    },
    `the list shows the new key ${quote(plan.name)} (${rotation.newKeyId}) as active`,
    ports,
    shorterWaits,
  );
  return succeeded
    ? retirePrevious(plan, rotation, named, ports)
    : rollBack(plan, rotation, { named, status }, ports);
}

function isActive(keys: readonly Key[], id: string): boolean {
  return keys.some((key) => key.id === id && key.active);
}

/** Without knowing how the job ended, the new value may be in use, and so may the old one. */
function keepBoth(
  { name, retire }: JobEndPlan,
  { newKeyId, previousKeyIds }: Rotation,
): readonly JobEndDeed[] {
  if (previousKeyIds.length === 0) return [];
  throw new Failure(
    'unsafe',
    `It is not known how the job ended, so of ${quote(name)} the new key (${newKeyId}) and ${plural(previousKeyIds.length, 'previous key')} (${listed(previousKeyIds, 5)}) stay active.`,
    {
      hint: `\`job_status\` is to be success, failure or cancelled at the end of the job. Where the new value is in use, the previous ones can be ${retired(retire)}; the next \`rotate\` does so, too.`,
      keyIds: [newKeyId, ...previousKeyIds],
    },
  );
}

/**
 * What speaks against it that the secret still holds the new value: another rotation may have come after
 * this one. Where GitHub cannot be asked, the token having expired by now, nobody knows.
 */
async function doubtOf(
  { newKeyId, secret }: Rotation,
  { github }: JobEndPorts,
): Promise<Pick<Failure, 'message' | 'hint'> | undefined> {
  if (secret === undefined) return undefined;
  const place = secretPlace(secret);
  let found: RecordState;
  try {
    found = await lookAtRecord(secret, github);
  } catch (thrown) {
    const { message, hint } = toFailure(thrown);
    return { message: `Whether ${place} still holds the new value is not known. ${message}`, hint };
  }
  switch (found.state) {
    case 'read':
      return found.record.entry.keyId === newKeyId
        ? undefined
        : {
            message: `The record of ${place} names another key by now, ${found.record.entry.keyId}: another rotation has come after this one.`,
            hint: undefined,
          };
    case 'missing':
      return { message: `There is no record of ${place}.`, hint: undefined };
    case 'unreadable':
      return { message: `The record of ${place} ${found.problem}.`, hint: undefined };
    case 'invisible':
      return {
        message: `Whether ${place} still holds the new value is not known. ${found.why.message}`,
        hint: found.why.hint,
      };
  }
}

/** Only while the new key bears the name and is active, so that the name is never without one. */
async function retirePrevious(
  plan: JobEndPlan,
  rotation: Rotation,
  named: readonly Key[],
  ports: JobEndPorts,
): Promise<readonly JobEndDeed[]> {
  const { newKeyId, previousKeyIds } = rotation;
  // What is retired already needs no more: a later rotation of the same job may have seen to it.
  const active = new Set(named.flatMap((key) => (key.active ? [key.id] : [])));
  const left = previousKeyIds.filter((id) => active.has(id));
  if (left.length === 0) return [];
  if (!active.has(newKeyId)) {
    throw new Failure(
      'unsafe',
      `The service does not show the new key ${quote(plan.name)} (${newKeyId}) as active, so the previous ${plural(left.length, 'key')} (${listed(left, 5)}) stayed as they are.`,
      { keyIds: [newKeyId, ...left] },
    );
  }
  const doubt = await doubtOf(rotation, ports);
  if (doubt !== undefined) {
    throw new Failure(
      'unsafe',
      `${doubt.message} So of ${quote(plan.name)} the new key (${newKeyId}) and ${plural(left.length, 'previous key')} (${listed(left, 5)}) stay active.`,
      {
        hint: `The next \`rotate\` retires what is left.${doubt.hint === undefined ? '' : ` ${doubt.hint}`}`,
        keyIds: [newKeyId, ...left],
      },
    );
  }
  if (rotation.graceMs !== undefined) return grantGrace(plan, left, rotation.graceMs, ports);
  const done = idsOf(await retireKeys(left, plan.retire, ports), 'retired');
  if (done.length === 0) return [];
  const were = done.length === 1 ? 'was' : 'were';
  return [
    {
      sentence: `The job has succeeded: of ${quote(plan.name)}, ${plural(done.length, 'previous key')} (${listed(done, 5)}) ${were} ${retired(plan.retire)}.`,
      gist: `${previousKeys(done)} ${were} ${retired(plan.retire)}`,
    },
  ];
}

/**
 * In the call that would have retired them: the previous keys get a name that says until when they stay
 * active. `prune`, or the next rotation of the name, retires them then.
 */
async function grantGrace(
  { name }: JobEndPlan,
  ids: readonly string[],
  graceMs: number,
  ports: JobEndPorts,
): Promise<readonly JobEndDeed[]> {
  const newName = nameWithEnd(name, ports.clock.now() + graceMs);
  const done = idsOf(await retireKeys(ids, { newName }, ports), 'retired');
  if (done.length === 0) return [];
  const end = endOf(newName);
  const until = end === undefined ? '' : ` until ${plainMoment(end)}`;
  const [stays, it] = done.length === 1 ? ['stays', 'it'] : ['stay', 'them'];
  return [
    {
      sentence: `The job has succeeded: of ${quote(name)}, ${plural(done.length, 'previous key')} (${listed(done, 5)}) ${stays} active, as ${quote(newName)}: a \`prune\` after that, or the next \`rotate\`, retires ${it}.`,
      gist: `${previousKeys(done)} ${stays} active${until}`,
    },
  ];
}

async function rollBack(
  plan: JobEndPlan,
  { newKeyId, previousKeyIds, secretStored, valueDelivered }: Rotation,
  { named, status }: { readonly named: readonly Key[]; readonly status: JobStatus },
  ports: JobEndPorts,
): Promise<readonly JobEndDeed[]> {
  const why =
    status === 'success' || status === 'unknown'
      ? 'The step did not come to its end'
      : 'The job did not succeed';
  if (secretStored && previousKeyIds.length === 0) {
    return [
      {
        sentence: `${why}, but the new value is stored as a secret, or may be: the key ${quote(plan.name)} (${newKeyId}) stays active.`,
        gist: 'the key stays active, as its value is stored',
      },
    ];
  }
  if (secretStored) {
    return [
      {
        sentence: `${why}, but the new value is stored as a secret, or may be: the new key ${quote(plan.name)} (${newKeyId}) and ${plural(previousKeyIds.length, 'previous key')} (${listed(previousKeyIds, 5)}) stay active, until a \`rotate\` retires the old ones.`,
        gist: `the new key and ${previousKeys(previousKeyIds)} stay active`,
        needsLook: true,
      },
    ];
  }
  // Only keys that were there before count. Two rotations that are taken back at the same time would
  // otherwise each rely on the other's key.
  if (!previousKeyIds.some((id) => isActive(named, id))) {
    const own = named.find(({ id }) => id === newKeyId);
    // A later rotation of the same job has retired it.
    if (own?.active === false) return [];
    return [
      {
        sentence: `${why}, but no previous key named ${quote(plan.name)} is active: the new key (${newKeyId}) stays active.`,
        gist: 'the new key stays active, as no previous one does',
      },
    ];
  }
  switch (await retireOne(newKeyId, plan.retire, ports)) {
    case 'retired':
      return [
        {
          sentence: `${why}: the new key ${quote(plan.name)} (${newKeyId}) was ${retired(plan.retire)}; the previous one stays active.`,
          gist: `taken back: the new key was ${retired(plan.retire)}, and the previous one stays active`,
        },
      ];
    case 'gone':
      if (!valueDelivered) throw unseen(newKeyId, plan);
      return [
        {
          sentence: `${why}: the new key ${quote(plan.name)} (${newKeyId}) is gone already.`,
          gist: 'the new key is gone already',
        },
      ];
    case 'still_listed':
      return [];
  }
}

function previousKeys(ids: readonly string[]): string {
  return ids.length === 1 ? 'the previous key' : `the ${ids.length} previous keys`;
}

/** That a key of this run, which no write has found, is not to be seen: it is not called gone. */
export function unseen(id: string, { name }: JobEndPlan): Failure {
  return new Failure(
    'not_found',
    `The key ${id} that the step made for ${quote(name)} is not to be seen yet. Should it appear, delete it.`,
    { keyIds: [id] },
  );
}
