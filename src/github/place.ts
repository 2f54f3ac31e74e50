import { Failure } from '../core/failure.ts';
import { quoteUnlessSecret } from '../core/credential-like.ts';
import type { SecretReference } from '../core/ports.ts';
import { quote } from '../core/text.ts';
import { isEnvironmentName, parseRepository } from '../names/github-names.ts';
import { secretNameProblem } from '../names/secret-name.ts';
import type { Repository } from '../names/workflow-event.ts';
import type { Hints, RestRequest } from './rest.ts';

/** A place that keeps secrets and variables: a repository, or an environment of one. */
export interface Place {
  /** Tells it from every other one. */
  readonly id: string;
  /** `acme/shop`, or `the environment "production" of acme/shop`: for sentences. */
  readonly named: string;
  /** Where its secrets and variables are. */
  readonly path: string;
  /** What the path leaves open. */
  readonly parameters: RestRequest['parameters'];
  /** Undefined for a repository. */
  readonly environment: string | undefined;
}

/** What a place keeps. */
type Kind = 'secrets' | 'variables';

/**
 * Where a secret is kept.
 *
 * @param secret as it is asked for
 * @param own    the workflow's repository
 * @throws Failure `github` when there can be no such place, or no secret with this name
 */
export function placeOf(secret: SecretReference, own: Repository): Place {
  const problem = secretNameProblem(secret.secretName);
  if (problem !== undefined) throw refused(problem);
  const repository = repositoryOf(secret, own);
  const where = `${repository.owner}/${repository.repo}`;
  const { environment } = secret;
  if (environment === undefined) {
    return {
      id: where,
      named: where,
      path: '/repos/{owner}/{repo}/actions',
      parameters: { ...repository },
      environment,
    };
  }
  if (!isEnvironmentName(environment)) {
    throw refused(`${quoteUnlessSecret(environment)} is no name of an environment.`);
  }
  return {
    id: `${where}/${environment}`,
    named: `the environment ${quote(environment)} of ${where}`,
    path: '/repos/{owner}/{repo}/environments/{environment_name}',
    parameters: { ...repository, environment_name: environment },
    environment,
  };
}

function repositoryOf({ repository }: SecretReference, own: Repository): Repository {
  if (repository === undefined) return own;
  const read = parseRepository(repository);
  if (read === undefined)
    throw refused(`${quoteUnlessSecret(repository)} is no repository: OWNER/NAME.`);
  return read;
}

function refused(message: string): Failure {
  return new Failure('github', message, { effect: 'none' });
}

/**
 * Hints for a request about what a place keeps. An environment's secrets and variables go with one
 * permission, a repository's with one each:
 * https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
export function hintsFor(kind: Kind, { environment }: Place): Hints {
  const noun = kind === 'secrets' ? 'Secrets' : 'Variables';
  const permission = environment === undefined ? noun : 'Environments';
  const place = environment === undefined ? 'repository' : `environment ${quote(environment)}`;
  const give =
    'GITHUB_TOKEN can never do it: give `github_token` a personal access token, or the token of ' +
    `a GitHub App, with the permission ${permission}: write.`;
  return {
    401: 'The GitHub token has expired or is no token of this GitHub: check the input `github_token`.',
    403: `The token may not write the ${kind} of the ${place}. ${give}`,
    404:
      environment === undefined
        ? `The token does not see the repository, or may not write its ${kind}. ${give}`
        : `There is no ${place}, or the token does not see the repository. A job that ` +
          'names an environment makes it; it can also be made in the settings of the repository.',
  };
}
