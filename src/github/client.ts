import { Failure } from '../core/failure.ts';
import type { Budget, Clock, GitHub, Random } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import { existing } from './existing.ts';
import { createSend } from './octokit.ts';
import { createPublicKeys } from './public-keys.ts';
import { createRecordStore } from './records.ts';
import { createRetry } from './retry.ts';
import { createSecretStore } from './secrets.ts';
import { isRepository } from '../names/github-names.ts';
import type { Repository } from '../names/workflow-event.ts';

/** What talking to GitHub takes. */
export interface GitHubOptions {
  /** Undefined when none is given: then every request is refused here. */
  readonly token: Secret | undefined;
  readonly repository: Repository | undefined;
  /** The root of the REST interface; where undefined, GITHUB_API_URL or github.com. */
  readonly apiUrl?: string;
  readonly clock: Clock;
  /** Bounds all requests together. */
  readonly budget: Budget;
  readonly random: Random;
}

/**
 * GitHub, as the operations see it. Nothing is loaded or sent before it is used. A repository that
 * was renamed is found under its new name, because requests follow GitHub's redirects.
 *
 * @param options token, repository, time and chance
 */
export function createGitHub(options: GitHubOptions): GitHub {
  let parts: ReturnType<typeof connect> | undefined;
  const connected = (): ReturnType<typeof connect> => (parts ??= connect(options));
  return {
    existing: async (kind) => existing(kind, connected()),
    checkSecretAccess: async (secret) => {
      const { secrets, records } = connected();
      await secrets.check(secret);
      await records.check(secret);
    },
    storeSecret: async (secret) => connected().secrets.store(secret),
    findSecret: async (secret) => connected().secrets.find(secret),
    readRecord: async (secret) => connected().records.read(secret),
    writeRecord: async (secret, text) => connected().records.write(secret, text),
  };
}

function connect({ token, repository, apiUrl, clock, budget, random }: GitHubOptions) {
  if (token === undefined) {
    throw new Failure('github', 'GitHub is needed, and no token for it is given.', {
      hint: 'Give the input `github_token`.',
      effect: 'none',
    });
  }
  if (repository === undefined || !isRepository(repository)) {
    throw new Failure('github', 'GitHub is needed, and the repository is not known.', {
      hint: 'GITHUB_REPOSITORY has to be OWNER/REPOSITORY, as the runner sets it.',
      effect: 'none',
    });
  }
  const send = createSend({ token, apiUrl });
  const rest = createRetry({ send, clock, budget, random });
  const context = { rest, repository, keys: createPublicKeys(rest) };
  return {
    ...context,
    secrets: createSecretStore(context),
    records: createRecordStore(context),
  };
}
