import { Failure, type Effect } from '../core/failure.ts';
import type { Dated, Lookup, SecretReference, SecretToStore } from '../core/ports.ts';
import { plural } from '../core/text.ts';
import type { Repository } from '../names/workflow-event.ts';
import { lookUp } from './lookup.ts';
import { hintsFor, placeOf, type Place } from './place.ts';
import { mostSecretAnswerBytes, type PublicKey, type PublicKeys } from './public-keys.ts';
import { httpStatus, type Answer, type Rest } from './rest.ts';

/**
 * Storing a value as a GitHub secret, of an environment or of the repository: encrypted here, for a
 * key pair whose other half only GitHub has.
 */

/** GitHub takes no larger secret, in bytes. */
const mostBytes = 48 * 1024;

/** What storing takes. */
export interface StoreContext {
  readonly rest: Rest;
  readonly repository: Repository;
  readonly keys: PublicKeys;
}

/** Stores secrets. Throws a `Failure` of kind `github`, or `outcome_unknown` when it may be stored. */
export interface SecretStore {
  /**
   * Reads the public key, which proves that the place exists and that the token sees its secrets. That
   * it may write them, too, only writing proves; but for the classic tokens, which name their scopes.
   */
  check(secret: SecretReference): Promise<void>;
  /** Encrypts and stores; asks for the public key only where nothing has before. */
  store(secret: SecretToStore): Promise<void>;
  /** Whether it is there. */
  find(secret: SecretReference): Promise<Lookup<Dated>>;
}

const isStored: readonly number[] = [httpStatus.created, httpStatus.noContent];
/** What GitHub says to a value that was encrypted for a key that it no longer has. */
const isStale: readonly number[] = [httpStatus.conflict, httpStatus.unprocessableContent];

/**
 * Makes the store.
 *
 * @param context how to ask, about which repository
 */
export function createSecretStore({ rest, repository, keys }: StoreContext): SecretStore {
  async function put(
    secret: SecretToStore,
    expected: readonly number[],
    earlier: Effect,
  ): Promise<Answer> {
    const place = placeOf(secret, repository);
    const purpose = storing(secret, place);
    const key = await keys.of(place, purpose, earlier);
    return rest({
      purpose,
      method: 'PUT',
      path: `${place.path}/secrets/{secret_name}`,
      parameters: {
        ...place.parameters,
        secret_name: secret.secretName,
        encrypted_value: await encrypt(secret, key),
        key_id: key.id,
      },
      expected,
      mostBytes: mostSecretAnswerBytes,
      hints: hintsFor('secrets', place),
      earlier,
    });
  }

  return {
    async check(secret) {
      const place = placeOf(secret, repository);
      const { scopes } = await keys.of(place, storing(secret, place), 'none');
      checkScopes(scopes);
    },
    async store(secret) {
      const { status, effect } = await put(secret, [...isStored, ...isStale], 'none');
      if (isStored.includes(status)) return;
      // Between reading the key and using it, GitHub may have made a new one.
      keys.renew(placeOf(secret, repository));
      await put(secret, isStored, effect);
    },
    async find(secret) {
      const { secretName } = secret;
      const place = placeOf(secret, repository);
      const purpose = `look for the secret ${secretName} of ${place.named}`;
      return lookUp({
        rest,
        request: {
          purpose,
          path: `${place.path}/secrets/{secret_name}`,
          parameters: { ...place.parameters, secret_name: secretName },
          mostBytes: mostSecretAnswerBytes,
          hints: hintsFor('secrets', place),
        },
        name: secretName,
        read: () => ({}),
        isReadable: async () => keys.isReadable(place, purpose),
      });
    },
  };
}

function storing({ secretName }: SecretReference, { named }: Place): string {
  return `store the secret ${secretName} of ${named}`;
}

/**
 * A classic token takes the scope `repo` to write secrets:
 * https://docs.github.com/en/rest/actions/secrets#create-or-update-a-repository-secret
 * In a public repository it reads the public key without. Of other tokens GitHub says no scopes.
 */
function checkScopes(scopes: string | undefined): void {
  if (scopes === undefined || scopes.trim() === '' || /\b(?:public_)?repo\b/u.test(scopes)) return;
  throw new Failure('github', 'The GitHub token may not write secrets: it is without `repo`.', {
    hint: 'Give `github_token` a classic personal access token with the scope `repo`, or better a fine-grained one, or the token of a GitHub App.',
    effect: 'none',
  });
}

async function encrypt(secret: SecretToStore, key: PublicKey): Promise<string> {
  const message = Buffer.from(secret.value.reveal(), 'utf8');
  const problem = valueProblem(message.length);
  if (problem !== undefined) throw new Failure('github', problem, { effect: 'none' });
  const { cryptoBoxSeal } = await import('@serenity-kit/noble-sodium');
  try {
    return Buffer.from(cryptoBoxSeal({ message, publicKey: key.bytes })).toString('base64');
  } catch {
    // What it throws is not passed on: it was given the value.
    throw new Failure('github', "The value could not be encrypted for GitHub's public key.", {
      effect: 'none',
    });
  }
}

function valueProblem(bytes: number): string | undefined {
  if (bytes === 0) return 'An empty value cannot be stored as a GitHub secret.';
  if (bytes <= mostBytes) return undefined;
  return `The value has ${plural(bytes, 'byte')}: GitHub stores no secret of more than ${mostBytes}.`;
}
