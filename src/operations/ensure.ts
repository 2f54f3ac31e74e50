import { Failure } from '../core/failure.ts';
import { quote } from '../core/text.ts';
import { adopt } from './adopt.ts';
import { classify } from './classify.ts';
import { created, wouldCreate } from './created.ts';
import type { In } from './election-state.ts';
import { electKey, type Elected } from './election.ts';
import type { EnsureRequest } from './ensure-request.ts';
import { findNamed } from './find.ts';
import { checkSecret, lookAtRecord, secretPlace, storeSecret } from './github-secret.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { tellPassedOver } from './ownership.ts';
import { tellWhereToKeep } from './lost-value.ts';
import { listForName } from './read-permissions.ts';
import { revoke, type RevokeContext } from './revoke.ts';
import { sweepAbandoned } from './sweep.ts';

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
  if (existing !== undefined) {
    return adopt(request, { existing, seen: first, pending: [], isNew: false }, ports);
  }
  await checkSecret(request, ports);
  await checkReplaceable(request, ports);
  tellWhereToKeep(request, ports.log);
  if (request.dryRun) {
    const isMade = first.underWay.length > 0;
    const why = ' There is no active key of that name yet.';
    return wouldCreate(
      request,
      isMade ? `${why} Another run seems to be making it just now.` : why,
    );
  }
  const { result, announced, proof, transaction } = await electKey(request, ports, first);
  return result.state === 'named'
    ? deliver(request, { ...result, announced, proof }, { transaction, ports })
    : adopt(request, { ...result, pending: transaction.pending, isNew: true }, ports);
};

/** A secret that was stored by hand is not replaced, though no key bears the name. */
async function checkReplaceable({ name, secret }: EnsureRequest, { github }: Ports): Promise<void> {
  if (secret === undefined || (await github.findSecret(secret)).state !== 'exists') return;
  const record = await lookAtRecord(secret, github);
  if (record.state === 'read') return;
  if (record.state === 'invisible') throw record.why;
  const what =
    record.state === 'missing'
      ? 'it has no record, so it was stored by hand'
      : `its record ${record.problem}`;
  throw new Failure(
    'unsafe',
    `No active key is named ${quote(name)}, but ${secretPlace(secret)} is there, and ${what}: it is not replaced. No key was made.`,
    {
      hint: 'Delete the secret, or choose another `secret_name`; or run `rotate`, which replaces it.',
    },
  );
}

/** Stores the value of the key that this run made, where that is wanted, and reports it. */
async function deliver(
  request: EnsureRequest,
  { own: made, seen, announced, proof }: In<'named'> & Pick<Elected, 'announced' | 'proof'>,
  { transaction, ports }: Pick<RevokeContext, 'transaction' | 'ports'>,
): Promise<Outcome> {
  const context = { request, ports, transaction };
  try {
    await storeSecret(announced, made.value, ports);
  } catch (thrown) {
    throw await revoke(made, thrown, context);
  }
  return {
    ...created(made, proof, context, ' There was no active key of that name before.'),
    finish: async () => {
      await sweepAbandoned(seen.abandoned, ports);
    },
  };
}
