import { textAt } from '../core/json-path.ts';
import type { WorkflowEvent } from './workflow-event.ts';

/**
 * Whether a run sees the secrets of its repository. Runs of pull requests from forks see none, and those
 * that Dependabot started see Dependabot's own:
 * https://docs.github.com/en/actions/reference/security/secure-use,
 * https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot/troubleshooting-dependabot-on-github-actions
 *
 * @param event what started the workflow
 * @param actor GITHUB_ACTOR: who started it
 */
export function seesSecrets({ name, payload }: WorkflowEvent, actor: string): boolean {
  if (actor === 'dependabot[bot]') return false;
  // `pull_request_target` runs for the base, with its secrets.
  if (!name.startsWith('pull_request') || name === 'pull_request_target') return true;
  const head = textAt(payload, 'pull_request', 'head', 'repo', 'full_name');
  const base = textAt(payload, 'pull_request', 'base', 'repo', 'full_name');
  return head !== undefined && head === base;
}
