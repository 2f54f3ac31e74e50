import type { SecretStore } from '../job-runner/index.ts';
import type { GitHubServer } from './server.ts';

/**
 * The secrets that were stored on the local GitHub, as GitHub would hand them to a job.
 *
 * @param server which one
 * @param own    secrets of the repository that were there before
 */
export function storedSecrets(
  server: Pick<GitHubServer, 'secrets'>,
  own: Readonly<Record<string, string>>,
): SecretStore {
  const environments: Record<string, Record<string, string>> = {};
  for (const [path, value] of server.secrets) {
    const [name = '', ...environment] = path.split('/').reverse();
    (environments[environment.reverse().join('/')] ??= {})[name] = value;
  }
  return { repository: { ...own, ...environments[''] }, environments };
}
