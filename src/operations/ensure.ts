import { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import { all, ok, type Result } from '../core/result.ts';
import { quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import {
  readCreateOptions,
  readLifetime,
  type CreateOptions,
  type Lifetime,
} from './create-options.ts';
import { created, wouldCreate } from './created.ts';
import type { In } from './election-state.ts';
import { electKey, warnOfDuplicates } from './election.ts';
import { findNamed } from './find.ts';
import { checkSecret, secretPlace, storePlan, storeSecret } from './github-secret.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { tellPassedOver } from './ownership.ts';
import { listForName } from './read-permissions.ts';
import { revoke, type RevokeContext } from './revoke.ts';
import { classify } from './classify.ts';
import { sweepAbandoned } from './sweep.ts';

/** Exactly one active key with this name. */
export interface EnsureRequest extends CreateOptions {
  readonly operation: 'ensure';
  readonly lifetime: Lifetime;
}

/** @param inputs the step's inputs */
export function readEnsure(inputs: Inputs): Result<EnsureRequest> {
  const options = readCreateOptions('ensure', inputs);
  const read = all({ options, lifetime: readLifetime(inputs) });
  return read.ok
    ? ok({ operation: 'ensure', ...read.value.options, lifetime: read.value.lifetime })
    : read;
}

/**
 * Exactly one active key with this name.
 *
 * A key that exists is used: one RPC. Otherwise each run makes a key under a provisional name, lets
 * the others show up, and of all that did, the one with the smallest id gets the name. The rest
 * delete what they made, wait, and use that one. A name that exists therefore belongs to its key for
 * good, and whoever reads it may use it at once. A run that finds others at work when it starts
 * makes nothing and waits for them. What dies on the way is waited for only so long; then all who
 * waited begin anew.
 */
export const ensure: Operation<EnsureRequest> = async (request, ports) => {
  const all = await listForName(request.name, ports);
  tellPassedOver(findNamed(all, request).others, `named ${quote(request.name)}`, ports.log);
  const first = classify(all, request, ports.clock.now());
  const existing = first.active[0];
  if (existing !== undefined) return adopt(request, { existing, seen: first }, ports);
  if (request.dryRun) {
    const isMade = first.underWay.length > 0;
    return wouldCreate(request, isMade ? ' Another run seems to be making it just now.' : '');
  }
  await checkSecret(request, ports);
  const { result, transaction } = await electKey(request, ports, first);
  return result.state === 'named'
    ? deliver(request, result, { transaction, ports })
    : adopt(request, result, ports);
};

/** Stores the value of the key that this run made, where that is wanted, and reports it. */
async function deliver(
  request: EnsureRequest,
  { own: made, seen }: In<'named'>,
  { transaction, ports }: Pick<RevokeContext, 'transaction' | 'ports'>,
): Promise<Outcome> {
  const context = { request, ports, transaction };
  try {
    await storeSecret(request.secret, made.value, ports);
  } catch (thrown) {
    throw await revoke(made, thrown, context);
  }
  return {
    ...created(made, context),
    finish: async () => {
      await sweepAbandoned(seen.abandoned, ports);
    },
  };
}

/** Uses a key that exists. */
async function adopt(
  request: EnsureRequest,
  { existing: key, seen }: Omit<In<'yielded'>, 'state'>,
  ports: Ports,
): Promise<Outcome> {
  const isAlone = seen.active.length === 1;
  if (!isAlone) {
    warnOfDuplicates(
      request.name,
      seen.active.map(({ id }) => id),
      ports.log,
    );
  }
  const { value } = key;
  const sweep = async (): Promise<void> => {
    if (!request.dryRun) await sweepAbandoned(seen.abandoned, ports);
  };
  if (value === undefined) {
    await sweep();
    throw hidden(request, key);
  }
  if (request.hashed && !key.hashed) warnOfHashing(request, key, ports);
  // A rotation may have stored the value of another of them, and be about to retire this one.
  if (isAlone && !request.dryRun) await storeSecret(request.secret, value, ports);
  if (!isAlone && request.secret !== undefined) {
    ports.log.warning(`So ${secretPlace(request.secret)} is left as it is.`);
  }
  return {
    sentence: `The key ${quote(request.name)} exists (${key.id}).${request.dryRun && isAlone ? storePlan(request) : ''}`,
    key,
    value,
    created: false,
    changed: false,
    keyIds: [key.id],
    finish: sweep,
  };
}

/** A key without its value is of no use to a step that asks for one. */
function hidden({ name }: EnsureRequest, { id }: Key): Failure {
  return new Failure(
    'value_hidden',
    `The key ${quote(name)} exists (${id}), and the service does not disclose its value: that is done once, when a key is made.`,
    {
      hint: 'Use the value that was stored then, or have a new key made by `rotate`.',
      keyIds: [id],
    },
  );
}

function warnOfHashing({ name }: EnsureRequest, key: Key, { log }: Ports): void {
  log.warning(
    `The key ${quote(name)} exists (${key.id}) and is not stored hashed: \`hashed\` counts when a key is made. Use \`rotate\` to have another one.`,
  );
}
