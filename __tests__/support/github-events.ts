import type { WorkflowEvent } from '../../src/names/workflow-event.ts';

/**
 * Events as GitHub sends them, cut down to what tells them apart, for the repository acme/shop. Each
 * function makes one event; what is not given is as usual.
 */

const repository = { id: 11, full_name: 'acme/shop', name: 'shop', owner: { login: 'acme' } };
const fork = { id: 22, full_name: 'mallory/shop', name: 'shop', owner: { login: 'mallory' } };

function event(name: string, ref: string, payload: object): WorkflowEvent {
  return {
    name,
    ref,
    payload: { repository, sender: { login: 'octocat' }, ...payload },
    repository: { owner: 'acme', repo: 'shop' },
    runId: 4711,
  };
}

export function push(ref = 'refs/heads/feature/cart'): WorkflowEvent {
  const facts = { before: '0'.repeat(40), after: 'a'.repeat(40), created: true, deleted: false };
  return event('push', ref, { ref, ...facts });
}

/** A push that deletes its ref: the workflow runs on the default branch. */
export function pushDeleting(ref = 'refs/heads/feature/cart'): WorkflowEvent {
  const facts = { before: 'a'.repeat(40), after: '0'.repeat(40), created: false, deleted: true };
  return event('push', 'refs/heads/main', { ref, ...facts });
}

interface PullRequestFacts {
  readonly event?: string;
  readonly action?: string;
  readonly head?: string;
  /** Where the head branch is; null when that repository is gone. */
  readonly from?: 'us' | 'fork' | null;
}

export function pullRequest(facts: PullRequestFacts = {}): WorkflowEvent {
  const { event: name = 'pull_request', action = 'opened', from = 'us' } = facts;
  const repo = from === 'us' ? repository : from === 'fork' ? fork : null;
  return event(name, 'refs/pull/7/merge', {
    action,
    // Reviews come without it.
    ...(name.startsWith('pull_request_review') ? {} : { number: 7 }),
    pull_request: {
      number: 7,
      state: action === 'closed' ? 'closed' : 'open',
      head: { ref: facts.head ?? 'feature/cart', sha: 'a'.repeat(40), repo },
      base: { ref: 'main', sha: 'b'.repeat(40), repo: repository },
    },
  });
}

/** On `delete` and `create` the payload has the short name, and the workflow runs elsewhere. */
export function deleted(ref = 'feature/cart', refType = 'branch'): WorkflowEvent {
  return event('delete', 'refs/heads/main', { ref, ref_type: refType, pusher_type: 'user' });
}

export function created(ref = 'feature/cart', refType = 'branch'): WorkflowEvent {
  const full = refType === 'tag' ? `refs/tags/${ref}` : `refs/heads/${ref}`;
  return event('create', full, { ref, ref_type: refType, master_branch: 'main' });
}

export function dispatched(ref = 'refs/heads/feature/cart'): WorkflowEvent {
  return event('workflow_dispatch', ref, { ref, inputs: {}, workflow: 'rotate.yml' });
}

export function scheduled(): WorkflowEvent {
  return event('schedule', 'refs/heads/main', { schedule: '30 5 * * 1' });
}

export function repositoryDispatched(): WorkflowEvent {
  return event('repository_dispatch', 'refs/heads/main', { action: 'go', client_payload: {} });
}

interface RunFacts {
  readonly cause?: string;
  readonly head?: string;
  readonly from?: 'us' | 'fork';
  readonly pullRequests?: readonly object[];
}

export function workflowRun(facts: RunFacts = {}): WorkflowEvent {
  const { cause = 'pull_request', from = 'us' } = facts;
  const ours = { number: 7, base: { ref: 'main', repo: { id: 11 } }, head: { repo: { id: 11 } } };
  return event('workflow_run', 'refs/heads/main', {
    action: 'completed',
    workflow_run: {
      event: cause,
      head_branch: facts.head ?? 'feature/cart',
      head_repository: from === 'us' ? repository : fork,
      repository,
      pull_requests: facts.pullRequests ?? [ours],
    },
  });
}

export function deployment(
  name = 'deployment',
  ref = 'refs/heads/feature/cart',
  statusOf = 'production',
): WorkflowEvent {
  return event(name, ref, {
    deployment: { ref: 'feature/cart', environment: 'Production', task: 'deploy' },
    ...(name === 'deployment_status'
      ? { deployment_status: { state: 'success', environment: statusOf } }
      : {}),
  });
}

/** The status of a deployment that names another environment. */
export function moved(): WorkflowEvent {
  return deployment('deployment_status', undefined, 'qa');
}

export function issueComment(on: 'issue' | 'pull request' = 'pull request'): WorkflowEvent {
  const url = 'https://api.github.example.com/repos/acme/shop/pulls/7';
  return event('issue_comment', 'refs/heads/main', {
    action: 'created',
    issue: { number: 7, ...(on === 'issue' ? {} : { pull_request: { url } }) },
    comment: { body: '/deploy' },
  });
}

export function mergeGroup(): WorkflowEvent {
  const ref = 'refs/heads/gh-readonly-queue/main/pr-7-aaaa';
  return event('merge_group', ref, {
    action: 'checks_requested',
    merge_group: { head_ref: ref, base_ref: 'refs/heads/main' },
  });
}

export function release(): WorkflowEvent {
  return event('release', 'refs/tags/v1', { action: 'published', release: { tag_name: 'v1' } });
}

/** An event that the action knows nothing of. */
export function other(name: string): WorkflowEvent {
  return event(name, 'refs/heads/main', {});
}
