import { describe, expect, test } from '@jest/globals';
import { parseWorkflow } from '../../tools/job-runner/workflow-file.ts';
import { push, pushDeleting } from '../support/github-events.ts';
import { neverStopped, occurring, pushed, reasonAgainst, workflow } from './example-workflows.ts';
import { job, repository } from './repository.ts';

/** Deployments with a key: found again as a secret or in a vault, or new each time. */

describe('README.md, Deploy', () => {
  const name = 'README.md, Deploy';
  const text = workflow(name);

  test('is for `main` alone, one run at a time, and never stopped half way', async () => {
    expect(await reasonAgainst(name, pushed('feature/cart'))).toContain('feature/cart');
    expect(await reasonAgainst(name, occurring(push('refs/tags/v1')))).not.toBe('');
    expect(parseWorkflow(text)).toMatchObject({
      permissions: { contents: 'read' },
      concurrency: { group: 'deploy-production', ...neverStopped },
      jobs: [{ environment: { name: 'production' } }],
    });
  });

  test.concurrent(
    'makes one key, and deploys with its value every time; one of a run that failed, too',
    async () => {
      const { server, run, calls, keys, value, fail } = await repository();
      await fail('deploy.sh');
      expect((await run(text, pushed('main'))).result).toBe('failure');
      await fail('deploy.sh', 'nowhere');
      for (let deployment = 2; deployment <= 4; deployment += 1) {
        const ran = await run(text, pushed('main'));
        expect(ran.result).toBe('success');
        expect(job(ran, 'deploy').steps[2]?.outputs).toMatchObject({ created: 'false' });
        expect(job(ran, 'deploy').log).toContain('deploy.sh with the key ***\n');
      }
      expect(keys()).toEqual(['my-app/environment/production: active']);
      const one = value('my-app/environment/production') ?? 'none';
      expect(await calls()).toEqual(Array.from({ length: 4 }, () => ['deploy.sh', one]));
      expect([...server.secrets]).toEqual([['production/CORALOGIX_PRIVATE_KEY', one]]);
      expect([...server.variables.keys()]).toEqual(['production/CORALOGIX_PRIVATE_KEY_RECORD']);
    },
  );

  test.concurrent('makes a new key where the secret is surely gone, and only there', async () => {
    const { emulator, server, run, calls, keys, value } = await repository();
    await run(text, pushed('main'));
    const before = value('my-app/environment/production');
    server.secrets.clear();
    expect((await run(text, pushed('main'))).result).toBe('success');
    const after = value('my-app/environment/production');
    expect(after).not.toBe(before);
    expect(keys()).toEqual([
      'my-app/environment/production: active',
      'my-app/environment/production: inactive',
    ]);
    expect(await calls()).toEqual([
      ['deploy.sh', before],
      ['deploy.sh', after],
    ]);
    // A run that was queued before the value was stored: the secret is there, and it does not see it.
    const unseeing = await run(text, pushed('main'), {
      secrets: { repository: { CORALOGIX_API_KEY: emulator.tokens.admin } },
    });
    expect(job(unseeing, 'deploy').log).toContain(
      '`stored_value` is blank, although the secret is',
    );
    expect(unseeing.result).toBe('failure');
    expect(value('my-app/environment/production')).toBe(after);
  });
});

describe('deploy-without-token.yml', () => {
  const text = workflow('deploy-without-token.yml');

  test.concurrent(
    'deploys with the value of a new key each time, and leaves no other',
    async () => {
      const { run, calls, keys, value } = await repository();
      const given: string[] = [];
      for (let deployment = 1; deployment <= 2; deployment += 1) {
        const ran = await run(text, pushed('main'));
        expect(ran.result).toBe('success');
        expect(job(ran, 'deploy').steps[1]?.outputs).toMatchObject({ created: 'true' });
        expect(job(ran, 'deploy').log).toContain('deploy.sh with the key ***\n');
        expect(keys()).toEqual(['my-app/environment/production: active']);
        given.push(value('my-app/environment/production') ?? 'none');
      }
      expect(new Set(given).size).toBe(2);
      expect(await calls()).toEqual(given.map((one) => ['deploy.sh', one]));
    },
  );

  test.concurrent.each([
    { end: 'succeeds', result: 'success', kept: 'new' },
    { end: 'fails', result: 'failure', kept: 'old' },
  ])(
    'deploys with a new key, and keeps the $kept one when the job $end',
    async ({ end, result, kept }) => {
      const { emulator, seed, run, fail, calls, value } = await repository();
      const old = seed('my-app/environment/production');
      if (end === 'fails') await fail('deploy.sh');
      expect((await run(text, pushed('main'))).result).toBe(result);
      const active = emulator.store.keys().filter((key) => key.active);
      expect(active).toHaveLength(1);
      expect(active[0]?.id === old ? 'old' : 'new').toBe(kept);
      const [[, given] = []] = await calls();
      expect(given === value('my-app/environment/production') ? 'new' : 'old').toBe(kept);
      expect(given).toMatch(/^cx/u);
    },
  );
});

