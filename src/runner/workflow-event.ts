import { readFileSync } from 'node:fs';
import { Failure } from '../core/failure.ts';
import { codeOf } from '../core/text.ts';
import type { Repository, WorkflowEvent } from '../names/workflow-event.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The event that started the workflow, from the variables and the file that the runner sets. Those are
 * what the context of `@actions/github` reads, too; but to load that is to load GitHub's client and to
 * settle on a proxy for it, which a step that needs neither should not do.
 *
 * @param environment the process's variables
 * @throws Failure `runner` when the runner's file cannot be read
 */
export function readEvent(environment: Environment): WorkflowEvent {
  const { GITHUB_EVENT_NAME: name = '', GITHUB_REF: ref = '' } = environment;
  return {
    name,
    ref,
    payload: payloadIn(environment['GITHUB_EVENT_PATH'] ?? ''),
    repository: repositoryIn(environment),
    runId: Number(environment['GITHUB_RUN_ID'] ?? ''),
  };
}

function payloadIn(path: string): unknown {
  if (path === '') return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (thrown) {
    const what = thrown instanceof SyntaxError ? 'it is no JSON' : codeOf(thrown);
    throw new Failure(
      'runner',
      `The event that started the workflow could not be read (${what}).`,
      {
        hint: 'GITHUB_EVENT_PATH has to name a file that holds JSON, as the runner makes it.',
        cause: thrown,
      },
    );
  }
}

/**
 * The repository that the runner names.
 *
 * @param environment the process's variables
 */
export function repositoryIn(environment: Environment): Repository | undefined {
  const [owner = '', repo = '', ...rest] = (environment['GITHUB_REPOSITORY'] ?? '').split('/');
  return owner === '' || repo === '' || rest.length > 0 ? undefined : { owner, repo };
}
