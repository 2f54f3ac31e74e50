import { Failure, toFailure } from '../failure.ts';
import type { MadeKey } from '../ports.ts';
import type { CreateRequest } from '../request.ts';
import { listed, quote } from '../text.ts';
import { named } from './find.ts';
import { checkSecret, storeSecret, takeBack } from './hand-out.ts';
import { renameOwn } from './lag.ts';
import { createWorkbench } from './make.ts';
import type { Operation, Ports } from './operation.ts';

/** Makes a new key, always. One RPC, sent once. */
export const create: Operation<CreateRequest> = async (request, ports) => {
  if (request.dryRun) {
    return {
      sentence: `Would create the key ${quote(request.name)}.`,
      created: false,
      changed: true,
      keyIds: [],
    };
  }
  await checkSecret(request, ports);
  const made =
    request.lifetime === 'job'
      ? await makeForJob(request, ports)
      : await makeForGood(request, ports);
  try {
    await storeSecret(request.secret, made.value, ports);
  } catch (thrown) {
    throw await takeBack(made, thrown, request, ports);
  }
  return {
    sentence: `Created the key ${quote(request.name)} (${made.id})${request.lifetime === 'job' ? ', which ends with this job' : ''}.`,
    key: { id: made.id, name: request.name, active: true, hashed: request.hashed },
    value: made.value,
    created: true,
    changed: true,
    keyIds: [made.id],
    undo: (failure) => takeBack(made, failure, request, ports),
  };
};

async function makeForGood(request: CreateRequest, { keys }: Ports): Promise<MadeKey> {
  const { name, teamId, hashed } = request;
  try {
    return await keys.create({ name, teamId, hashed });
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.kind !== 'outcome_unknown') throw failure;
    throw await withBearers(failure, name, { keys });
  }
}

/**
 * A key that must not outlive the job can be cut off at any moment, and names are not unique: a
 * provisional name lets the post step tell this run's key from all others.
 */
async function makeForJob(request: CreateRequest, ports: Ports): Promise<MadeKey> {
  const workbench = createWorkbench(request, ports);
  const made = await workbench.make();
  workbench.foresee({ lifetimeKeyId: made.id, rotation: undefined });
  try {
    await renameOwn(ports.keys, made.id, request.name, ports);
  } catch (thrown) {
    await workbench.discard(made);
    throw thrown;
  }
  workbench.keep(made);
  return made;
}

/** Adds to a lost answer the ids of the keys that bear the name now. */
async function withBearers(
  failure: Failure,
  name: string,
  { keys }: Pick<Ports, 'keys'>,
): Promise<Failure> {
  try {
    const ids = named(await keys.list(), name).map(({ id }) => id);
    const bearers =
      ids.length === 0
        ? `No key is named ${quote(name)} now, but one may still appear.`
        : `Keys named ${quote(name)} now: ${listed(ids)}.`;
    return new Failure('outcome_unknown', `${failure.message} ${bearers}`, {
      hint: 'It was not sent again, since that could make a second key. Look at these keys before running the job again; `ensure` can be run again at any time.',
      keyIds: ids,
      cause: failure,
    });
  } catch (thrown) {
    return new Failure(
      'outcome_unknown',
      `${failure.message} The keys could not be listed either: ${toFailure(thrown).message}`,
      {
        hint: `It was not sent again, since that could make a second key. Look for keys named ${quote(name)} before running the job again; \`ensure\` can be run again at any time.`,
        cause: failure,
      },
    );
  }
}