const branchKey = 'my-app/branch/feature/cart';

describe('provision-same-job.yml', () => {
  const text = workflow('provision-same-job.yml');

  test('is not for Dependabot, who sees no secrets, and not for tags', async () => {
    const name = 'provision-same-job.yml';
    expect(await reasonAgainst(name, pushed('dependabot/npm/x-1'))).toContain('dependabot/npm/x-1');
    expect(await reasonAgainst(name, occurring(push('refs/tags/v1')))).not.toBe('');
  });

  test.concurrent('keeps the run for a deletion out of the group of any branch', async () => {
    const { emulator, run } = await repository();
    const ran = await run(text, occurring(pushDeleting()));
    expect(ran).toMatchObject({
      // By the id of the run.
      concurrency: { group: 'coralogix-key-1000000001', ...neverStopped },
      jobs: [{ result: 'skipped' }],
    });
    // It runs on the default branch, whose group is this one.
    expect(await run(text, pushed('main'))).toMatchObject({
      concurrency: { group: 'coralogix-key-main' },
    });
    expect(emulator.store.keys().map(({ name }) => name)).toEqual(['my-app/branch/main']);
  });

  test.concurrent('gives each branch a key of its own, and its job the value', async () => {
    const { run, calls, keys, value } = await repository();
    const ran = await run(text, pushed('feature/cart'));
    expect(ran).toMatchObject({
      permissions: { contents: 'read' },
      concurrency: { group: 'coralogix-key-feature/cart', ...neverStopped },
    });
    const first = value(branchKey);
    await run(text, pushed('main'));
    await run(text, pushed('feature/cart'));
    expect(keys()).toEqual([`${branchKey}: active`, 'my-app/branch/main: active']);
    const [cart, main] = [value(branchKey), value('my-app/branch/main')];
    expect(cart).not.toBe(first);
    expect(await calls()).toEqual([
      ['deploy.sh feature/cart', first],
      ['deploy.sh main', main],
      ['deploy.sh feature/cart', cart],
    ]);
  });
});

describe('keep-value-elsewhere.yml', () => {
  const text = workflow('keep-value-elsewhere.yml');
  const name = 'my-app/environment/production';

  test.concurrent(
    'writes the value to the vault once, and deploys with it ever after',
    async () => {
      const { server, run, calls, keys, value, vault } = await repository();
      for (const created of ['true', 'false', 'false']) {
        const ran = await run(text, pushed('main'));
        expect(ran.result).toBe('success');
        expect(job(ran, 'deploy').steps[2]?.outputs).toMatchObject({ created, value: value(name) });
      }
      expect(keys()).toEqual([`${name}: active`]);
      expect(await vault.read('my-app/production')).toBe(value(name));
      expect(await calls()).toEqual(Array.from({ length: 3 }, () => ['deploy.sh', value(name)]));
      expect(server.requests).toEqual([]);
    },
  );

  test.concurrent('leaves no key whose value the vault has not taken', async () => {
    const { run, calls, keys, value, vault } = await repository();
    await vault.refuse(true);
    expect((await run(text, pushed('main'))).result).toBe('failure');
    expect(keys()).toEqual([]);
    expect(await calls()).toEqual([]);
    await vault.refuse(false);
    expect((await run(text, pushed('main'))).result).toBe('success');
    expect(keys()).toEqual([`${name}: active`]);
    expect(await vault.read('my-app/production')).toBe(value(name));
  });

  test.concurrent('keeps a key that the vault has, whatever fails afterwards', async () => {
    const { run, fail, keys, value, vault } = await repository();
    await fail('deploy.sh');
    expect((await run(text, pushed('main'))).result).toBe('failure');
    expect(keys()).toEqual([`${name}: active`]);
    expect(await vault.read('my-app/production')).toBe(value(name));
  });

  test.concurrent('neither deploys nor makes a key where the vault has lost it', async () => {
    const { run, calls, keys, value, vault } = await repository();
    await run(text, pushed('main'));
    await vault.lose('my-app/production');
    const ran = await run(text, pushed('main'));
    expect(ran.result).toBe('failure');
    expect(job(ran, 'deploy').log).toMatch(/`stored_value` is blank/u);
    expect(keys()).toEqual([`${name}: active`]);
    expect(await calls()).toEqual([['deploy.sh', value(name)]]);
  });
});
