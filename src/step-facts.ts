import type { InputRecord } from './inputs/declared.ts';
import { authority, type Endpoint } from './network/endpoint.ts';
import { regionAt } from './network/regions.ts';
import { repositoryIn } from './runner/workflow-event.ts';
import type { GitHubSite, ServicePlace, StepFacts } from './runner/summary/step-facts.ts';
import type { StepRequest } from './step-request.ts';

/**
 * What the summary says of a step besides what it achieved.
 *
 * @param step   what was asked
 * @param record what the runner handed over
 */
export function stepFacts(
  { operation, connection }: StepRequest,
  { environment }: InputRecord,
): StepFacts {
  const subject = subjectOf(operation);
  const site = siteIn(environment);
  return {
    operation: operation.operation,
    dryRun: 'dryRun' in operation && operation.dryRun,
    place: placeOf(connection.endpoint),
    ...(subject === undefined ? {} : { subject }),
    ...('teamId' in operation ? { teamId: operation.teamId } : {}),
    ...(site === undefined ? {} : { site }),
  };
}

/** What it is about, as the inputs say it: told by its shape, so that an operation more needs nothing here. */
function subjectOf(operation: StepRequest['operation']): string | undefined {
  if ('template' in operation && operation.template !== undefined) return operation.template.text;
  if ('key' in operation) return operation.key.by === 'name' ? operation.key.name : undefined;
  if ('keys' in operation) return operation.keys.by === 'name' ? operation.keys.name : undefined;
  return 'name' in operation ? operation.name : undefined;
}

/** The region of `api.<domain>`, also over PrivateLink; of an emulator, what it listens on. */
function placeOf(endpoint: Endpoint): ServicePlace {
  const domain = endpoint.host.replace(/^api\.(?:private\.)?/u, '');
  const region = regionAt(domain);
  return region === undefined
    ? { region: undefined, host: authority(endpoint) }
    : { region: region.name, host: region.domain };
}

function siteIn(environment: InputRecord['environment']): GitHubSite | undefined {
  const server = environment['GITHUB_SERVER_URL'] ?? '';
  const repository = repositoryIn(environment);
  if (server === '' || repository === undefined) return undefined;
  return { server, repository: `${repository.owner}/${repository.repo}` };
}
