import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isEnvironmentName } from '../../src/names/github-names.ts';
import { placeholderValues } from '../../src/names/placeholders.ts';
import { placeholders, type PlaceholderValue } from '../../src/names/template.ts';
import type { WorkflowEvent } from '../../src/names/workflow-event.ts';
import * as events from '../support/github-events.ts';

function branch(event: WorkflowEvent): PlaceholderValue {
  return placeholderValues(event, undefined).branch;
}

function pullRequest(event: WorkflowEvent): PlaceholderValue {
  return placeholderValues(event, undefined).pull_request;
}

function missing(reason: RegExp): { readonly missing: unknown } {
  return { missing: expect.stringMatching(reason) };
}

const cart = { value: 'feature/cart' };

describe('{branch}', () => {
  test.each([
    ['a push', events.push()],
    ['a pull request that is opened', events.pullRequest()],
    ['a pull request that is closed', events.pullRequest({ action: 'closed' })],
    [
      'a pull request, with the rights of its base',
      events.pullRequest({ event: 'pull_request_target' }),
    ],
    ['a review', events.pullRequest({ event: 'pull_request_review' })],
    ['a branch that is created', events.created()],
    ['a workflow started by hand', events.dispatched()],
    ['a run for a push', events.workflowRun({ cause: 'push' })],
    ['a run for a pull request', events.workflowRun()],
    ['a deployment', events.deployment()],
    ['the status of a deployment', events.deployment('deployment_status')],
  ])('is the exact short name, slashes kept, for %s', (_, event) => {
    expect(branch(event)).toEqual(cart);
  });

  test.each([
    ['a pushed tag that is deleted', events.pushDeleting('refs/tags/v1'), /tag "v1"/u],
    ['a pushed tag', events.push('refs/tags/v1'), /tag "v1", not about a branch/u],
    ['a deleted tag', events.deleted('v1', 'tag'), /a `delete` event is about the tag "v1"/u],
    ['a created tag', events.created('v1', 'tag'), /a `create` event is about the tag "v1"/u],
    ['a tag chosen by hand', events.dispatched('refs/tags/v1'), /tag "v1"/u],
    ['a schedule', events.scheduled(), /a `schedule` event is about no branch/u],
    [
      'a dispatch from outside',
      events.repositoryDispatched(),
      /always runs on the default branch/u,
    ],
    ['a merge queue', events.mergeGroup(), /temporary branch/u],
    ['a comment', events.issueComment(), /an `issue_comment` event names no branch/u],
    ['a release', events.release(), /tag/u],
    ['a run for a release', events.workflowRun({ cause: 'release' }), /a `release` event started/u],
    ['a deployment of a commit', events.deployment('deployment', ''), /commit/u],
    ['a deployment of a tag', events.deployment('deployment', 'refs/tags/v1'), /tag "v1"/u],
    [
      'a deployment of a pull request',
      events.deployment('deployment', 'refs/pull/7/merge'),
      /no branch/u,
    ],
    ['an event of tomorrow', events.other('moon_phase'), /a `moon_phase` event names no branch/u],
  ])('is missing for %s, and the reason is given', (_, event, reason) => {
    expect(branch(event)).toEqual(missing(reason));
  });

  test.each([
    ['a branch that is deleted', events.deleted()],
    ['a push that deletes a branch', events.pushDeleting()],
  ])(
    'is what is gone, and said to be gone, for %s: not the branch that the workflow runs on',
    (_, event) => {
      const gone = `a \`${event.name}\` event has just deleted it`;
      expect(branch(event)).toEqual({ ...cart, gone });
    },
  );

  test('of a deleted branch is known by either of the signs of a deletion', () => {
    const { payload, ...rest } = events.pushDeleting();
    for (const signs of [{ deleted: undefined }, { after: undefined }, { deleted: false }]) {
      const weaker = { ...rest, payload: { ...(payload as object), ...signs } };
      expect(branch(weaker)).toMatchObject({ ...cart, gone: expect.anything() });
    }
  });

  test('of a push is missing where nothing tells which branch is gone', () => {
    const event = { ...events.pushDeleting(), payload: { deleted: true } };
    expect(branch(event)).toEqual(missing(/came without ref/u));
  });

  test('of a push that runs on another ref, without deleting one, is not believed', () => {
    const event = { ...events.push(), ref: 'refs/heads/main' };
    expect(branch(event)).toEqual(missing(/is about "refs\/heads\/feature\/cart", but runs on/u));
  });

  test('of a push is the ref that the workflow runs on where the payload is not there', () => {
    expect(branch({ ...events.push(), payload: {} })).toEqual(cart);
  });

  const queued = 'gh-readonly-queue/main/pr-7-0123456789012345678901234567890123456789';
  test.each([
    ['push', events.push(`refs/heads/${queued}`)],
    ['push', events.pushDeleting(`refs/heads/${queued}`)],
    ['create', events.created(queued)],
    ['delete', events.deleted(queued)],
    ['workflow_dispatch', events.dispatched(`refs/heads/${queued}`)],
    ['workflow_run', events.workflowRun({ cause: 'push', head: queued })],
    ['workflow_run', events.workflowRun({ cause: 'workflow_dispatch', head: queued })],
    ['workflow_run', events.workflowRun({ cause: 'merge_group', head: queued })],
    ['deployment', events.deployment('deployment', `refs/heads/${queued}`)],
    ['merge_group', events.mergeGroup()],
  ])('is never one of the merge queue: %s', (name, event) => {
    expect(event.name).toBe(name);
    expect(branch(event)).toEqual(missing(/merge.queue/u));
  });

  test('may begin like one of the merge queue', () => {
    expect(branch(events.push('refs/heads/gh-readonly-queue'))).toHaveProperty('value');
    expect(branch(events.push('refs/heads/my/gh-readonly-queue/x'))).toHaveProperty('value');
  });

  test.each([
    ['pull_request', events.pullRequest({ from: 'fork', head: 'main' })],
    [
      'pull_request_target',
      events.pullRequest({ event: 'pull_request_target', from: 'fork', head: 'main' }),
    ],
    [
      'pull_request_review_comment',
      events.pullRequest({ event: 'pull_request_review_comment', from: 'fork' }),
    ],
    ['workflow_run', events.workflowRun({ from: 'fork' })],
  ])('of a fork is not taken for ours: %s', (_, event) => {
    expect(branch(event)).toEqual(missing(/"mallory\/shop", a fork.*use \{pull_request\}/u));
  });

  test('of a fork that was deleted is not taken for ours', () => {
    expect(branch(events.pullRequest({ from: null }))).toEqual(
      missing(/a repository that is gone/u),
    );
  });

  test('of a run with the rights of its base is not believed', () => {
    const event = events.workflowRun({ cause: 'pull_request_target' });
    expect(branch(event)).toEqual(missing(/not known for sure/u));
  });

  test('that git would not allow is not believed', () => {
    const event = events.deleted('a\n::stop-commands::x');
    expect(branch(event)).toEqual(missing(/^[^\n]*git would not allow$/u));
  });
});

