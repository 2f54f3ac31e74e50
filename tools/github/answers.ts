import { example } from './description.ts';
import type { GitHubAnswer } from './faults.ts';

/** What a local GitHub says, in full, as GitHub's description has it. */

/** A pull request. */
export interface PullRequest {
  readonly number: number;
  readonly state: 'open' | 'closed';
}

/** A branch as it is listed. */
export function branchItem(name: string): unknown {
  const sha = 'c5b97d5ae6c19d5c5df71a34c7fbeeda2479ccbc';
  return { name, commit: { sha, url: `https://api.example.com/commits/${sha}` }, protected: false };
}

/** An environment as it is listed, and alone. */
export function environmentItem(name: string, index: number): unknown {
  const url = `https://api.example.com/environments/${encodeURIComponent(name)}`;
  const date = '2026-01-01T00:00:00Z';
  return {
    ...{ id: index + 1, node_id: `EN_${index + 1}`, name, url, html_url: url },
    ...{ created_at: date, updated_at: date, protection_rules: [], deployment_branch_policy: null },
  };
}

/** A pull request as it is listed: the description's example, with another number. */
export function pullItem(pull: PullRequest): unknown {
  const [first] = example('pull-request-simple-items') as readonly object[];
  // The example's teams have no type, which the description itself demands.
  return { ...first, ...pull, requested_teams: [] };
}

/** The pull requests that a query asks for, in its order. */
export function pulls(all: readonly PullRequest[], query: URLSearchParams): readonly PullRequest[] {
  const state = query.get('state') ?? 'open';
  const isAscending = query.get('direction') === 'asc';
  return all
    .filter((pull) => state === 'all' || pull.state === state)
    .sort((a, b) => (isAscending ? a.number - b.number : b.number - a.number));
}

/**
 * A refusal in GitHub's own form. The description has few of them.
 *
 * @param why the answer is not in the description
 */
export function refused(status: number, message: string, why: string): GitHubAnswer {
  return { status, body: { message, status: String(status) }, undescribed: why };
}

/** What is not there, or not to be seen. */
export const notFound = refused(404, 'Not Found', 'a 404 may come for whatever a token cannot see');
