import { toFailure, type Failure } from '../core/failure.ts';
import type { CreatedKey } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { listed, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { nameWithEnd } from '../names/stamp.ts';
import {
  readCreateOptions,
  readLifetime,
  type CreateOptions,
  type Lifetime,
} from './create-options.ts';
import { created, wouldCreate } from './created.ts';
import { findNamed } from './find.ts';
import { announce, checkSecret, storeSecret, type Announced } from './github-secret.ts';
import { KeyTransaction } from './key-transaction.ts';
import type { Operation, Ports } from './operation.ts';
import { listForName } from './read-permissions.ts';
import { explained, maybeNamed, revoke } from './revoke.ts';
import type { Proof } from './verifier.ts';
import { proveNew } from './verify.ts';

/** Makes a new key, always. */
export interface CreateRequest extends CreateOptions {
  readonly operation: 'create';
  readonly lifetime: Lifetime;
  /** How long it is to last at least, in milliseconds; undefined: for good. */
  readonly expiresAfterMs: number | undefined;
}

/** @param inputs the step's inputs */
export function readCreate(inputs: Inputs): Result<CreateRequest> {
  const options = readCreateOptions('create', inputs);
  const lifetime = readLifetime(inputs);
  const read = all({ options, lifetime, expiresAfterMs: inputs.duration('expires_after') });
  if (!read.ok) return read;
  const { options: made, ...own } = read.value;
  return ok({ operation: 'create', ...made, ...own });
}

/** Makes a new key, always. */
export const create: Operation<CreateRequest> = async (asked, ports) => {
  const request = withEnd(asked, ports.clock.now());
  await checkSecret(request, ports);
  if (request.dryRun) return wouldCreate(request);
  const transaction = new KeyTransaction(request, ports);
  const context = { request, ports, transaction };
  const { made, announced, proof } = isPlain(request)
    ? { made: await makeAtOnce(request, ports) }
    : await makeInSteps(request, transaction, ports);
  try {
    await storeSecret(announced, made.value, ports);
  } catch (thrown) {
    throw await revoke(made, thrown, context);
  }
  return created(made, proof, context);
};

/** A key that is made. */
interface Made {
  readonly made: CreatedKey;
  readonly announced?: Announced | undefined;
  readonly proof?: Proof | undefined;
}

/** Whether nothing has to be known or done between the Create and the name. */
function isPlain({ lifetime, secret, verify }: CreateRequest): boolean {
  return lifetime === 'permanent' && secret === undefined && !verify;
}

/** The name is all that there is to remember an end by: the service knows of none. */
function withEnd(asked: CreateRequest, now: number): CreateRequest {
  const { name, expiresAfterMs } = asked;
  return expiresAfterMs === undefined
    ? asked
    : { ...asked, name: nameWithEnd(name, now + expiresAfterMs) };
}

/** One RPC, sent once. */
async function makeAtOnce(request: CreateRequest, ports: Ports): Promise<CreatedKey> {
  const { name, teamId, hashed, accessPolicy } = request;
  // The name is final, so the policy comes with it: there is no moment in which it does not hold.
  const policy = accessPolicy === undefined ? {} : { accessPolicy };
  try {
    return await ports.keys.create({ name, teamId, hashed, ...policy });
  } catch (thrown) {
    const failure = toFailure(thrown);
    if (failure.kind !== 'outcome_unknown') throw failure;
    throw await withBearers(failure, request, ports);
  }
}

/**
 * A key that gets its name last. Until then nobody else can take it for a key of that name: so one that must
 * not outlive the job can be told from all others when the step is cut off, one that turns out not to work
 * is gone before anybody used it, and a rotation of the name sees from its record that a value is on its
 * way into the secret.
 */
async function makeInSteps(
  request: CreateRequest,
  transaction: KeyTransaction,
  ports: Ports,
): Promise<Made> {
  const made = await transaction.create();
  let proof: Proof | undefined;
  let announced: Announced | undefined;
  try {
    proof = await proveNew(made, request, ports);
    announced = await announce(made, request.secret, [], ports);
  } catch (thrown) {
    throw explained(toFailure(thrown), made.id, await transaction.abort(made));
  }
  const lifetimeKeyId = request.lifetime === 'job' ? made.id : undefined;
  const renamed = await transaction.rename(made, { lifetimeKeyId, rotation: undefined });
  switch (renamed.kind) {
    case 'done':
      transaction.commit(made);
      return { made, announced, proof };
    case 'refused':
      throw explained(renamed.failure, made.id, await transaction.abort(made));
    case 'unknown':
      // Others may use it by now: it is not taken back before the job ends.
      throw maybeNamed(renamed.failure, made.id);
  }
}

/** Adds to a lost answer the ids of the team's keys that bear the name now. */
async function withBearers(
  failure: Failure,
  { name, teamId }: CreateRequest,
  ports: Ports,
): Promise<Failure> {
  // What the client advises stays true: the correlation id, the endpoint.
  const before = failure.hint === undefined ? '' : ` ${failure.hint}`;
  try {
    const ids = findNamed(await listForName(name, ports), { name, teamId }).ours.map(
      ({ id }) => id,
    );
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