describe('{pull_request}', () => {
  test.each([
    ['a pull request', events.pullRequest()],
    ['a pull request of a fork', events.pullRequest({ from: 'fork' })],
    ['a review', events.pullRequest({ event: 'pull_request_review' })],
    ['a comment on a pull request', events.issueComment()],
    ['a run for one', events.workflowRun()],
  ])('is its number for %s', (_, event) => {
    expect(pullRequest(event)).toEqual({ value: '7' });
  });

  const foreign = { number: 3, base: { repo: { id: 22 } } };
  test.each([
    ['a push', events.push(), /a `push` event is about no pull request/u],
    ['a schedule', events.scheduled(), /no pull request/u],
    ['a comment on an issue', events.issueComment('issue'), /about an issue/u],
    ['a run for none', events.workflowRun({ pullRequests: [] }), /exactly one/u],
    ['a run for several', events.workflowRun({ pullRequests: [{}, {}] }), /exactly one/u],
    [
      'a run for one of a fork',
      events.workflowRun({ pullRequests: [foreign] }),
      /another repository/u,
    ],
  ])('is missing for %s', (_, event, reason) => {
    expect(pullRequest(event)).toEqual(missing(reason));
  });
});

describe('{environment}', () => {
  test('is the input, in lower case: GitHub takes both spellings for one environment', () => {
    expect(placeholderValues(events.push(), 'Prod EU/1').environment).toEqual({
      value: 'prod eu/1',
    });
  });

  test('is the same for every spelling, by input and by event', () => {
    const spelt = fc.string({ unit: 'grapheme', minLength: 1 }).filter(isEnvironmentName);
    fc.assert(
      fc.property(fc.oneof(spelt, fc.constantFrom('J\u030c', 'Å', 'ǅ', 'I', 'ẞ')), (name) => {
        const { environment } = placeholderValues(events.push(), name);
        const again = 'value' in environment ? environment.value : '';
        expect(placeholderValues(events.push(), again).environment).toEqual({ value: again });
        const nfd = name.normalize('NFD');
        if (isEnvironmentName(nfd)) {
          expect(placeholderValues(events.push(), nfd).environment).toEqual({ value: again });
        }
      }),
    );
  });

  test('is missing where a status moves the deployment to another environment', () => {
    const event = events.moved();
    expect(placeholderValues(event, undefined).environment).toEqual(
      missing(/two environments, "Production" and "qa": give the input/u),
    );
    expect(placeholderValues(event, 'qa').environment).toEqual({ value: 'qa' });
  });

  test('is the input even where the event names another', () => {
    expect(placeholderValues(events.deployment(), 'staging').environment).toEqual({
      value: 'staging',
    });
  });

  test('is else that of the deployment', () => {
    expect(placeholderValues(events.deployment(), undefined).environment).toEqual({
      value: 'production',
    });
  });

  test('is else missing, and the input is named', () => {
    const { environment } = placeholderValues(events.push(), undefined);
    expect(environment).toEqual(missing(/input `environment` is not given/u));
  });

  test.each(['..', 'a\nb', 'x'.repeat(256)])('cannot be %j', (input) => {
    expect(placeholderValues(events.push(), input).environment).toEqual(missing(/no name/u));
  });
});

