import { systemRandom } from '../core/clock.ts';
import type { Budget, Clock, GitHub } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import { createGitHub } from './client.ts';
import { readEvent, repositoryIn } from '../runner/workflow-event.ts';
import { placeholderValues } from '../names/placeholders.ts';
import type { PlaceholderValues } from '../names/template.ts';

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
    repository: repositoryIn(options.environment),
  });
}

/**
 * What stands for the placeholders of a name, by the event that started the workflow.
 *
 * @param environment the `environment` input
 */
export function readPlaceholders(environment: string | undefined): PlaceholderValues {
  return placeholderValues(readEvent(process.env), environment);
}
