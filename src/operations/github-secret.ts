import { toFailure, type Failure } from '../core/failure.ts';
import type { CreatedKey } from '../core/ports.ts';
import type { CreateOptions, SecretTarget } from './create-options.ts';
import type { Secret } from '../core/secret.ts';
import { quote } from '../core/text.ts';
import { retireOwn } from './consistency.ts';
import type { Workbench } from './key-transaction.ts';
import type { Ports } from './operation.ts';
import { retired } from './retire.ts';

/**
 * Asks GitHub, before anything is made, whether the secret can be stored at all.
 *
 * @throws `github` with what is needed
 */
export async function checkSecret({ secret }: CreateOptions, { github }: Ports): Promise<void> {
  if (secret === undefined) return;
  try {
    await github.checkSecretAccess(secret);
  } catch (thrown) {
    throw toFailure(thrown).with({ sentence: 'No key was made.' });
  }
}

/**
 * Stores a value as a GitHub secret, if one is wanted.
 *
 * @param secret where; undefined when none is wanted
 * @param value  what
 */
export async function storeSecret(
  secret: SecretTarget | undefined,
  value: Secret,
  { github, log }: Pick<Ports, 'github' | 'log'>,
): Promise<void> {
  if (secret === undefined) return;
  await github.storeSecret({ ...secret, value });
  log.info(`Stored the value as ${secretPlace(secret)}.`);
}

/** `the secret X of the environment "e"`: for sentences. */
export function secretPlace({ secretName, environment }: SecretTarget): string {
  const owner =
    environment === undefined ? 'the repository' : `the environment ${quote(environment)}`;
  return `the secret ${secretName} of ${owner}`;
}

/** What a dry run says of {@link storeSecret}: a sentence, with a blank before it. */
export function storePlan({ secret }: CreateOptions): string {
  return secret === undefined ? '' : ` Would store its value as ${secretPlace(secret)}.`;
}

/** What {@link takeBack} needs. */
export interface TakeBackContext {
  readonly request: CreateOptions;
  readonly ports: Ports;
  /** Where it is written down for the post step, should it not work. */
  readonly workbench: Workbench;
}

/**
 * Takes back a key whose value could not be handed out. What went wrong stays the step's failure;
 * whether the taking back worked is added to it.
 *
 * @param made    the key of this run, which bears its name
 * @param thrown  why it could not be handed out
 * @param context what was asked, and the world
 */
export async function takeBack(
  made: CreatedKey,
  thrown: unknown,
  { request, ports, workbench }: TakeBackContext,
): Promise<Failure> {
  ports.budget.useReserve();
  const failure = toFailure(thrown);
  if (failure.kind === 'outcome_unknown') {
    // The secret may hold the new value: a key that is in use must not be taken away.
    return failure.with({
      sentence: `The key ${made.id} stays active, as the secret may hold its value.`,
      keyIds: [made.id],
    });
  }
  // Cut off here, or without success, it is for the post step to do.
  const written = attempt(() => {
    workbench.foresee(made, { lifetimeKeyId: made.id, rotation: undefined });
  });
  const later = written ? ' The end of the job tries again.' : '';
  try {
    if (!(await retireOwn(ports.keys, made.id, request.retire, ports))) {
      return failure.with({
        sentence: `The key ${made.id} that this run made could not be ${retired(request.retire)}, as the service does not show it yet.${later}`,
        keyIds: [made.id],
      });
    }
  } catch (second) {
    return failure.with({
      sentence: `The key ${made.id} that this run made is still active: ${toFailure(second).message}${later}`,
      keyIds: [made.id],
    });
  }
  attempt(() => {
    workbench.keep(made, { lifetimeKeyId: undefined, rotation: undefined });
  });
  return failure.with({
    sentence: `The key ${made.id} that this run made was ${retired(request.retire)}.`,
    keyIds: [made.id],
  });
}

/**
 * What to do with a key that bears its name when the outputs cannot be written: it is taken back,
 * unless its value is in a secret. Such a key is in use, and stays.
 */
export function undoing(
  made: CreatedKey,
  context: TakeBackContext,
): (failure: Failure) => Promise<Failure> {
  const { secret } = context.request;
  return async (failure) =>
    secret === undefined
      ? takeBack(made, failure, context)
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
    sentence: `The key ${id} may have its name by now; should it not, a later run deletes it.`,
    keyIds: [id],
  });
}

/** Whether some work could be done; what it throws is of no use where something failed already. */
function attempt(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
