import { Failure, type Effect } from '../core/failure.ts';
import type { SecretToStore } from '../core/ports.ts';
import { plural, quote } from '../core/text.ts';
import { isEnvironmentName } from '../names/github-names.ts';
import { secretNameProblem } from '../names/secret-name.ts';
import { textAt } from '../core/json-path.ts';
import { httpStatus, type Answer, type Hints, type Rest, type RestRequest } from './rest.ts';
import type { Repository } from '../names/workflow-event.ts';

/**
 * Storing a value as a GitHub secret, of an environment or of the repository: encrypted here, for a
 * key pair whose other half only GitHub has.
 */

/** GitHub takes no larger secret, in bytes. */
const mostBytes = 48 * 1024;

/** An answer about a secret is a key of 32 bytes, or a few words. */
const mostAnswerBytes = 64 * 1024;

/** A repository's or an environment's key, for which secrets are encrypted. */
interface PublicKey {
  readonly id: string;
  /** 32 bytes. */
  readonly bytes: Uint8Array;
}

/** What storing takes. */
export interface StoreContext {
  readonly rest: Rest;
  readonly repository: Repository;
}

/** Where a secret is to be stored. */
export type SecretPlace = Omit<SecretToStore, 'value'>;

/** Stores secrets. Throws a `Failure` of kind `github`, or `outcome_unknown` when it may be stored. */
export interface SecretStore {
  /** Reads the public key, which takes the same token as storing and proves that the environment exists. */
  check(place: SecretPlace): Promise<void>;
  /** Encrypts and stores; asks for the public key only where `check` has not. */
  store(secret: SecretToStore): Promise<void>;
}

/**
 * Makes the store.
 *
 * @param context how to ask, about which repository
 */
export function createSecretStore({ rest, repository }: StoreContext): SecretStore {
  const keys = new Map<string | undefined, PublicKey>();

  async function publicKey(place: SecretPlace, earlier: Effect): Promise<PublicKey> {
    const known = keys.get(place.environment);
    if (known !== undefined) return known;
    const key = await readPublicKey(place, earlier);
    keys.set(place.environment, key);
    return key;
  }

  async function readPublicKey(place: SecretPlace, earlier: Effect): Promise<PublicKey> {
    const request = requestAbout(place, repository);
    const { body } = await rest({
      ...request,
      method: 'GET',
      path: `${request.path}/public-key`,
      expected: [httpStatus.ok],
      earlier,
    });
    const id = textAt(body, 'key_id');
    const bytes = Buffer.from(textAt(body, 'key') ?? '', 'base64');
    if (id !== undefined && bytes.length === 32) return { id, bytes };
    throw new Failure(
      earlier === 'none' ? 'github' : 'outcome_unknown',
      `GitHub's public key makes no sense when asked to ${request.purpose}.`,
      { effect: earlier },
    );
  }

  async function put(
    secret: SecretToStore,
    expected: readonly number[],
    earlier: Effect,
  ): Promise<Answer> {
    const key = await publicKey(secret, earlier);
    const request = requestAbout(secret, repository);
    return rest({
      ...request,
      method: 'PUT',
      path: `${request.path}/{secret_name}`,
      parameters: {
        ...request.parameters,
        secret_name: secret.secretName,
        encrypted_value: await encrypt(secret, key),
        key_id: key.id,
      },
      expected,
      earlier,
    });
  }

  return {
    async check(place) {
      await publicKey(place, 'none');
    },
    async store(secret) {
      const { status, effect } = await put(secret, [...isStored, ...isStale], 'none');
      if (isStored.includes(status)) return;
      // Between reading the key and using it, GitHub may have made a new one.
      keys.delete(secret.environment);
      await put(secret, isStored, effect);
    },
  };
}

const isStored: readonly number[] = [httpStatus.created, httpStatus.noContent];
/** What GitHub says to a value that was encrypted for a key that it no longer has. */
const isStale: readonly number[] = [httpStatus.conflict, httpStatus.unprocessableContent];

/** What all requests about the secrets of a place have in common. */
type PlaceRequest = Omit<RestRequest, 'method' | 'expected'>;

function requestAbout(place: SecretPlace, repository: Repository): PlaceRequest {
  const { secretName, environment } = place;
  const where = `${repository.owner}/${repository.repo}`;
  const nameProblem = secretNameProblem(secretName);
  if (nameProblem !== undefined) throw new Failure('github', nameProblem, { effect: 'none' });
  if (environment === undefined) {
    return {
      purpose: `store the secret ${secretName} of ${where}`,
      path: '/repos/{owner}/{repo}/actions/secrets',
      parameters: { ...repository },
      mostBytes: mostAnswerBytes,
      hints: hintsFor('Secrets: write', 'the repository'),
    };
  }
  if (!isEnvironmentName(environment)) {
    throw new Failure('github', `${quote(environment)} is no name of an environment.`, {
      effect: 'none',
    });
  }
  const named = quote(environment);
  return {
    purpose: `store the secret ${secretName} of the environment ${named} of ${where}`,
    path: '/repos/{owner}/{repo}/environments/{environment_name}/secrets',
    parameters: { ...repository, environment_name: environment },
    mostBytes: mostAnswerBytes,
    hints: {
      ...hintsFor('Environments: write', `the environment ${named}`),
      404:
        `There is no environment ${named}, or the token does not see the repository. A job that ` +
        'names an environment makes it; it can also be made in the settings of the repository.',
    },
  };
}

function hintsFor(permission: string, place: string): Hints {
  const give =
    'GITHUB_TOKEN can never do it: give `github_token` a personal access token, or the token of ' +
    `a GitHub App, with the permission ${permission}.`;
  return {
    401: 'The GitHub token has expired or is no token of this GitHub: check the input `github_token`.',
    403: `The token may not write the secrets of ${place}. ${give}`,
    404: `The token does not see the repository, or may not write its secrets. ${give}`,
  };
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
