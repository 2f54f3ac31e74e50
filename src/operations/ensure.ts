import { Failure } from '../core/failure.ts';
import type { Key, PendingKey } from '../core/ports.ts';
import { all, ok, wrong, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
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
import { checkSecret, secretPlace, storePlan, storeSecret } from './github-secret.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { revoke, type RevokeContext } from './revoke.ts';
import { replaceKeys } from './rotate.ts';
import { classify } from './classify.ts';
import { sweepAbandoned } from './sweep.ts';

/** What to do about an existing key whose value cannot be read. */
export type OnExisting = 'reuse' | 'rotate' | 'fail';

/** Exactly one active key with this name. */
export interface EnsureRequest extends CreateOptions {
  readonly operation: 'ensure';
  readonly lifetime: Lifetime;
  readonly onExisting: OnExisting;
}

/** @param inputs the step's inputs */
export function readEnsure(inputs: Inputs): Result<EnsureRequest> {
  const options = readCreateOptions('ensure', inputs);
  const lifetime = readLifetime(inputs);
  const onExisting = inputs.choice('on_existing', ['reuse', 'rotate', 'fail']);
  const contradiction =
    inputs.text('lifetime') === 'job' && inputs.text('on_existing') === 'rotate'
      ? // The old key would go with the job's success, and the new one with its end.
        wrong(
          '`lifetime: job` and `on_existing: rotate` contradict each other: the new key would replace the old one and end with the job, and no key would be left. Use another `name` for the job, or another `on_existing`.',
        )
      : ok(undefined);
  const read = all({ options, lifetime, onExisting, contradiction });
  if (!read.ok) return read;
  const { options: making, lifetime: life, onExisting: existing } = read.value;
  return ok({ operation: 'ensure', ...making, lifetime: life, onExisting: existing });
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
  const first = classify(await ports.keys.list(), request, ports.clock.now());
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
    : adopt(request, { ...result, pending: transaction.pending }, ports);
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

/** A key that exists, and what this run has left under provisional names. */
interface Existing extends Omit<In<'yielded'>, 'state'> {
  readonly pending?: readonly PendingKey[];
}

/** Uses a key that exists. */
async function adopt(
  request: EnsureRequest,
  { existing: key, seen, pending = [] }: Existing,
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
  if (request.hashed && !key.hashed) warnOfHashing(request, key, ports);
  if (key.value === undefined && request.onExisting !== 'reuse')
    return replace(request, key, pending, ports);
  const value = key.value ?? warnOfHidden(request, key, ports);
  // A rotation may have stored the value of another of them, and be about to retire this one.
  const willStore = value !== undefined && isAlone;
  if (willStore && !request.dryRun) await storeSecret(request.secret, value, ports);
  if (!isAlone && request.secret !== undefined) {
    ports.log.warning(`So ${secretPlace(request.secret)} is left as it is.`);
  }
  return {
    sentence: `The key ${quote(request.name)} exists (${key.id}).${request.dryRun && willStore ? storePlan(request) : ''}`,
    key,
    ...(value === undefined ? {} : { value }),
    created: false,
    changed: false,
    keyIds: [key.id],
    finish: async () => {
      if (!request.dryRun) await sweepAbandoned(seen.abandoned, ports);
    },
  };
}

/** The value of an existing key cannot be read, and reusing it without is not what is wanted. */
function replace(
  request: EnsureRequest,
  key: Key,
  pending: readonly PendingKey[],
  ports: Ports,
): Promise<Outcome> {
  if (request.onExisting === 'rotate') {
    const rotation = { ...request, operation: 'rotate', retireWhen: 'job_succeeds' } as const;
    return replaceKeys(rotation, ports, pending);
  }
  throw new Failure(
    'value_hidden',
    `The key ${quote(request.name)} exists (${key.id}), and the service does not disclose its value.`,
    {
      hint: 'Use the value that was stored when the key was made, set `on_existing: rotate` to have a new key made, or `on_existing: reuse` to go on without the value.',
      keyIds: [key.id],
    },
  );
}

function warnOfHashing({ name }: EnsureRequest, key: Key, { log }: Ports): void {
  log.warning(
    `The key ${quote(name)} exists (${key.id}) and is not stored hashed: \`hashed\` counts when a key is made. Use \`rotate\` to have another one.`,
  );
}

function warnOfHidden(request: EnsureRequest, key: Key, { log }: Ports): Secret | undefined {
  const stored = request.secret === undefined ? '' : ' Nothing was stored as a secret, either.';
  log.warning(
    `The key ${quote(request.name)} exists (${key.id}), and the service does not disclose its value: the output \`value\` is empty.${stored} See \`on_existing\`.`,
  );
  return undefined;
}
