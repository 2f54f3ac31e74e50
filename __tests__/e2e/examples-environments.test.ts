import { describe, expect, test } from '@jest/globals';
import { neverStopped, nightly, pushed, workflow } from './example-workflows.ts';
import { job, repository, type Repository } from './repository.ts';

/** Keys of environments, kept as secrets of them. */

const name = 'my-app/environment/production';
const place = 'production/CORALOGIX_PRIVATE_KEY';
const daysMs = 24 * 3_600_000;

describe('provision-environment-secret.yml', () => {
  const text = workflow('provision-environment-secret.yml');

  test.concurrent('stores the value as a secret, which the later job reads, once', async () => {
    const { server, run, calls, keys, value } = await repository();
    for (const created of ['true', 'false']) {
      const ran = await run(text, pushed('main'));
      expect(ran).toMatchObject({
        result: 'success',
        permissions: { contents: 'read' },
        concurrency: { group: 'deploy-production', ...neverStopped },
        jobs: [
          { id: 'key', permissions: undefined, environment: { name: 'keys' } },
          { id: 'deploy', permissions: undefined, environment: { name: 'production' } },
        ],
      });
      expect(job(ran, 'key').steps[1]?.outputs).toMatchObject({ created });
      expect(job(ran, 'deploy').log).toContain('deploy.sh with the key ***\n');
    }
    expect(keys()).toEqual([`${name}: active`]);
    expect([...server.secrets]).toEqual([[place, value(name)]]);
    const both = ['deploy.sh', 'smoke-test.sh'].map((script) => [script, value(name)]);
    expect(await calls()).toEqual([...both, ...both]);
  });

  test.concurrent(
    'makes a new key where the secret is gone, and leaves the old a day',
    async () => {
      const { server, run, calls, keys, value } = await repository();
      await run(text, pushed('main'));
      const before = value(name);
      server.secrets.clear();
      expect((await run(text, pushed('main'))).result).toBe('success');
      expect(keys()).toEqual([
        expect.stringMatching(new RegExp(`^${name} ~until-\\d{8}T\\d{4}Z: active$`, 'u')),
        `${name}: active`,
      ]);
      expect(value(name)).not.toBe(before);
      expect((await calls()).at(-1)).toEqual(['smoke-test.sh', value(name)]);
    },
  );

  test.concurrent('makes no key where the environment of the secret is missing', async () => {
    const { server, run, calls, keys } = await repository();
    server.environments = ['staging'];
    // As on GitHub: a job that names an environment makes it.
    const ran = await run(text, pushed('main'), {
      onEnvironment: (made) => {
        server.environments = [...server.environments, made];
      },
    });
    expect(ran.jobs.map(({ result }) => result)).toEqual(['failure', 'skipped']);
    expect(job(ran, 'key').log).toMatch(/production/u);
    expect(server.environments).toEqual(['staging', 'keys']);
    expect(keys()).toEqual([]);
    expect(await calls()).toEqual([]);
  });

  test.concurrent(
    'without a token that may store secrets makes no key, and does not deploy',
    async () => {
      const { emulator, server, run, calls, keys } = await repository();
      const { admin } = emulator.tokens;
      const ran = await run(text, pushed('main'), {
        secrets: { repository: { CORALOGIX_API_KEY: admin } },
        standIns: {
          'actions/create-github-app-token': { outputs: { token: server.tokens.github } },
        },
      });
      expect(ran.jobs.map(({ result }) => result)).toEqual(['failure', 'skipped']);
      expect(job(ran, 'key').log).toMatch(/GITHUB_TOKEN can never do it: .* Environments: write/u);
      expect(keys()).toEqual([]);
      expect(await calls()).toEqual([]);
    },
  );
});

