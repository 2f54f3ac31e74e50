import { describe, expect, test } from '@jest/globals';
import { neverStopped, nightly, pushed, workflow } from './example-workflows.ts';
import { repository } from './repository.ts';

/** New keys once a month. */

describe('README.md, Rotate key', () => {
  const text = workflow('README.md, Rotate key');
  const name = 'my-app/environment/production';

  test.concurrent.each([
    { end: 'succeeds', result: 'success', kept: 'the new one alone', old: false },
    // The secret holds the new value already, and what runs has the old one.
    { end: 'fails', result: 'failure', kept: 'both', old: true },
  ])('keeps $kept when the job $end', async ({ end, result, old }) => {
    const { emulator, server, seed, run, fail, calls } = await repository();
    const before = seed(name);
    if (end === 'fails') await fail('deploy.sh');
    const ran = await run(text, nightly('17 3 1 * *'));
    expect(ran).toMatchObject({
      result,
      permissions: { contents: 'read' },
      concurrency: { group: 'deploy-production', ...neverStopped },
      jobs: [{ environment: { name: 'production' } }],
    });
    const [first, second] = emulator.store.keys();
    expect([first?.id, first?.active, second?.active]).toEqual([before, old, true]);
    expect([...server.secrets.values()]).toEqual([second?.value]);
    expect(await calls()).toEqual([['deploy.sh', second?.value]]);
  });

  test.concurrent('and Deploy go on with the same key, in any order', async () => {
    const { run, calls, keys, value } = await repository();
    const deploy = workflow('README.md, Deploy');
    await run(deploy, pushed('main'));
    const first = value(name);
    expect((await run(text, nightly('17 3 1 * *'))).result).toBe('success');
    const second = value(name);
    expect((await run(deploy, pushed('main'))).result).toBe('success');
    expect(second).not.toBe(first);
    expect(keys()).toEqual([`${name}: active`, `${name}: inactive`]);
    expect((await calls()).map(([, given]) => given)).toEqual([first, second, second]);
  });
});

describe('rotate-on-schedule.yml', () => {
  const text = workflow('rotate-on-schedule.yml');

  test.concurrent('rotates each environment, and takes back where the test fails', async () => {
    const { emulator, seed, run, fail, calls } = await repository();
    const old = ['staging', 'production'].map((one) => seed(`my-app/environment/${one}`));
    await fail('smoke-test.sh', 'staging');
    const ran = await run(text, nightly('17 3 1 * *'));
    expect(ran.permissions).toEqual({ contents: 'read' });
    // Trouble in staging does not stop production.
    expect(ran.jobs).toMatchObject([
      {
        result: 'failure',
        environment: { name: 'staging' },
        concurrency: { group: 'deploy-staging', ...neverStopped },
      },
      {
        result: 'success',
        environment: { name: 'production' },
        concurrency: { group: 'deploy-production', ...neverStopped },
      },
    ]);
    const { store } = emulator;
    const active = store.keys().filter((key) => key.active);
    expect(active.map(({ id, name }) => [name, old.includes(id) ? 'old' : 'new'])).toEqual([
      ['my-app/environment/staging', 'old'],
      ['my-app/environment/production', 'new'],
    ]);
    const [, , staging, production] = store.keys().map(({ value }) => value);
    expect(await calls()).toEqual([
      ['deploy.sh staging', staging],
      ['smoke-test.sh staging', ''],
      ['deploy.sh production', production],
      ['smoke-test.sh production', ''],
    ]);
  });
});
