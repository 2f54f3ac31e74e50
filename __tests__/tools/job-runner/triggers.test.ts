import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { whyNotTriggered } from '../../../tools/job-runner/triggers.ts';

const why = (on: string, name: string, payload: Record<string, unknown> = {}): string | undefined =>
  whyNotTriggered(parse(on), { name, payload });

const pull = (action: string, base = 'main'): Record<string, unknown> => ({
  action,
  pull_request: { base: { ref: base } },
});

describe('an event starts a workflow', () => {
  test.each([
    ['push', 'push', {}],
    ['[push, delete]', 'delete', {}],
    ['{ push: { branches: [main, "release/**"] } }', 'push', { ref: 'refs/heads/release/1/x' }],
    ['{ push: { branches: ["release/*"] } }', 'push', { ref: 'refs/heads/release/1' }],
    ['{ push: { branches-ignore: [main] } }', 'push', { ref: 'refs/heads/other' }],
    ['{ push: { tags: ["v*"] } }', 'push', { ref: 'refs/tags/v1.2' }],
    ['pull_request', 'pull_request', pull('synchronize')],
    ['{ pull_request: { types: [closed], branches: [main] } }', 'pull_request', pull('closed')],
    ['{ schedule: [{ cron: "0 3 * * *" }] }', 'schedule', { schedule: '0 3 * * *' }],
    ['{ schedule: [{ cron: "0 3 * * *" }] }', 'schedule', {}],
    ['{ workflow_run: { workflows: [CI] } }', 'workflow_run', { workflow_run: { name: 'CI' } }],
    ['{ delete: null }', 'delete', { ref: 'feature', ref_type: 'branch' }],
  ])('%s: %s %j', (on, name, payload) => {
    expect(why(on, name, payload)).toBeUndefined();
  });
});

describe('an event starts no workflow', () => {
  test.each([
    ['push', 'delete', {}],
    ['{ push: { branches: ["release/*"] } }', 'push', { ref: 'refs/heads/release/1/x' }],
    ['{ push: { branches: ["**", "!main"] } }', 'push', { ref: 'refs/heads/main' }],
    ['{ push: { branches: ["v.1"] } }', 'push', { ref: 'refs/heads/vx1' }],
    ['{ push: { branches: [main] } }', 'push', { ref: 'refs/tags/main' }],
    ['{ push: { tags-ignore: ["v*"] } }', 'push', { ref: 'refs/tags/v1' }],
    ['pull_request', 'pull_request', pull('closed')],
    ['{ pull_request: { branches: [main] } }', 'pull_request', pull('opened', 'other')],
    ['{ schedule: [{ cron: "0 3 * * *" }] }', 'schedule', { schedule: '1 1 * * *' }],
    ['{ workflow_run: { workflows: [CI] } }', 'workflow_run', { workflow_run: { name: 'CD' } }],
  ])('%s: %s %j', (on, name, payload) => {
    expect(why(on, name, payload)).toEqual(expect.any(String));
  });
});

test('a filter that the event does not have is an error, as `branches` of delete', () => {
  expect(() => why('{ delete: { branches: [main] } }', 'delete')).toThrow(/no filter "branches"/u);
});
