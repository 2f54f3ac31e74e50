import { toFailure } from '../core/failure.ts';
import type { CreateOptions, SecretTarget } from './create-options.ts';
import type { Secret } from '../core/secret.ts';
import { quote } from '../core/text.ts';
import type { Ports } from './operation.ts';

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
