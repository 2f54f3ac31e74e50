import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { createMatcher } from '../../src/names/matcher.ts';
import { placeholderValues } from '../../src/names/placeholders.ts';
import { listings } from '../../src/github/listings.ts';
import { placeholders } from '../../src/names/template.ts';
import type { WorkflowEvent } from '../../src/names/workflow-event.ts';
import * as events from '../support/github-events.ts';
import { parsed, values } from '../support/github-template.ts';
import { table } from '../support/markdown-table.ts';

const page = await readFile(new URL('../../docs/name-templates.md', import.meta.url), 'utf8');

const queued = 'gh-readonly-queue/main/pr-7-aaaa';

/** The events that each row is about. */
const rows: Readonly<Record<string, readonly WorkflowEvent[]>> = {
  '`push` of a branch': [events.push()],
  '`push` that deletes a branch': [events.pushDeleting()],
  '`push` of a tag': [events.push('refs/tags/v1'), events.pushDeleting('refs/tags/v1')],
  '`pull_request`, opened or closed': [
    events.pullRequest(),
    events.pullRequest({ action: 'closed' }),
  ],
  '`pull_request_target`': [events.pullRequest({ event: 'pull_request_target' })],
  '`pull_request_review`': [events.pullRequest({ event: 'pull_request_review' })],
  '`pull_request` from a fork': [
    events.pullRequest({ from: 'fork' }),
    events.pullRequest({ event: 'pull_request_target', from: 'fork' }),
  ],
  '`create` or `delete` of a branch': [events.created(), events.deleted()],
  '`create` or `delete` of a tag': [events.created('v1', 'tag'), events.deleted('v1', 'tag')],
  '`workflow_dispatch` on a branch': [events.dispatched()],
  '`schedule`, `repository_dispatch`': [events.scheduled(), events.repositoryDispatched()],
  '`workflow_run` after a push': [events.workflowRun({ cause: 'push' })],
  '`workflow_run` after a pull request': [events.workflowRun()],
  '`workflow_run` after anything else, or of a fork': [
    events.workflowRun({ cause: 'release' }),
    events.workflowRun({ from: 'fork' }),
  ],
  '`deployment`, `deployment_status` of a branch': [
    events.deployment(),
    events.deployment('deployment_status'),
  ],
  '`deployment` of a tag or a commit': [
    events.deployment('deployment', 'refs/tags/v1'),
    events.deployment('deployment', ''),
  ],
  '`issue_comment` on a pull request': [events.issueComment()],
  '`issue_comment` on an issue': [events.issueComment('issue')],
  '`merge_group`, `release`': [events.mergeGroup(), events.release()],
  'any event about a branch of the merge queue': [
    events.push(`refs/heads/${queued}`),
    events.pushDeleting(`refs/heads/${queued}`),
    events.created(queued),
    events.deleted(queued),
    events.dispatched(`refs/heads/${queued}`),
  ],
  '`deployment_status` that moves to another environment': [events.moved()],
};

describe('the page on name templates', () => {
  test('lists every placeholder', () => {
    expect(table(page, 'placeholder').map(([cell]) => cell)).toEqual(
      placeholders.map((placeholder) => `\`{${placeholder}}\``),
    );
  });

  const keys = [
    'branch/main',
    'branch/feature/cart',
    'pr/7',
    'environment/production',
    'test/4711',
  ];
  /** Which keys of an application a template takes for its own when it is read backwards. */
  const taken = (template: string): readonly string[] => {
    const read = createMatcher(parsed(template), values());
    if (!read.ok) throw new Error(read.problems.join(' '));
    return keys.filter((key) => read.value.capture(`my-app/${key}`) !== undefined);
  };

  test('opens with templates that take no key of each other, and warns of one that does', () => {
    const opening = table(page, 'key of').map(([, template = '']) => template.replaceAll('`', ''));
    expect(opening.slice(0, -1).map(taken)).toEqual([keys.slice(0, 2), ['pr/7'], [keys[3]]]);
    expect(opening.at(-1)).toBe('my-app/test/{run_id}');
    const [shown, wrong] = [...page.matchAll(/^```yaml\nname: (.+)\n```$/gmu)].map(
      ([, template = '']) => template,
    );
    expect(shown).toBe(opening[0]);
    expect(page.indexOf('❌ Wrong')).toBeLessThan(page.indexOf(`name: ${wrong ?? ''}\n`));
    expect(taken(wrong ?? '')).toEqual(keys);
  });

  test('says for every event what it fills in, as the code does', () => {
    const told = table(page, 'event').map(([event, branch, pullRequest, environment]) => [
      event,
      branch !== '–',
      pullRequest !== '–',
      environment?.includes('payload') === true,
    ]);
    const done = Object.entries(rows).map(([row, about]) => {
      const filled = about.map((event) => {
        const found = placeholderValues(event, undefined);
        return [found.branch, found.pull_request, found.environment].map((each) => 'value' in each);
      });
      // All events of one row have to agree.
      for (const each of filled) expect([row, each]).toEqual([row, filled[0]]);
      return [row, ...(filled[0] ?? [])];
    });
    expect(told).toEqual(done);
  });

  test('says which templates prune accepts, as the code does', () => {
    const templates = table(page, 'template');
    expect(templates.length).toBeGreaterThan(5);
    for (const [template = '', verdict = ''] of templates) {
      const read = createMatcher(parsed(template.replaceAll('`', '')), values());
      expect([template, read.ok ? 'accepted' : 'refused']).toEqual([
        template,
        verdict.split(':')[0],
      ]);
    }
  });

  test('names the permission that each list takes', () => {
    for (const [open = '', , permission = ''] of table(page, 'open')) {
      const name = open.replace(/[`{}]/gu, '');
      expect(Object.keys(listings)).toContain(name);
      expect(listings[name as keyof typeof listings].hints[403]).toContain(permission);
    }
    expect(table(page, 'open')).toHaveLength(Object.keys(listings).length);
  });
});
