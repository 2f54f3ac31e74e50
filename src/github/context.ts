import { Failure } from '../failure.ts';
import type { Repository, WorkflowEvent } from './workflow-event.ts';
import { textAt } from './payload.ts';

/**
 * The event that started the workflow, from `@actions/github`, which reads it when it is first
 * loaded: so it is loaded here and not before, and only for a name that has placeholders.
 *
 * @throws Failure `runner` when the runner's file cannot be read
 */
export async function loadEvent(): Promise<WorkflowEvent> {
  const { context } = await import('@actions/github').catch((cause: unknown) => {
    throw new Failure('runner', 'The event that started the workflow could not be read.', {
      hint: 'GITHUB_EVENT_PATH has to name a file that holds JSON, as the runner makes it.',
      cause,
    });
  });
  // Its types promise texts, but what the runner leaves out is undefined.
  return {
    name: textAt(context, 'eventName') ?? '',
    ref: textAt(context, 'ref') ?? '',
    payload: context.payload,
    repository: repositoryOf(context),
    runId: context.runId,
  };
}

function repositoryOf(context: { readonly repo: Repository }): Repository | undefined {
  try {
    const owner = textAt(context.repo, 'owner');
    const repo = textAt(context.repo, 'repo');
    return owner === undefined || repo === undefined ? undefined : { owner, repo };
  } catch {
    // It throws when neither the environment nor the payload names a repository.
    return undefined;
  }
}
