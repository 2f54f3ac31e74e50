import { toFailure, type Failure } from '../core/failure.ts';
import type { CreatedKey } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import {
  readCreateOptions,
  readLifetime,
  type CreateOptions,
  type Lifetime,
} from './create-options.ts';
import { created, wouldCreate } from './created.ts';
import { named } from './find.ts';
import { checkSecret, explained, storeSecret, takeBack } from './github-secret.ts';
import { renameOwn } from './consistency.ts';
import { createWorkbench, type Workbench } from './key-transaction.ts';
import type { Operation, Ports } from './operation.ts';

/** Makes a new key, always. */
export interface CreateRequest extends CreateOptions {
  readonly operation: 'create';
  readonly lifetime: Lifetime;
}

/** @param inputs the step's inputs */
export function readCreate(inputs: Inputs): Result<CreateRequest> {
  const options = readCreateOptions('create', inputs);
  const read = all({ options, lifetime: readLifetime(inputs) });
  return read.ok
    ? ok({ operation: 'create', ...read.value.options, lifetime: read.value.lifetime })
    : read;
}

/** Makes a new key, always. One RPC, sent once. */
export const create: Operation<CreateRequest> = async (request, ports) => {
  if (request.dryRun) return wouldCreate(request);
  await checkSecret(request, ports);
  const workbench = createWorkbench(request, ports);
  const context = { request, ports, workbench };
  const made =
    request.lifetime === 'job'
      ? await makeForJob(request, ports, workbench)
      : await makeForGood(request, ports);
  try {
    await storeSecret(request.secret, made.value, ports);
  } catch (thrown) {
    throw await takeBack(made, thrown, context);
  }
  return created(made, context);
};

async function makeForGood(request: CreateRequest, { keys }: Ports): Promise<CreatedKey> {
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
async function makeForJob(
  request: CreateRequest,
  ports: Ports,
  workbench: Workbench,
): Promise<CreatedKey> {
  const made = await workbench.make();
  try {
    workbench.foresee(made, { lifetimeKeyId: made.id, rotation: undefined });
    await renameOwn(ports.keys, made.id, request.name, ports);
  } catch (thrown) {
    throw explained(toFailure(thrown), made.id, await workbench.discard(made));
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
  // What the client advises stays true: the correlation id, the endpoint.
  const before = failure.hint === undefined ? '' : ` ${failure.hint}`;
  try {
    const ids = named(await keys.list(), name).map(({ id }) => id);
    const bearers =
      ids.length === 0
        ? `No key is named ${quote(name)} now, but one may still appear.`
        : `Keys named ${quote(name)} now: ${listed(ids)}.`;
    return failure.with({
      sentence: bearers,
      hint: `It was not sent again, since that could make a second key. Look at these keys before running the job again; \`ensure\` can be run again at any time.${before}`,
      keyIds: ids,
    });
  } catch (thrown) {
    return failure.with({
      sentence: `The keys could not be listed either: ${toFailure(thrown).message}`,
      hint: `It was not sent again, since that could make a second key. Look for keys named ${quote(name)} before running the job again; \`ensure\` can be run again at any time.${before}`,
    });
  }
}