describe('deploy-and-rotate.yml', () => {
  const text = workflow('deploy-and-rotate.yml');
  const weekly = nightly('17 3 * * 1');
  const withItsEnd = new RegExp(`^${name} ~until-\\d{8}T\\d{4}Z: active$`, 'u');

  /** A repository that has deployed once, with a value that was stored so many days ago. */
  async function deployed(days: number): Promise<Repository> {
    const made = await repository();
    expect((await made.run(text, pushed('main'))).result).toBe('success');
    const record = JSON.parse(made.server.variables.get(`${place}_RECORD`) ?? '') as object;
    const since = new Date(Date.now() - days * daysMs).toISOString();
    made.server.variables.set(`${place}_RECORD`, JSON.stringify({ ...record, since }));
    return made;
  }

  test.concurrent('deploys with the one key as long as it is young', async () => {
    const { server, run, calls, keys, value } = await deployed(89);
    const ran = await run(text, pushed('main'));
    expect(ran).toMatchObject({
      result: 'success',
      permissions: { contents: 'read' },
      concurrency: { group: 'deploy-production', ...neverStopped },
      jobs: [{ environment: { name: 'production' } }],
    });
    expect(keys()).toEqual([`${name}: active`]);
    expect([...server.secrets]).toEqual([[place, value(name)]]);
    const once = [
      ['deploy.sh', value(name)],
      ['smoke-test.sh', ''],
    ];
    expect(await calls()).toEqual([...once, ...once]);
  });

  test.concurrent.each([
    { by: 'a push', event: pushed('main') },
    { by: 'the schedule', event: weekly },
  ])('rotates a key whose value is older than `max_age`, by $by', async ({ event }) => {
    const { server, run, calls, keys, value } = await deployed(91);
    const before = value(name);
    expect((await run(text, event)).result).toBe('success');
    const after = value(name);
    expect(after).not.toBe(before);
    // The one before works for two days more.
    expect(keys()).toEqual([expect.stringMatching(withItsEnd), `${name}: active`]);
    expect([...server.secrets.values()]).toEqual([after]);
    expect(await calls()).toEqual([
      ['deploy.sh', before],
      ['smoke-test.sh', ''],
      ['deploy.sh', after],
      ['smoke-test.sh', ''],
    ]);
  });

  test.concurrent('deploys by the schedule also with a key that is young', async () => {
    const { run, calls, keys, value } = await deployed(89);
    expect((await run(text, weekly)).result).toBe('success');
    const once = [
      ['deploy.sh', value(name)],
      ['smoke-test.sh', ''],
    ];
    expect(await calls()).toEqual([...once, ...once]);
    expect(keys()).toEqual([`${name}: active`]);
  });

  test.concurrent.each([
    { by: 'the same run, run again', attempt: '2', event: weekly },
    { by: 'the schedule', attempt: '1', event: weekly },
    { by: 'a push', attempt: '1', event: pushed('main') },
  ])(
    'deploys the new key by $by where the deployment has failed that made it',
    async ({ attempt, event }) => {
      const { server, run, calls, fail, value } = await deployed(91);
      const before = value(name);
      await fail('deploy.sh');
      expect((await run(text, weekly)).result).toBe('failure');
      await fail('deploy.sh', 'nowhere');
      const ran = await run(text, event, {
        github: { repository: server.repository, api_url: server.url, run_attempt: attempt },
      });
      expect(ran.result).toBe('success');
      expect(job(ran, 'deploy').steps[2]?.outputs).toMatchObject({ created: 'false' });
      const after = server.secrets.get(place);
      expect(after).not.toBe(before);
      expect((await calls()).slice(-2)).toEqual([
        ['deploy.sh', after],
        ['smoke-test.sh', ''],
      ]);
    },
  );

  test.concurrent('ends no key when the deployment with the new one fails', async () => {
    const { run, calls, fail, keys, server } = await deployed(91);
    await fail('smoke-test.sh');
    expect((await run(text, pushed('main'))).result).toBe('failure');
    expect(keys()).toEqual([`${name}: active`, `${name}: active`]);
    // The secret holds the new value by then: so the next deployment goes on with that.
    await fail('smoke-test.sh', 'nowhere');
    expect((await run(text, pushed('main'))).result).toBe('success');
    const given = (await calls()).filter(([what]) => what === 'deploy.sh').map(([, one]) => one);
    expect(new Set(given.slice(1))).toEqual(new Set(server.secrets.values()));
    expect(given[1]).not.toBe(given[0]);
  });
});

describe('key-per-environment.yml', () => {
  const text = workflow('key-per-environment.yml');
  const environments = ['development', 'staging', 'production'];
  const keyOf = (environment: string): string => `my-app/environment/${environment}`;

  async function withEnvironments(): Promise<Repository> {
    const made = await repository();
    made.server.environments = environments;
    return made;
  }

  test.concurrent('makes the key of each environment once, and its job the value', async () => {
    const { server, run, calls, keys, value, emulator } = await withEnvironments();
    for (const created of ['true', 'false']) {
      const ran = await run(text, pushed('main'));
      expect(ran).toMatchObject({
        result: 'success',
        permissions: { contents: 'read' },
        jobs: environments.map((environment) => ({
          environment: { name: environment },
          concurrency: { group: `deploy-${environment}`, ...neverStopped },
        })),
      });
      for (const one of ran.jobs) expect(one.steps[2]?.outputs).toMatchObject({ created });
    }
    expect(keys()).toEqual(environments.map((one) => `${keyOf(one)}: active`).sort());
    expect(emulator.journal.attempts('CreateApiKey')).toBe(3);
    const values = environments.map((one) => value(keyOf(one)));
    expect(new Set(values).size).toBe(3);
    expect(new Set(server.secrets)).toEqual(
      new Set(environments.map((one) => [`${one}/CORALOGIX_PRIVATE_KEY`, value(keyOf(one))])),
    );
    const once = environments.map((one) => [`deploy.sh ${one}`, value(keyOf(one))]);
    expect(await calls()).toEqual([...once, ...once]);
  });

  test.concurrent('goes on in the others where one fails, which finds its key again', async () => {
    const { run, calls, fail, keys, value } = await withEnvironments();
    await fail('deploy.sh', 'development');
    const ran = await run(text, pushed('main'));
    expect(ran.jobs.map(({ result }) => result)).toEqual(['failure', 'success', 'success']);
    const made = keys();
    await fail('deploy.sh', 'nowhere');
    const again = await run(text, pushed('main'));
    expect(again.result).toBe('success');
    expect(again.jobs[0]?.steps[2]?.outputs).toMatchObject({ created: 'false' });
    expect(keys()).toEqual(made);
    const given = (await calls()).filter(([what]) => what === 'deploy.sh development');
    expect(given.map(([, one]) => one)).toEqual([
      value(keyOf('development')),
      value(keyOf('development')),
    ]);
  });

  test.concurrent('makes no key in an environment whose secret it may not store', async () => {
    const { server, run, keys } = await withEnvironments();
    server.environments = ['development', 'production'];
    const ran = await run(text, pushed('main'));
    expect(ran.jobs.map(({ result }) => result)).toEqual(['success', 'failure', 'success']);
    expect(keys()).toEqual([
      'my-app/environment/development: active',
      'my-app/environment/production: active',
    ]);
  });
});
