import { describe, expect, test } from '@jest/globals';
import { nameWithEnd } from '../../src/names/stamp.ts';
import type { WorkflowOptions } from '../../tools/job-runner/index.ts';
import { byHand, neverStopped, nightly, workflow } from './example-workflows.ts';
import { job, repository, type Repository } from './repository.ts';

/** One repository that gives others their keys. */

describe('provision-other-repositories.yml', () => {
  const text = workflow('provision-other-repositories.yml');
  const names = ['provisioned/acme/shop', 'provisioned/acme/billing'];

  /** The repository with its list, and an App that may write the secrets of others. */
  async function provisioning(
    list: string,
  ): Promise<Repository & { readonly app: Pick<WorkflowOptions, 'standIns'> }> {
    const made = await repository();
    await made.write('repositories.json', list);
    const token = { outputs: { token: made.server.tokens.personal }, masked: ['token'] };
    return { ...made, app: { standIns: { 'actions/create-github-app-token': token } } };
  }

  test.concurrent('gives each repository a key and its secret, once', async () => {
    const { server, run, keys, value, app } = await provisioning('[\n  "shop",\n  "billing"\n]\n');
    const made: string[] = [];
    for (const created of ['true', 'false']) {
      const ran = await run(text, byHand(), app);
      expect(ran).toMatchObject({
        result: 'success',
        permissions: {},
        concurrency: { group: 'provision-repositories', ...neverStopped },
        jobs: [
          { id: 'repositories', permissions: { contents: 'read' } },
          { id: 'provision', permissions: undefined },
          { id: 'provision', permissions: undefined },
          { id: 'prune', permissions: undefined },
        ],
      });
      for (const one of ran.jobs.filter(({ id }) => id === 'provision')) {
        const { outputs } = one.steps[1] ?? {};
        expect(outputs).toMatchObject({ created });
        expect(outputs?.['value'] === undefined).toBe(created === 'false');
      }
      made.push(JSON.stringify([...server.secrets]));
    }
    expect(keys()).toEqual(names.map((name) => `${name}: active`).sort());
    expect(new Set(server.secrets)).toEqual(
      new Set([
        ['CORALOGIX_PRIVATE_KEY', value('provisioned/acme/shop')],
        ['acme/billing/CORALOGIX_PRIVATE_KEY', value('provisioned/acme/billing')],
      ]),
    );
    expect(made[1]).toBe(made[0]);
  });

  test.concurrent('is one line more for a new repository', async () => {
    const { server, run, write, keys, app } = await provisioning('["shop"]');
    await run(text, byHand(), app);
    const before = [...server.secrets];
    await write('repositories.json', '["shop", "billing"]');
    expect((await run(text, byHand(), app)).result).toBe('success');
    expect(keys()).toEqual(names.map((name) => `${name}: active`).sort());
    expect([...server.secrets].slice(0, 1)).toEqual(before);
  });

  test.concurrent('goes on with the others where one repository is not to be seen', async () => {
    const { run, keys, app } = await provisioning('["gone", "billing"]');
    const ran = await run(text, byHand(), app);
    expect(ran.jobs.map(({ result }) => result)).toEqual([
      'success',
      'failure',
      'success',
      'success',
    ]);
    expect(keys()).toEqual(['provisioned/acme/billing: active']);
  });

  test.concurrent(
    'by night makes a new key where a secret is gone, and ends what is over',
    async () => {
      const { server, seed, run, keys, value, app } = await provisioning('["shop", "billing"]');
      await run(text, byHand(), app);
      const [shop, billing] = names.map(value);
      const over = nameWithEnd('provisioned/acme/old', Date.now() - 3_600_000);
      seed(over);
      seed('acme/shop/branch/main');
      server.secrets.delete('acme/billing/CORALOGIX_PRIVATE_KEY');
      const ran = await run(text, nightly('7 4 * * *'), app);
      expect(job(ran, 'prune').steps[0]?.outputs).toMatchObject({ count: '1' });
      expect(value('provisioned/acme/shop')).toBe(shop);
      expect(value('provisioned/acme/billing')).not.toBe(billing);
      expect(server.secrets.get('acme/billing/CORALOGIX_PRIVATE_KEY')).toBe(
        value('provisioned/acme/billing'),
      );
      expect(keys()).toEqual([
        'acme/shop/branch/main: active',
        expect.stringMatching(/^provisioned\/acme\/billing ~until-\d{8}T\d{4}Z: active$/u),
        'provisioned/acme/billing: active',
        `${over}: inactive`,
        'provisioned/acme/shop: active',
      ]);
    },
  );
});
