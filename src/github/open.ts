import { systemRandom } from '../clock.ts';
import type { Budget, Clock, GitHub } from '../ports.ts';
import type { Secret } from '../secret.ts';
import { createGitHub } from './client.ts';
import { loadEvent } from './context.ts';
import { placeholderValues } from './event.ts';
import type { PlaceholderValues } from './template.ts';
import type { Repository } from './workflow-event.ts';

/**
 * GitHub for a step of a workflow: the repository is the one that the runner names.
 *
 * @param options the token, time, and the process's variables
 */
export function openGitHub(options: {
  readonly token: Secret | undefined;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): GitHub {
  return createGitHub({
    ...options,
    random: systemRandom,
    repository: repositoryIn(options.environment['GITHUB_REPOSITORY'] ?? ''),
  });
}

/**
 * What stands for the placeholders of a name, by the event that started the workflow.
 *
 * @param environment the `environment` input
 */
export async function loadPlaceholders(
  environment: string | undefined,
): Promise<PlaceholderValues> {
  return placeholderValues(await loadEvent(), environment);
}

function repositoryIn(text: string): Repository | undefined {
  const [owner = '', repo = '', ...rest] = text.split('/');
  return owner === '' || repo === '' || rest.length > 0 ? undefined : { owner, repo };
}
