import { describe, expect, test } from '@jest/globals';
import type { WorkflowEvent } from '../../tools/job-runner/index.ts';
import { pullRequest } from '../support/github-events.ts';
import {
  byDependabot,
  closed,
  neverStopped,
  nightly,
  occurring,
  workflow,
} from './example-workflows.ts';
import { job, repository } from './repository.ts';

/** The preview of a pull request. */

describe('preview-of-pull-request.yml', () => {
  const text = workflow('preview-of-pull-request.yml');
  const name = 'my-app/pr/7';
  const group = { group: 'preview-7', ...neverStopped };
  const doing = (action: string): WorkflowEvent => occurring(pullRequest({ action }));

  /** The pull request 7, closed with or without its being merged. */
  function closing(merged: boolean): WorkflowEvent {
    const { name: event, payload } = closed();
    const pull = payload?.['pull_request'] as object;
    return occurring({ name: event, payload }, { pull_request: { ...pull, merged } });
  }

  test.concurrent.each([{ merged: true }, { merged: false }])(
    'has a key from its opening to its closing (merged: $merged), new with each deployment',
    async ({ merged }) => {
      const { emulator, run, calls, keys, value } = await repository();
      const given: (string | undefined)[] = [];
      for (const action of ['opened', 'synchronize', 'reopened']) {
        const ran = await run(text, doing(action));
        expect(ran.permissions).toEqual({});
        expect(job(ran, 'deploy')).toMatchObject({
          ...{ result: 'success', permissions: { contents: 'read' }, concurrency: group },
        });
        expect([job(ran, 'remove').result, job(ran, 'prune').result]).toEqual([
          'skipped',
          'skipped',
        ]);
        expect(keys()).toEqual([`${name}: active`]);
        given.push(value(name));
      }
      const ran = await run(text, closing(merged));
      expect(job(ran, 'deploy').result).toBe('skipped');
      // The group of the deployments, so that one under way ends first.
      expect(job(ran, 'remove')).toMatchObject({ result: 'success', concurrency: group });
      expect(keys()).toEqual([]);
      expect(emulator.store.deletedKeys()).toHaveLength(3);
      expect(new Set(given).size).toBe(3);
      expect(await calls()).toEqual([
        ...given.map((one) => ['deploy.sh 7', one]),
        ['remove.sh 7', ''],
      ]);
    },
  );

  test.concurrent('may be closed twice, and without ever having had a key', async () => {
    const { run, keys } = await repository();
    const changes: unknown[] = [];
    for (const event of [doing('opened'), closed(), closed()]) {
      const ran = await run(text, event);
      expect(ran.result).toBe('success');
      if (event.payload?.['action'] === 'closed') {
        changes.push(job(ran, 'remove').steps[2]?.outputs['changed']);
      }
    }
    expect(changes).toEqual(['true', 'false']);
    expect(keys()).toEqual([]);
  });

  test.concurrent('leaves other pull requests and all else alone', async () => {
    const { seed, run, keys } = await repository();
    const others = ['my-app/branch/7', 'my-app/pr/70', 'my-app/pr/8'];
    for (const other of others) seed(other);
    await run(text, doing('opened'));
    expect((await run(text, closed())).result).toBe('success');
    expect(keys()).toEqual(others.map((other) => `${other}: active`));
  });

  test.concurrent('goes on with the key that it has when a deployment fails', async () => {
    const { run, fail, keys, value } = await repository();
    await run(text, doing('opened'));
    const before = value(name);
    await fail('deploy.sh');
    expect((await run(text, doing('synchronize'))).result).toBe('failure');
    expect(keys()).toEqual([`${name}: active`]);
    expect(value(name)).toBe(before);
  });

  test.concurrent('leaves no second key where the first deployment has failed', async () => {
    const { run, fail, keys, calls, value } = await repository();
    await fail('deploy.sh');
    expect((await run(text, doing('opened'))).result).toBe('failure');
    await fail('deploy.sh', 'nowhere');
    expect((await run(text, doing('synchronize'))).result).toBe('success');
    expect(keys()).toEqual([`${name}: active`]);
    expect((await calls()).at(-1)).toEqual(['deploy.sh 7', value(name)]);
  });

  test.concurrent('loses its key also when it cannot be removed', async () => {
    const { run, fail, keys } = await repository();
    await run(text, doing('opened'));
    await fail('remove.sh');
    expect((await run(text, closed())).result).toBe('failure');
    expect(keys()).toEqual([]);
  });

  test.concurrent.each([
    { what: 'opened from a fork', event: occurring(pullRequest({ from: 'fork' })) },
    {
      what: 'opened from a repository that is gone',
      event: occurring(pullRequest({ from: null })),
    },
    { what: 'closed from a fork', event: closed('fork') },
    { what: 'opened by Dependabot', event: occurring(pullRequest(), byDependabot) },
    {
      what: 'closed by Dependabot',
      event: occurring(pullRequest({ action: 'closed' }), byDependabot),
    },
  ])('makes and takes no key for one that is $what', async ({ event }) => {
    const { emulator, seed, run } = await repository();
    seed(name);
    const { length } = emulator.journal.calls;
    const ran = await run(text, event);
    expect(ran.jobs.map(({ result }) => result)).toEqual(['skipped', 'skipped', 'skipped']);
    expect(emulator.journal.calls).toHaveLength(length);
  });

  test.concurrent('by night takes the keys of pull requests that are closed, alone', async () => {
    const { server, seed, run, keys } = await repository();
    server.pulls = [
      { number: 7, state: 'closed' },
      { number: 8, state: 'open' },
    ];
    const kept = ['my-app/branch/7', 'my-app/environment/production', 'my-app/pr/8'];
    for (const each of [name, ...kept]) seed(each);
    const ran = await run(text, nightly('47 2 * * *'));
    expect(job(ran, 'prune')).toMatchObject({
      result: 'success',
      permissions: { 'pull-requests': 'read' },
      concurrency: { group: 'coralogix-keys-prune', ...neverStopped },
      steps: [{ outputs: { changed: 'true', count: '1' } }, {}],
    });
    expect([job(ran, 'deploy').result, job(ran, 'remove').result]).toEqual(['skipped', 'skipped']);
    expect(keys()).toEqual(kept.map((each) => `${each}: active`));
  });
});