describe('the placeholders that every event has', () => {
  test('are the repository, its owner, its own name and the run', () => {
    expect(placeholderValues(events.scheduled(), undefined)).toMatchObject({
      repository: { value: 'acme/shop' },
      owner: { value: 'acme' },
      repo: { value: 'shop' },
      run_id: { value: '4711' },
    });
  });

  test('are missing with a reason when the runner does not say', () => {
    const event = { ...events.push(), repository: undefined, runId: Number.NaN };
    const values = placeholderValues(event, undefined);
    for (const name of ['repository', 'owner', 'repo'] as const) {
      expect(values[name]).toEqual(missing(/which repository/u));
    }
    expect(values.run_id).toEqual(missing(/which run/u));
  });
});

describe('a payload of any shape', () => {
  const names = [
    'push',
    'pull_request',
    'pull_request_target',
    'delete',
    'create',
    'workflow_dispatch',
    'workflow_run',
    'deployment',
    'deployment_status',
    'issue_comment',
    'issues',
    'merge_group',
  ];

  test.each(names)('that is empty gives reasons, not an error: %s', (name) => {
    for (const payload of [undefined, null, 'x', 7, [], {}]) {
      const event = { ...events.other(name), ref: '', payload };
      expect(branch(event)).toEqual(missing(/./u));
      expect(pullRequest(event)).toEqual(missing(/./u));
    }
  });

  // Every field of a real payload in turn becomes something else.
  const whole = [
    events.pullRequest(),
    events.deleted(),
    events.created(),
    events.workflowRun(),
    events.deployment(),
    events.issueComment(),
  ];
  test.each(whole.map((event) => [event.name, event] as const))(
    'with a wrong field gives values or reasons, never an error: %s',
    (_, event) => {
      const wrong = fc.constantFrom(null, 7, -1, '', 'x', [], {}, [null], true);
      fc.assert(
        fc.property(fc.nat(), wrong, (where, value) => {
          const payload = replaced(event.payload, where, value);
          const found = placeholderValues({ ...event, payload }, undefined);
          for (const placeholder of placeholders) {
            const [text] = Object.values(found[placeholder]);
            expect(typeof text).toBe('string');
            expect(text).not.toMatch(/undefined|\[object|null/u);
          }
        }),
      );
    },
  );
});

/** A copy in which the n-th field, counted in depth, is something else. */
function replaced(value: unknown, where: number, by: unknown): unknown {
  const fields: (() => void)[] = [];
  const copy: unknown = structuredClone(value);
  const visit = (here: unknown): void => {
    if (typeof here !== 'object' || here === null) return;
    for (const name of Object.keys(here)) {
      fields.push(() => Reflect.set(here, name, by));
      visit(Reflect.get(here, name));
    }
  };
  visit(copy);
  fields[where % fields.length]?.();
  return copy;
}
