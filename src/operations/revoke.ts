import { toFailure, type Failure } from '../core/failure.ts';
import type { CreatedKey } from '../core/ports.ts';
import type { CreateOptions } from './create-options.ts';
import { retireOwn } from './consistency.ts';
import { secretPlace } from './github-secret.ts';
import { noTask } from './key-state.ts';
import type { KeyTransaction } from './key-transaction.ts';
import type { Ports } from './operation.ts';
import { retired } from './retire.ts';

/** What {@link revoke} needs. */
export interface RevokeContext {
  readonly request: CreateOptions;
  readonly ports: Ports;
  /** Where it is written down for the job's end, should it not work. */
  readonly transaction: KeyTransaction;
  /** False while nothing of the value can be in the secret; by default the failure tells. */
  readonly isStoringBegun?: boolean;
}

/**
 * Retires a key of this run whose value did not get where it was to go. What went wrong stays the
 * step's failure; whether the revoking worked is added to it.
 *
 * @param made    the key of this run, which bears its name
 * @param thrown  why its value is not where it was to go
 * @param context what was asked, and the world
 */
export async function revoke(
  made: CreatedKey,
  thrown: unknown,
  { request, ports, transaction, isStoringBegun = true }: RevokeContext,
): Promise<Failure> {
  ports.budget.useReserve();
  const failure = toFailure(thrown);
  const told = (what: string): Failure =>
    failure.with({ sentence: `The key ${made.id} ${what}`, keyIds: [made.id] });
  // The secret may hold the new value: a key that is in use must not be taken away.
  if (failure.kind === 'outcome_unknown' && isStoringBegun) {
    return told('stays active, as the secret may hold its value.').with({
      hint: `See on GitHub when the secret was last changed: if it was just now, it holds the value of this key, and all is done. If not, deactivate the key ${made.id} before you run the job again.`,
    });
  }
  // Cut off here, or without success, it is for the job's end to do.
  const isWritten = succeeds(() => {
    transaction.commit(made, { lifetimeKeyId: made.id, isRevoked: true, rotation: undefined });
  });
  const later = isWritten ? ' The end of the job tries again.' : '';
  const verb = retired(request.retire);
  const result = await retireOwn(ports.keys, made.id, request.retire, ports);
  switch (result.kind) {
    case 'done':
      succeeds(() => {
        transaction.commit(made, noTask);
      });
      return told(`that this run made was ${verb}.`);
    case 'refused':
      return told(
        result.failure.kind === 'not_found'
          ? `that this run made could not be ${verb}, as the service does not show it yet.${later}`
          : `that this run made is still active: ${result.failure.message}${later}`,
      );
    case 'unknown':
      return told(`that this run made may still be active: ${result.failure.message}${later}`);
  }
}

/**
 * What to do with a key that bears its name when the outputs cannot be written: it is revoked,
 * unless its value is in a secret. Such a key is in use, and stays.
 */
export function undoing(
  made: CreatedKey,
  context: RevokeContext,
): (failure: Failure) => Promise<Failure> {
  const { secret } = context.request;
  return async (failure) =>
    secret === undefined
      ? revoke(made, failure, context)
      : failure.with({
          sentence: `The key ${made.id} stays active, as ${secretPlace(secret)} holds its value.`,
          keyIds: [made.id],
        });
}

/**
 * The failure of a run that could not go on with a key that nobody has seen yet, with what became of
 * that key.
 *
 * @param failure   why
 * @param id        the key of this run
 * @param isDeleted whether it was deleted
 */
export function explained(failure: Failure, id: string, isDeleted: boolean): Failure {
  return isDeleted
    ? failure.with({ sentence: `The key ${id} that this run made was deleted.` })
    : failure.with({
        sentence: `The key ${id} that this run made may still be there.`,
        keyIds: [id],
      });
}

/** The failure of a run that does not know whether its key got its name. */
export function maybeNamed(thrown: unknown, id: string): Failure {
  return toFailure(thrown).with({
    sentence: `The key ${id} may have its name by now; should it not, it is deleted: at the end of the job, or by a later \`ensure\` or \`rotate\` of its name.`,
    keyIds: [id],
  });
}

/** Whether some work could be done; what it throws is of no use where something failed already. */
function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
