import { describe, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { at, numberAt, textAt } from '../../src/core/json-path.ts';
import { placeholderValues } from '../../src/names/placeholders.ts';
import type { PlaceholderValue } from '../../src/names/template.ts';
import type { WorkflowEvent } from '../../src/names/workflow-event.ts';
import * as events from '../support/github-events.ts';

/**
 * What the placeholders become by the payloads that GitHub's own tools publish, instead of those that
 * somebody here has in mind: https://github.com/octokit/webhooks/tree/main/payload-examples
 */

interface Published {
  readonly name: string;
  readonly examples: readonly object[];
}

const published = createRequire(import.meta.url)(
  '@octokit/webhooks-examples',
) as readonly Published[];

function examplesOf(name: string): readonly object[] {
  return published.find((each) => each.name === name)?.examples ?? [];
}

/**
 * GITHUB_REF as GitHub documents it for each event:
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
function refOf(name: string, payload: object): string {
  const main = `refs/heads/${textAt(payload, 'repository', 'default_branch') ?? ''}`;
  const ref = textAt(payload, 'ref') ?? '';
  switch (name) {
    case 'push':
      return at(payload, 'deleted') === true ? main : ref;
    case 'workflow_dispatch':
      return ref;
    case 'create':
      return `refs/${textAt(payload, 'ref_type') === 'tag' ? 'tags' : 'heads'}/${ref}`;
    case 'pull_request':
    case 'pull_request_review':
    case 'pull_request_review_comment':
      return `refs/pull/${numberAt(payload, 'pull_request', 'number') ?? 0}/merge`;
    case 'deployment':
    case 'deployment_status':
      return `refs/heads/${textAt(payload, 'deployment', 'ref') ?? ''}`;
    case 'merge_group':
      return textAt(payload, 'merge_group', 'head_ref') ?? '';
    case 'release':
      return `refs/tags/${textAt(payload, 'release', 'tag_name') ?? ''}`;
    default:
      return main;
  }
}

function eventOf(name: string, payload: object, ref = refOf(name, payload)): WorkflowEvent {
  const [owner = '', repo = ''] = (textAt(payload, 'repository', 'full_name') ?? '').split('/');
  return { name, ref, payload, repository: { owner, repo }, runId: 42 };
}

/** `main | 7 | –`, and what is said where `{branch}` has no value. */
function row(event: WorkflowEvent): string {
  const { branch, pull_request, environment } = placeholderValues(event, undefined);
  const cells = [branch, pull_request, environment].map(cell).join(' | ');
  return 'missing' in branch ? `${cells}  (${branch.missing})` : cells;
}

function cell(value: PlaceholderValue): string {
  if ('missing' in value) return '–';
  return value.gone === undefined ? value.value : `${value.value}, gone`;
}

/** The events of the page's table that have published payloads, and some that it leaves out. */
const names = [
  'push',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'create',
  'delete',
  'workflow_dispatch',
  'repository_dispatch',
  'workflow_run',
  'deployment',
  'deployment_status',
  'issue_comment',
  'issues',
  'merge_group',
  'release',
  'check_run',
  'check_suite',
  'status',
  'fork',
  'label',
  'public',
];

describe('the published payloads', () => {
  test('fill in, event by event: {branch} | {pull_request} | {environment}', () => {
    const table = names.map((name) => {
      const rows = examplesOf(name).map((payload) => row(eventOf(name, payload)));
      const counted = [...new Set(rows)].map(
        (each) => `${rows.filter((other) => other === each).length} × ${each}`,
      );
      return [name, counted];
    });
    const unknown = 'names no branch that is known for sure';
    expect(Object.fromEntries(table)).toEqual({
      push: [
        '5 × – | – | –  (a `push` event is about the tag "simple-tag", not about a branch)',
        '2 × master | – | –',
      ],
      pull_request: ['29 × changes | 2 | –'],
      pull_request_review: ['4 × changes | 2 | –'],
      pull_request_review_comment: ['5 × changes | 2 | –'],
      create: [
        '5 × – | – | –  (a `create` event is about the tag "simple-tag", not about a branch)',
      ],
      delete: [
        '4 × – | – | –  (a `delete` event is about the tag "simple-tag", not about a branch)',
      ],
      workflow_dispatch: ['1 × main | – | –', '1 × master | – | –'],
      repository_dispatch: [
        '2 × – | – | –  (a `repository_dispatch` event is about no branch: it always runs on the default branch)',
      ],
      workflow_run: [
        '1 × main | – | –',
        '4 × – | – | –  (a `workflow_run` event is about a run that a `repository_dispatch` event started, whose branch is not known for sure)',
      ],
      deployment: ['3 × master | – | production', '1 × gh-pages | – | github-pages'],
      deployment_status: ['3 × master | – | production', '1 × master | – | github-pages'],
      issue_comment: [`9 × – | – | –  (an \`issue_comment\` event ${unknown})`],
      issues: [
        `25 × – | – | –  (an \`issues\` event ${unknown})`,
        `4 × – | 2 | –  (an \`issues\` event ${unknown})`,
      ],
      merge_group: [
        '2 × – | – | –  (a `merge_group` event runs on a temporary branch of the merge queue)',
      ],
      release: ['13 × – | – | –  (a `release` event is about a tag, not about a branch)'],
      check_run: [`9 × – | – | –  (a \`check_run\` event ${unknown})`],
      check_suite: [`9 × – | – | –  (a \`check_suite\` event ${unknown})`],
      status: [`4 × – | – | –  (a \`status\` event ${unknown})`],
      fork: [`3 × – | – | –  (a \`fork\` event ${unknown})`],
      label: [`6 × – | – | –  (a \`label\` event ${unknown})`],
      public: [`3 × – | – | –  (a \`public\` event ${unknown})`],
    });
  });
});

/** A published payload with some fields in it changed, and the event that it makes. */
function changed(name: string, fields: object, index = 0): WorkflowEvent {
  return eventOf(name, merged(examplesOf(name)[index], fields));
}

/** Objects in objects are changed field by field; all else is replaced. */
function merged(original: unknown, fields: object): object {
  const copy: Record<string, unknown> = { ...(original as object) };
  for (const [name, value] of Object.entries(fields)) {
    copy[name] = isObject(value) && isObject(copy[name]) ? merged(copy[name], value) : value;
  }
  return copy;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

describe('what no published payload shows, but the same fields tell', () => {
  const noCommit = '0'.repeat(40);
  const queue = 'gh-readonly-queue/main/pr-104-929f8209d40f77f4abc622a499c93a83babdbe64';
  const run = (fields: object): WorkflowEvent => changed('workflow_run', { workflow_run: fields });
  const pull = (fields: object, name = 'pull_request'): WorkflowEvent =>
    changed(name, { pull_request: fields });
  const us = { id: 186853002, full_name: 'Codertocat/Hello-World' };
  const fork = { id: 1, full_name: 'mallory/Hello-World' };
  const pulls = (...ids: readonly number[]): object => ({
    event: 'pull_request',
    repository: us,
    head_repository: us,
    pull_requests: ids.map((id) => ({ number: 7, base: { repo: { id } }, head: { repo: { id } } })),
  });

  test.each<readonly [string, WorkflowEvent, string]>([
    // Created, and pushed to.
    ['a branch is created', changed('create', { ref: 'a/b', ref_type: 'branch' }), 'a/b | – | –'],
    ['a branch is pushed', changed('push', { ref: 'refs/heads/a/b' }, 4), 'a/b | – | –'],
    // Deleted: both events run on the default branch. Examples 1 to 3 of push are deletions.
    [
      'a branch is deleted',
      changed('delete', { ref: 'a/b', ref_type: 'branch' }),
      'a/b, gone | – | –',
    ],
    ['a push deletes a branch', changed('push', { ref: 'refs/heads/a/b' }, 1), 'a/b, gone | – | –'],
    [
      'a push deletes a branch and says so by its commit only',
      changed('push', { ref: 'refs/heads/a/b', after: noCommit }, 4),
      'a/b, gone | – | –',
    ],
    [
      'a push deletes what is called like the default branch of another',
      changed('push', { ref: 'refs/heads/main' }, 1),
      'main, gone | – | –',
    ],
    // Renamed: GitHub deletes the old name and creates the new one; a pull request keeps its number.
    [
      'a pull request gets another base',
      changed('pull_request', { action: 'edited', changes: { base: { ref: { from: 'main' } } } }),
      'changes | 2 | –',
    ],
    [
      'the repository has got another name since',
      pull({ head: { repo: { full_name: 'a/new' } }, base: { repo: { full_name: 'a/new' } } }),
      'changes | 2 | –',
    ],
    // Queued.
    [
      'a pull request is queued',
      changed('pull_request', { action: 'enqueued' }),
      'changes | 2 | –',
    ],
    ['the queue pushes', changed('push', { ref: `refs/heads/${queue}` }, 4), 'queue'],
    ['the queue deletes by a push', changed('push', { ref: `refs/heads/${queue}` }, 1), 'queue'],
    ['the queue creates', changed('create', { ref: queue, ref_type: 'branch' }), 'queue'],
    ['the queue deletes', changed('delete', { ref: queue, ref_type: 'branch' }), 'queue'],
    ['its run is followed', run({ event: 'merge_group', head_branch: queue }), 'queue'],
    ['its push is followed', run({ event: 'push', head_branch: queue }), 'queue'],
    ['it is deployed', changed('deployment', { deployment: { ref: queue } }), 'queue'],
    // From a fork.
    ['a fork asks for a pull', pull({ head: { ref: 'main', repo: fork } }), 'fork 2'],
    ['a fork that is gone asks for a pull', pull({ head: { repo: null } }), 'fork 2'],
    ['a fork is reviewed', pull({ head: { repo: fork } }, 'pull_request_review'), 'fork 2'],
    [
      'a run of a fork is followed',
      run({ event: 'pull_request', head_repository: fork }),
      'fork –',
    ],
    // A run that is followed, and the pull requests that it names.
    ['a run for a pull request is followed', run(pulls(us.id)), 'main | 7 | –'],
    ['a run for a pull request elsewhere is followed', run(pulls(fork.id)), 'main | – | –'],
    ['a run for two pull requests is followed', run(pulls(us.id, us.id)), 'main | – | –'],
    // By a tag.
    ['a tag is dispatched', changed('workflow_dispatch', { ref: 'refs/tags/v1' }), 'tag'],
    ['a push deletes a tag', changed('push', { ref: 'refs/tags/v1' }, 1), 'tag'],
    // A deployment, by a spelling of its own, and by a status that moves it.
    [
      'an environment is spelt otherwise',
      changed('deployment', { deployment: { environment: 'PRODUCTION' } }),
      'master | – | production',
    ],
    [
      'a status moves a deployment',
      changed('deployment_status', { deployment_status: { environment: 'qa' } }),
      'master | – | –',
    ],
    // A comment.
    [
      'a pull request is commented',
      changed('issue_comment', {
        issue: { number: 7, pull_request: { url: 'https://example.com' } },
      }),
      'comment 7',
    ],
  ])('%s', (_, event, expected) => {
    const short: Readonly<Record<string, RegExp>> = {
      queue:
        /^– \| – \| (?:–|production) {2}\(an? `\w+` event is about "gh-readonly-queue.*of the merge queue\)$/u,
      'fork 2': /^– \| 2 \| – {2}\(.*a fork.*\)$/u,
      'fork –': /^– \| – \| – {2}\(.*a fork.*\)$/u,
      tag: /^– \| – \| – {2}\(.*the tag "v1".*\)$/u,
      'comment 7': /^– \| 7 \| – {2}\(/u,
    };
    if (short[expected] === undefined) expect(row(event)).toBe(expected);
    else expect(row(event)).toMatch(short[expected]);
  });
});

/** The paths of all fields, with the kinds of what stands there: `repository.id number`. */
function fieldsOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => fieldsOf(each, `${path}[]`));
  if (!isObject(value)) return [`${path} ${value === null ? 'null' : typeof value}`];
  return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, `${path}.${name}`));
}

describe('the events that other tests use', () => {
  const made = [
    events.push(),
    events.pushDeleting(),
    events.pullRequest(),
    events.pullRequest({ from: 'fork' }),
    events.pullRequest({ event: 'pull_request_review' }),
    events.deleted(),
    events.created(),
    events.dispatched(),
    events.workflowRun(),
    events.deployment(),
    events.deployment('deployment_status'),
    events.issueComment('issue'),
    events.mergeGroup(),
    events.release(),
  ];

  test.each(made.map((event) => [event.name, event] as const))(
    'hold no field that GitHub does not send: %s',
    (name, { payload }) => {
      const known = new Set(examplesOf(name).flatMap((example) => fieldsOf(example)));
      expect(fieldsOf(payload).filter((field) => !known.has(field))).toEqual([]);
    },
  );
});
