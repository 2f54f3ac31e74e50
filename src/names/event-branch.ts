import { oneLine, quote } from '../core/text.ts';
import { isBranchName, isQueueBranch } from './github-names.ts';
import { at, textAt } from '../core/json-path.ts';
import type { PlaceholderValue } from './template.ts';
import { incomplete, none, type WorkflowEvent } from './workflow-event.ts';

/**
 * The branch that the event is about, by its exact short name: the pushed one, a pull request's
 * head, or the deleted one. Never one that GitHub makes for the merge queue.
 *
 * @param event what started the workflow
 */
export function branchOf(event: WorkflowEvent): PlaceholderValue {
  switch (event.name) {
    case 'push':
      return pushed(event);
    case 'workflow_dispatch':
      // Whoever starts a workflow by hand chooses the branch: no surprise in taking it.
      return branchOfRef(event);
    case 'create':
    case 'delete':
      return createdOrDeleted(event);
    case 'pull_request':
    case 'pull_request_target':
    case 'pull_request_review':
    case 'pull_request_review_comment':
      return headBranch(event);
    case 'workflow_run':
      return branchOfRun(event);
    case 'deployment':
    case 'deployment_status':
      // The payload's `ref` may be a branch, a tag or a commit, and does not tell which.
      if (event.ref === '') return none(event, 'was made of a commit, not of a branch');
      return branchOfRef(event);
    case 'schedule':
    case 'repository_dispatch':
      // These run on the default branch, whatever the schedule is for: taking it would make or
      // rotate a key that nobody asked for.
      return none(event, 'is about no branch: it always runs on the default branch');
    case 'merge_group':
      return none(event, 'runs on a temporary branch of the merge queue');
    case 'release':
      return none(event, 'is about a tag, not about a branch');
    default:
      return none(event, 'names no branch that is known for sure');
  }
}

/**
 * A push is about the ref that its payload names. Mostly the workflow runs on it, too; but where the
 * push deletes it, "the SHA in the workflow run (and its associated refs) reverts to the default
 * branch": https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#push
 */
function pushed(event: WorkflowEvent): PlaceholderValue {
  const ref = textAt(event.payload, 'ref');
  if (isDeletion(event)) {
    return ref === undefined ? incomplete(event, 'ref') : gone(event, branchOfRef(event, ref));
  }
  if (ref !== undefined && event.ref !== '' && ref !== event.ref) {
    return none(event, `is about ${quote(ref)}, but runs on ${quote(event.ref)}`);
  }
  return branchOfRef(event);
}

// Either will do, as taking a push for a deletion means to believe the payload. After a deletion there
// is no commit: https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
function isDeletion({ payload }: WorkflowEvent): boolean {
  return at(payload, 'deleted') === true || /^0+$/u.test(textAt(payload, 'after') ?? '');
}

function gone(event: WorkflowEvent, branch: PlaceholderValue): PlaceholderValue {
  if ('missing' in branch) return branch;
  return { ...branch, gone: `a \`${event.name}\` event has just deleted it` };
}

function branchOfRef(
  event: WorkflowEvent,
  ref = event.ref === '' ? (textAt(event.payload, 'ref') ?? '') : event.ref,
): PlaceholderValue {
  if (ref.startsWith('refs/heads/')) return branch(event, ref.slice('refs/heads/'.length));
  if (ref.startsWith('refs/tags/')) {
    const tag = quote(ref.slice('refs/tags/'.length));
    return none(event, `is about the tag ${tag}, not about a branch`);
  }
  return none(event, `runs on ${quote(ref)}, which is no branch`);
}

function createdOrDeleted(event: WorkflowEvent): PlaceholderValue {
  const kind = textAt(event.payload, 'ref_type');
  const ref = textAt(event.payload, 'ref');
  if (kind === 'tag')
    return none(event, `is about the tag ${quote(ref ?? '')}, not about a branch`);
  if (kind !== 'branch') return incomplete(event, 'ref_type');
  if (ref === undefined) return incomplete(event, 'ref');
  return event.name === 'delete' ? gone(event, branch(event, ref)) : branch(event, ref);
}

function headBranch(event: WorkflowEvent): PlaceholderValue {
  const head = at(event.payload, 'pull_request', 'head');
  const ref = textAt(head, 'ref');
  if (ref === undefined) return incomplete(event, 'pull_request.head.ref');
  // Anyone can fork a repository and name a branch `main`: that is not our `main`.
  const from = textAt(head, 'repo', 'full_name');
  const to = textAt(event.payload, 'pull_request', 'base', 'repo', 'full_name');
  if (to === undefined) return incomplete(event, 'pull_request.base.repo.full_name');
  if (from !== to) return foreign(event, ref, from);
  return branch(event, ref);
}

// For other events GitHub gives a tag, or the default branch, or the name of a branch without saying in
// whose repository. After a push or a start by hand it may be a tag, too, after a push that deletes a
// branch it is the default one, and nothing tells: docs/name-templates.md warns.
const runsWithBranch: readonly unknown[] = ['push', 'pull_request', 'workflow_dispatch'];

function branchOfRun(event: WorkflowEvent): PlaceholderValue {
  const run = at(event.payload, 'workflow_run');
  const ref = textAt(run, 'head_branch');
  if (ref !== undefined && isQueueBranch(ref)) return branch(event, ref);
  const cause = at(run, 'event');
  if (!runsWithBranch.includes(cause)) {
    const what = typeof cause === 'string' ? `a \`${oneLine(cause, 60)}\` event` : 'something else';
    return none(event, `is about a run that ${what} started, whose branch is not known for sure`);
  }
  if (ref === undefined) return incomplete(event, 'workflow_run.head_branch');
  const to = textAt(run, 'repository', 'full_name');
  if (to === undefined) return incomplete(event, 'workflow_run.repository.full_name');
  const from = textAt(run, 'head_repository', 'full_name');
  if (from !== to) return foreign(event, ref, from);
  return branch(event, ref);
}

function branch(event: WorkflowEvent, name: string): PlaceholderValue {
  if (!isBranchName(name)) {
    return none(event, `names the branch ${quote(name)}, which git would not allow`);
  }
  return isQueueBranch(name)
    ? none(event, `is about ${quote(name)}, a temporary branch of the merge queue`)
    : { value: name };
}

function foreign(event: WorkflowEvent, ref: string, from: string | undefined): PlaceholderValue {
  const where = from === undefined ? 'a repository that is gone' : quote(from);
  return none(
    event,
    `is about the branch ${quote(ref)} of ${where}, a fork, and a branch of this repository may ` +
      'have the same name; use {pull_request}',
  );
}
