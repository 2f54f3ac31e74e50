import { describe, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { textAt } from '../../src/core/json-path.ts';
import { seesSecrets } from '../../src/names/event-trust.ts';
import type { WorkflowEvent } from '../../src/names/workflow-event.ts';
import * as events from '../support/github-events.ts';

/** Payloads that GitHub's own tools publish: https://github.com/octokit/webhooks/tree/main/payload-examples */
const published = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string;
  readonly examples: readonly object[];
}[];

/** An event that GitHub has published, of whatever name. */
function eventOf(name: string, payload: unknown): WorkflowEvent {
  const [owner = '', repo = ''] = (textAt(payload, 'repository', 'full_name') ?? '').split('/');
  return { name, ref: 'refs/heads/main', payload, repository: { owner, repo }, runId: 42 };
}

const dependabot = 'dependabot[bot]';
/** Events whose runs have a pull request's code, and its rights. */
const ofPulls = ['pull_request', 'pull_request_review', 'pull_request_review_comment'];

describe('secrets of the repository', () => {
  const all = published.flatMap(({ name, examples }) =>
    examples.map((payload) => eventOf(name, payload)),
  );

  test('are seen by all published events, which are of no fork, and by none that Dependabot started', () => {
    expect(all.length).toBeGreaterThan(100);
    const blind = all.filter((event) => !seesSecrets(event, 'octocat'));
    expect(blind.map(({ name }) => name)).toEqual([]);
    expect(all.filter((event) => seesSecrets(event, dependabot))).toEqual([]);
  });

  test.each(ofPulls)('are not seen where a published `%s` comes from a fork', (name) => {
    const found = all.filter((event) => event.name === name);
    expect(found.length).toBeGreaterThan(0);
    for (const { payload } of found) {
      const pull = (payload as { pull_request: { head: object } }).pull_request;
      const from = (repo: unknown): WorkflowEvent =>
        eventOf(name, {
          ...(payload as object),
          pull_request: { ...pull, head: { ...pull.head, repo } },
        });
      expect(seesSecrets(from({ full_name: 'mallory/Hello-World' }), 'octocat')).toBe(false);
      // A fork that has been deleted, and a payload that does not say.
      expect(seesSecrets(from(null), 'octocat')).toBe(false);
      expect(seesSecrets(from(undefined), 'octocat')).toBe(false);
    }
  });

  test.each([
    ['a push', events.push(), true],
    ['a pull request of the repository', events.pullRequest(), true],
    ['one of a fork', events.pullRequest({ from: 'fork' }), false],
    [
      'one of a fork that runs for the base',
      { ...events.pullRequest({ from: 'fork' }), name: 'pull_request_target' },
      true,
    ],
    [
      'a review of one of a fork',
      events.pullRequest({ from: 'fork', event: 'pull_request_review' }),
      false,
    ],
    ['a run that is started by hand', events.dispatched(), true],
    ['a run that follows another one', events.workflowRun(), true],
    ['a schedule', events.scheduled(), true],
  ] as const)('by %s: %s', (_what, event, sees) => {
    expect(seesSecrets(eventOf(event.name, event.payload), 'octocat')).toBe(sees);
    expect(seesSecrets(eventOf(event.name, event.payload), dependabot)).toBe(false);
  });

  test('are not believed in where a pull request tells nothing', () => {
    for (const payload of [undefined, null, {}, { pull_request: null }, { pull_request: 'x' }]) {
      expect(seesSecrets(eventOf('pull_request', payload), 'octocat')).toBe(false);
      expect(seesSecrets(eventOf('push', payload), 'octocat')).toBe(true);
    }
  });
});
