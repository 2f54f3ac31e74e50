import { recordAt, textOf } from './yaml-values.ts';

/** What has happened on GitHub to start the run. */
export interface WorkflowEvent {
  /** `push`, `pull_request`, `delete`, … */
  readonly name: string;
  /** The webhook's payload. */
  readonly payload?: Readonly<Record<string, unknown>>;
}

/** The repository of runs that name no other. */
const someRepository = 'example-org/example-app';
/** The commit of runs that name no other. */
const someSha = '0123456789abcdef0123456789abcdef01234567';

/** Entries of the context that a process sees as `GITHUB_…` (actions/runner, GitHubContext.cs). */
const exposed: ReadonlySet<string> = new Set([
  'action',
  'action_path',
  'action_ref',
  'action_repository',
  'actor',
  'actor_id',
  'api_url',
  'base_ref',
  'env',
  'event_name',
  'event_path',
  'graphql_url',
  'head_ref',
  'job',
  'output',
  'path',
  'ref',
  'ref_name',
  'ref_protected',
  'ref_type',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'server_url',
  'sha',
  'state',
  'step_summary',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace',
]);

/**
 * The texts of the `github` context that an event gives rise to.
 *
 * @param event    what has happened
 * @param explicit entries to use in place of the derived ones, by their names in the context
 */
export function githubContext(
  event: WorkflowEvent,
  explicit: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const payload = event.payload ?? {};
  const repository =
    explicit['repository'] ?? (textAt(payload, 'repository', 'full_name') || someRepository);
  const ref = explicit['ref'] ?? refOf(event.name, payload);
  const isTag = ref.startsWith('refs/tags/');
  const server = explicit['server_url'] ?? 'https://github.example.com';
  const api = explicit['api_url'] ?? 'https://api.github.example.com';
  const actor = textAt(payload, 'sender', 'login') || 'example-user';
  const isPull = event.name.startsWith('pull_request');
  return {
    actor,
    triggering_actor: actor,
    api_url: api,
    base_ref: isPull ? textAt(payload, 'pull_request', 'base', 'ref') : '',
    event_name: event.name,
    graphql_url: `${api}/graphql`,
    head_ref: isPull ? textAt(payload, 'pull_request', 'head', 'ref') : '',
    ref,
    ref_name: ref.replace(/^refs\/(?:heads|tags|pull)\//u, ''),
    ref_protected: 'false',
    ref_type: isTag ? 'tag' : 'branch',
    repository,
    repository_owner: repository.split('/')[0] ?? '',
    retention_days: '90',
    run_attempt: '1',
    run_id: '1000000001',
    run_number: '1',
    server_url: server,
    // None is left of what a push deletes: the default branch's.
    sha: textAt(payload, 'after').replace(/^0+$/u, '') || someSha,
    workflow: 'example',
    ...explicit,
  };
}

/** The context's entries as environment variables. */
export function githubEnvironment(
  context: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(context)
      .filter(([name]) => exposed.has(name))
      .map(([name, value]) => [`GITHUB_${name.toUpperCase()}`, value]),
  );
}

/** The ref on which GitHub runs a workflow for an event. */
function refOf(event: string, payload: unknown): string {
  const main = textAt(payload, 'repository', 'default_branch') || 'main';
  const onDefaultBranch = `refs/heads/${main}`;
  const ref = textAt(payload, 'ref');
  switch (event) {
    case 'push':
      // A push that deletes its ref: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#push
      return recordAt(payload)['deleted'] === true ? onDefaultBranch : ref || onDefaultBranch;
    case 'workflow_dispatch':
      return ref || onDefaultBranch;
    case 'pull_request':
      return `refs/pull/${textAt(payload, 'pull_request', 'number') || '1'}/merge`;
    case 'pull_request_target':
      return `refs/heads/${textAt(payload, 'pull_request', 'base', 'ref') || main}`;
    case 'create':
      return `refs/${textAt(payload, 'ref_type') === 'tag' ? 'tags' : 'heads'}/${ref}`;
    case 'deployment':
    case 'deployment_status': {
      const deployed = textAt(payload, 'deployment', 'ref') || main;
      return deployed.startsWith('refs/') ? deployed : `refs/heads/${deployed}`;
    }
    case 'release':
      return `refs/tags/${textAt(payload, 'release', 'tag_name')}`;
    default:
      // `delete` too: its own ref is gone, so the workflow runs where the repository's others do.
      return onDefaultBranch;
  }
}

function textAt(value: unknown, ...keys: readonly string[]): string {
  const [last, ...above] = keys.toReversed();
  const inside = above.toReversed().reduce((found: unknown, key) => recordAt(found, key), value);
  return last === undefined ? '' : textOf(recordAt(inside)[last]);
}
