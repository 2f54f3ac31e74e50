import { Failure, toFailure } from '../failure.ts';
import type { MadeKey } from '../ports.ts';
import type { Making, SecretTarget } from '../request.ts';
import type { Secret } from '../secret.ts';
import { quote } from '../text.ts';
import type { Ports } from './operation.ts';
import { retireKey } from './retire.ts';

/**
 * Asks GitHub, before anything is made, whether the secret can be stored at all.
 *
 * @throws `github` with what is needed
 */
export async function checkSecret({ secret }: Making, { github }: Ports): Promise<void> {
  if (secret !== undefined) await github.checkSecretAccess(secret);
}

/**
 * Stores a value as a GitHub secret, if one is wanted.
 *
 * @returns whether it was stored
 */
export async function storeSecret(
  secret: SecretTarget | undefined,
  value: Secret,
  { github, log }: Ports,
): Promise<boolean> {
  if (secret === undefined) return false;
  await github.storeSecret({ ...secret, value });
  log.info(`Stored the value as ${secretPlace(secret)}.`);
  return true;
}

/** `the secret X of the environment "e"`: for sentences. */
export function secretPlace({ secretName, environment }: SecretTarget): string {
  const owner =
    environment === undefined ? 'the repository' : `the environment ${quote(environment)}`;
  return `the secret ${secretName} of ${owner}`;
}

/**
 * Takes back a key whose value could not be handed out. What went wrong stays the step's failure;
 * whether the taking back worked is added to it.
 *
 * @param made   the key of this run
 * @param thrown why it could not be handed out
 */
export async function takeBack(
  made: MadeKey,
  thrown: unknown,
  { retire }: Making,
  { keys, budget }: Ports,
): Promise<Failure> {
  budget.useReserve();
  const failure = toFailure(thrown);
  if (failure.kind === 'outcome_unknown') {
    // The secret may hold the new value: a key that is in use must not be taken away.
    return amended(failure, `The key ${made.id} stays active, as the secret may hold its value.`, [
      made.id,
    ]);
  }
  try {
    await retireKey(keys, made.id, retire);
    return amended(
      failure,
      `The key ${made.id} that this run made was ${retire === 'delete' ? 'deleted' : 'deactivated'}.`,
      [made.id],
    );
  } catch (second) {
    return amended(
      failure,
      `The key ${made.id} that this run made is still active: ${toFailure(second).message}`,
      [made.id],
    );
  }
}

/** The failure with one more sentence, and the ids of the keys to look at. */
export function amended(failure: Failure, sentence: string, keyIds: readonly string[]): Failure {
  return new Failure(failure.kind, `${failure.message} ${sentence}`, {
    ...(failure.hint === undefined ? {} : { hint: failure.hint }),
    keyIds,
    cause: failure,
  });
}
