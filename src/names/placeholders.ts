import { quoteUnlessSecret } from '../core/credential-like.ts';
import { quote } from '../core/text.ts';
import { branchOf } from './event-branch.ts';
import { comparable, isEnvironmentName } from './github-names.ts';
import { at, numberAt, textAt } from '../core/json-path.ts';
import type { PlaceholderValue, PlaceholderValues } from './template.ts';
import { incomplete, none, type WorkflowEvent } from './workflow-event.ts';

/**
 * What the event that started the workflow says about the placeholders of a name template. What it
 * cannot say surely it does not say: the key of the wrong branch would be retired or handed out.
 */

/**
 * A value, or a reason why there is none, for every placeholder.
 *
 * @param event       what started the workflow
 * @param environment the `environment` input, which goes before what the event says
 */
export function placeholderValues(
  event: WorkflowEvent,
  environment: string | undefined,
): PlaceholderValues {
  const { repository, runId } = event;
  const unknownRepository = { missing: 'the runner does not say which repository this is' };
  return {
    repository:
      repository === undefined
        ? unknownRepository
        : { value: `${repository.owner}/${repository.repo}` },
    owner: repository === undefined ? unknownRepository : { value: repository.owner },
    repo: repository === undefined ? unknownRepository : { value: repository.repo },
    branch: branchOf(event),
    pull_request: pullRequestOf(event),
    environment: environmentOf(event, environment),
    run_id:
      Number.isSafeInteger(runId) && runId > 0
        ? { value: String(runId) }
        : { missing: 'the runner does not say which run this is' },
  };
}

function pullRequestOf(event: WorkflowEvent): PlaceholderValue {
  const { name, payload } = event;
  if (name === 'workflow_run') return pullRequestOfRun(event);
  if (name === 'issue_comment' || name === 'issues') {
    if (textAt(payload, 'issue', 'pull_request', 'url') === undefined) {
      return none(event, 'is about an issue, not about a pull request');
    }
    return numbered(event, numberAt(payload, 'issue', 'number'), 'issue.number');
  }
  if (name.startsWith('pull_request')) {
    return numbered(event, numberAt(payload, 'pull_request', 'number'), 'pull_request.number');
  }
  return none(event, 'is about no pull request');
}

function pullRequestOfRun(event: WorkflowEvent): PlaceholderValue {
  const run = at(event.payload, 'workflow_run');
  const named = at(run, 'pull_requests');
  // GitHub leaves the list empty for a fork, and may name several for one branch.
  if (!Array.isArray(named) || named.length !== 1) {
    return none(event, 'does not name exactly one pull request');
  }
  // A fork has pull requests of its own, with numbers that are not ours.
  const ours = numberAt(run, 'repository', 'id');
  if (ours === undefined || numberAt(named[0], 'base', 'repo', 'id') !== ours) {
    return none(event, 'names a pull request of another repository');
  }
  return numbered(event, numberAt(named[0], 'number'), 'workflow_run.pull_requests');
}

/**
 * In the form in which GitHub compares, so that another spelling of the input, or that of whoever made
 * the environment, does not make a second key.
 */
function environmentOf(event: WorkflowEvent, input: string | undefined): PlaceholderValue {
  if (input !== undefined && input !== '') {
    return isEnvironmentName(input)
      ? { value: comparable('environment', input) }
      : {
          missing: `the input \`environment\`, ${quoteUnlessSecret(input)}, is no name of an environment`,
        };
  }
  if (event.name !== 'deployment' && event.name !== 'deployment_status') {
    return { missing: 'the input `environment` is not given' };
  }
  const environment = textAt(event.payload, 'deployment', 'environment');
  if (environment === undefined) return incomplete(event, 'deployment.environment');
  // A status may move a deployment to another environment, and nothing says which of the two is meant:
  // https://docs.github.com/en/rest/deployments/statuses#create-a-deployment-status
  const moved = textAt(event.payload, 'deployment_status', 'environment') ?? environment;
  if (comparable('environment', moved) !== comparable('environment', environment)) {
    return none(
      event,
      `names two environments, ${quote(environment)} and ${quote(moved)}: give the input \`environment\``,
    );
  }
  return isEnvironmentName(environment)
    ? { value: comparable('environment', environment) }
    : none(event, `names the environment ${quote(environment)}, which is no name`);
}

function numbered(
  event: WorkflowEvent,
  number: number | undefined,
  field: string,
): PlaceholderValue {
  return number === undefined ? incomplete(event, field) : { value: String(number) };
}
