import { describe, expect, test } from '@jest/globals';
import { deleted, dispatched, pullRequest } from '../support/github-events.ts';
import {
  byDependabot,
  closed,
  neverStopped,
  nightly,
  occurring,
  reasonAgainst,
  workflow,
} from './example-workflows.ts';
import { job, repository, type Repository } from './repository.ts';

/** Keys that go with their branch. */

const branchKey = 'my-app/branch/feature/cart';

describe.each([
  { name: 'README.md, Retire key', id: 'retire' },
  { name: 'retire-on-delete.yml', id: 'branch' },
])('$name', ({ name, id }) => {
  const text = workflow(name);

  test.concurrent(
    'deactivates the key of the deleted branch and no other, also the second time',
    async () => {
      const { seed, run, keys } = await repository();
      seed(branchKey);
      seed('my-app/branch/main');
      for (const changed of ['true', 'false']) {
        const ran = await run(text, occurring(deleted()));
        expect(ran.permissions).toEqual({});
        expect(job(ran, id)).toMatchObject({
          result: 'success',
          steps: [{ outputs: { changed } }, {}],
        });
      }
      expect(keys()).toEqual([`${branchKey}: inactive`, 'my-app/branch/main: active']);
    },
  );

  test.concurrent('does nothing when a tag is deleted', async () => {
    const { emulator, seed, run } = await repository();
    seed(branchKey);
    const ran = await run(text, occurring(deleted('feature/cart', 'tag')));
    expect(ran.jobs.map(({ result }) => result)).toEqual(ran.jobs.map(() => 'skipped'));
    expect(emulator.journal.calls).toEqual([]);
  });
});

describe('retire-on-delete.yml', () => {
  const text = workflow('retire-on-delete.yml');

  test.concurrent(
    'deactivates the key once when a pull request is merged and its branch deleted',
    async () => {
      const { seed, run, keys } = await repository();
      seed(branchKey);
      const group = { group: `coralogix-key-feature/cart`, ...neverStopped };
      const changes: unknown[] = [];
      for (const event of [closed(), occurring(deleted())]) {
        const ran = await run(text, event);
        // The group of the deployments, so that one under way ends first.
        expect(job(ran, 'branch')).toMatchObject({ result: 'success', concurrency: group });
        changes.push(job(ran, 'branch').steps[0]?.outputs['changed']);
      }
      expect(changes).toEqual(['true', 'false']);
      expect(keys()).toEqual([`${branchKey}: inactive`]);
    },
  );

  test.concurrent.each([
    { whose: 'a fork', event: closed('fork') },
    { whose: 'Dependabot', event: occurring(pullRequest({ action: 'closed' }), byDependabot) },
  ])('does nothing when a pull request of $whose is closed', async ({ event }) => {
    const { seed, run, keys } = await repository();
    seed(branchKey);
    const ran = await run(text, event);
    expect(ran.jobs.map(({ result }) => result)).toEqual(['skipped', 'skipped']);
    expect(keys()).toEqual([`${branchKey}: active`]);
  });

  test('is not for a pull request that was opened', async () => {
    expect(await reasonAgainst('retire-on-delete.yml', occurring(pullRequest()))).toContain(
      'opened',
    );
  });

  const stale = ['my-app/branch/gone', 'my-app/branch/gone/too'];
  const kept = ['my-app/branch/main', 'my-app/environment/gone', 'other-app/branch/gone'];

  async function withStale(): Promise<Repository> {
    const made = await repository();
    for (const name of [...stale, ...kept]) made.seed(name);
    return made;
  }

  test.concurrent(
    'retires at night what no branch is left for, with the right to read branches',
    async () => {
      const { run, keys } = await withStale();
      const ran = await run(text, nightly('41 2 * * *'));
      expect(job(ran, 'branch').result).toBe('skipped');
      expect(job(ran, 'prune')).toMatchObject({
        result: 'success',
        permissions: { contents: 'read' },
        concurrency: { group: 'coralogix-keys-prune', ...neverStopped },
        steps: [{ outputs: { changed: 'true', count: '2' } }, {}],
      });
      expect(keys()).toEqual(
        [
          ...stale.map((name) => `${name}: inactive`),
          ...kept.map((name) => `${name}: active`),
        ].sort(),
      );
    },
  );

  test.concurrent.each([
    { inputs: { dry_run: true }, state: 'active' },
    { inputs: { dry_run: false }, state: 'inactive' },
  ])('by hand, with $inputs, leaves them $state', async ({ inputs, state }) => {
    const { run, keys } = await withStale();
    const ran = await run(text, occurring(dispatched('refs/heads/main'), { inputs }));
    expect(job(ran, 'prune')).toMatchObject({
      result: 'success',
      steps: [{ outputs: { count: '2' } }, {}],
    });
    expect(keys()).toEqual(expect.arrayContaining(stale.map((name) => `${name}: ${state}`)));
  });
});
