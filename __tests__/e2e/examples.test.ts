import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { runWorkflow, type WorkflowEvent } from '../../tools/job-runner/index.ts';
import { parseWorkflow } from '../../tools/job-runner/workflow-file.ts';
import {
  endOf,
  isoMoment,
  nameWithEnd,
  provisionalName,
  withoutEnd,
} from '../../src/names/stamp.ts';
import { deleted, dispatched, pullRequest, push, scheduled } from '../support/github-events.ts';
import { job, repository, type Repository } from './repository.ts';

/** Every workflow that the project shows, as it is written, and for each what its user expects. */

const root = new URL('../../', import.meta.url);
const read = async (path: string): Promise<string> =>
  (await readFile(new URL(path, root), 'utf8')).replaceAll('\r\n', '\n');

const workflows = new Map<string, string>();
for (const [, text = ''] of (await read('README.md')).matchAll(/^```yaml\n([\s\S]*?)^```$/gmu)) {
  workflows.set(`README.md, ${parseWorkflow(text).name}`, text);
}
for (const name of await readdir(new URL('docs/examples/', root))) {
  // These are run in sender-examples.test.ts.
  if (name.startsWith('send-')) continue;
  workflows.set(name, await read(`docs/examples/${name}`));
}
const untested = new Set(workflows.keys());

function workflow(name: string): string {
  const text = workflows.get(name);
  if (text === undefined) throw new Error(`No workflow ${name}.`);
  untested.delete(name);
  return text;
}

/** An event as the step runner takes it, with entries of its payload in place of the usual ones. */
function occurring(
  { name, payload }: { readonly name: string; readonly payload: unknown },
  more: Readonly<Record<string, unknown>> = {},
): WorkflowEvent {
  return { name, payload: { ...(payload as Readonly<Record<string, unknown>>), ...more } };
}

const pushed = (branch: string): WorkflowEvent => occurring(push(`refs/heads/${branch}`));
const nightly = (schedule: string): WorkflowEvent => occurring(scheduled(), { schedule });
const closed = (from: 'us' | 'fork' = 'us'): WorkflowEvent =>
  occurring(pullRequest({ action: 'closed', from }));
const byDependabot = { sender: { login: 'dependabot[bot]' } };

const neverStopped = { 'cancel-in-progress': false };
const branchKey = 'my-app/branch/feature/cart';

async function reasonAgainst(name: string, event: WorkflowEvent): Promise<string> {
  const ran = await runWorkflow({ workflow: { text: workflow(name) }, event });
  return ran.triggered ? '' : ran.reason;
}

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

describe('provision-same-job.yml', () => {
  const text = workflow('provision-same-job.yml');

  test('is not for Dependabot, who sees no secrets, and not for tags', async () => {
    const name = 'provision-same-job.yml';
    expect(await reasonAgainst(name, pushed('dependabot/npm/x-1'))).toContain('dependabot/npm/x-1');
    expect(await reasonAgainst(name, occurring(push('refs/tags/v1')))).not.toBe('');
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

describe('provision-environment-secret.yml', () => {
  const text = workflow('provision-environment-secret.yml');
  const name = 'my-app/environment/production';

  test.concurrent(
    'stores the value as a secret of the environment, which the later job reads',
    async () => {
      const { server, run, calls, keys, value } = await repository();
      const ran = await run(text, pushed('main'));
      expect(ran).toMatchObject({
        result: 'success',
        permissions: { contents: 'read' },
        concurrency: { group: 'deploy-production', ...neverStopped },
        jobs: [
          { id: 'deploy', permissions: undefined, environment: { name: 'production' } },
          { id: 'smoke-test', permissions: undefined, environment: { name: 'production' } },
        ],
      });
      expect(keys()).toEqual([`${name}: active`]);
      expect([...server.secrets]).toEqual([['production/CORALOGIX_PRIVATE_KEY', value(name)]]);
      expect(await calls()).toEqual([
        ['deploy.sh', value(name)],
        ['smoke-test.sh', value(name)],
      ]);
      expect((await run(text, pushed('main'))).result).toBe('success');
      expect(keys()).toEqual([`${name}: active`]);
      expect([...server.secrets]).toEqual([['production/CORALOGIX_PRIVATE_KEY', value(name)]]);
      expect(new Set((await calls()).map(([, given]) => given))).toEqual(new Set([value(name)]));
    },
  );

  test.concurrent('rotates a key whose value was stored longer ago than `max_age`', async () => {
    const { server, run, calls, keys, value } = await repository();
    await run(text, pushed('main'));
    const before = value(name);
    const place = 'production/CORALOGIX_PRIVATE_KEY_RECORD';
    const record = JSON.parse(server.variables.get(place) ?? '') as object;
    const since = new Date(Date.now() - 91 * 24 * 3_600_000).toISOString();
    server.variables.set(place, JSON.stringify({ ...record, since }));
    const ran = await run(text, pushed('main'));
    expect(ran.result).toBe('success');
    const after = value(name);
    expect(after).not.toBe(before);
    // The one before works for two days more.
    expect(keys()).toEqual([
      expect.stringMatching(new RegExp(`^${name} ~until-\\d{8}T\\d{4}Z: active$`, 'u')),
      `${name}: active`,
    ]);
    expect([...server.secrets.values()]).toEqual([after]);
    expect((await calls()).map(([, given]) => given)).toEqual([before, before, after, after]);
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
      expect(job(ran, 'deploy').log).toMatch(
        /GITHUB_TOKEN can never do it: .* Environments: write/u,
      );
      expect(keys()).toEqual([]);
      expect(await calls()).toEqual([]);
    },
  );
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

describe('provision-other-repositories.yml', () => {
  const text = workflow('provision-other-repositories.yml');

  test.concurrent('gives each repository a key and its secret, once', async () => {
    const { server, run, keys, value } = await repository();
    const app = {
      standIns: {
        'actions/create-github-app-token': {
          outputs: { token: server.tokens.personal },
          masked: ['token'],
        },
      },
    };
    const made: string[] = [];
    for (const created of ['true', 'false']) {
      const ran = await run(text, occurring(dispatched()), app);
      expect(ran.jobs.map(({ result }) => result)).toEqual(['success', 'success']);
      for (const one of ran.jobs) expect(one.steps[1]?.outputs).toMatchObject({ created });
      made.push(JSON.stringify([...server.secrets]));
    }
    expect(keys()).toEqual(['acme/billing/ci: active', 'acme/shop/ci: active']);
    expect(new Set(server.secrets)).toEqual(
      new Set([
        ['CORALOGIX_PRIVATE_KEY', value('acme/shop/ci')],
        ['acme/billing/CORALOGIX_PRIVATE_KEY', value('acme/billing/ci')],
      ]),
    );
    expect(made[1]).toBe(made[0]);
  });
});

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

describe('README.md, Rotate key', () => {
  const text = workflow('README.md, Rotate key');
  const name = 'my-app/environment/production';

  test.concurrent.each([
    { end: 'succeeds', result: 'success', kept: 'new' },
    { end: 'fails', result: 'failure', kept: 'old' },
  ])('keeps the $kept key when the job $end', async ({ end, result, kept }) => {
    const { emulator, seed, run, fail, calls } = await repository();
    const old = seed(name);
    if (end === 'fails') await fail('deploy.sh');
    const ran = await run(text, nightly('17 3 1 * *'));
    expect(ran).toMatchObject({
      result,
      permissions: { contents: 'read' },
      concurrency: { group: 'deploy-production', ...neverStopped },
      jobs: [{ environment: { name: 'production' } }],
    });
    const states = emulator.store
      .keys()
      .map(({ id, active }) => [id === old ? 'old' : 'new', active]);
    expect(states).toEqual([
      ['old', kept === 'old'],
      ['new', kept === 'new'],
    ]);
    expect(await calls()).toEqual([['deploy.sh', emulator.store.keys()[1]?.value]]);
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

describe.each(['README.md, Test', 'one-test-job.yml'])('%s', (name) => {
  const text = workflow(name);
  const opened = occurring(pullRequest());

  test.concurrent.each([
    { end: 'succeeds', result: 'success' },
    { end: 'fails', result: 'failure' },
  ])('has a key while the tests run, and none when the job $end', async ({ end, result }) => {
    const { emulator, run, fail, calls, keys } = await repository();
    if (end === 'fails') await fail('npm');
    const ran = await run(text, opened);
    expect(ran).toMatchObject({ result, permissions: { contents: 'read' } });
    expect(keys()).toEqual([]);
    const [gone] = emulator.store.deletedKeys();
    expect(withoutEnd(gone?.name ?? '')).toBe('my-app/test/1000000001');
    const said = job(ran, 'test').steps[1]?.outputs['expires_at'];
    expect(said).toBe(isoMoment(endOf(gone?.name ?? '') ?? NaN));
    expect(await calls()).toEqual([['npm', gone?.value]]);
    expect(job(ran, 'test').log).toContain('npm with the key ***\n');
  });

  test.concurrent('makes no key for a pull request from a fork', async () => {
    const { emulator, run } = await repository();
    const ran = await run(text, occurring(pullRequest({ from: 'fork' })));
    expect(job(ran, 'test').result).toBe('skipped');
    expect(emulator.journal.calls).toEqual([]);
  });
});

describe('one-test-job.yml', () => {
  const text = workflow('one-test-job.yml');

  test.concurrent('may be stopped by a newer run, and leaves no key then', async () => {
    const { emulator, run, keys } = await repository();
    let announce: (value: undefined) => void = () => undefined;
    const when = new Promise((resolve) => {
      announce = resolve;
    });
    // The key has its name when it is used for the first time.
    emulator.store.onCommit(({ kind }) => {
      if (kind === 'updated') announce(undefined);
    });
    const ran = await run(text, pushed('main'), { cancelDuring: { step: 'key', when } });
    expect(ran).toMatchObject({
      result: 'cancelled',
      concurrency: { group: 'test-refs/heads/main', 'cancel-in-progress': true },
    });
    expect(keys()).toEqual([]);
    expect(emulator.store.deletedKeys()).toHaveLength(1);
  });

  test.concurrent('makes no key for Dependabot', async () => {
    const { emulator, run } = await repository();
    const ran = await run(text, occurring(pullRequest(), byDependabot));
    expect(job(ran, 'test').result).toBe('skipped');
    expect(emulator.journal.calls).toEqual([]);
  });
});

describe('nightly-housekeeping.yml', () => {
  const text = workflow('nightly-housekeeping.yml');
  const event = nightly('23 2 * * *');
  const from = (hours: number): number => Date.now() + hours * 3_600_000;
  const over = [
    nameWithEnd('my-app/test/1', from(-1)),
    provisionalName(nameWithEnd('my-app/test/2', from(1)), from(-2), '0123456789abcdef'),
  ];
  const retired = ['my-app/branch/gone', nameWithEnd('my-app/branch/main', from(-1))];
  const kept = [
    'my-app/branch/main',
    'my-app/environment/production',
    nameWithEnd('my-app/branch/main', from(1)),
    nameWithEnd('my-app/test/3', from(1)),
  ];

  test.concurrent(
    'retires what is over, and finds nothing then that should not be there',
    async () => {
      const { server, seed, run, keys } = await repository();
      for (const name of [...over, ...retired, ...kept]) seed(name);
      const ran = await run(text, event);
      expect(ran).toMatchObject({
        result: 'success',
        permissions: {},
        jobs: [
          {
            id: 'prune',
            permissions: { contents: 'read' },
            concurrency: { group: 'coralogix-keys-prune', ...neverStopped },
          },
          { id: 'inventory', permissions: { contents: 'read' } },
        ],
      });
      expect(keys()).toEqual(
        [
          ...retired.map((name) => `${name}: inactive`),
          ...kept.map((name) => `${name}: active`),
        ].sort(),
      );
      // Once for the prune, once for the list: not for those that go by time or by name alone.
      expect(server.requests).toHaveLength(2);
    },
  );

  test.concurrent('fails when a key is there that no prune takes, and says which', async () => {
    const { emulator, seed, run } = await repository();
    const { teamId } = emulator;
    seed('my-app/environment/production');
    seed('my-app/environment/production');
    emulator.store.add({ teamId, name: 'my-app/by-hand', owner: { kind: 'user', userId: 'u' } });
    const ran = await run(text, event);
    expect(ran.jobs.map(({ result }) => result)).toEqual(['success', 'failure']);
    const { log, steps } = job(ran, 'inventory');
    expect(steps[1]?.outputs['count']).toBe('3');
    expect(log).toContain('By state: 2 duplicate, 1 foreign.');
    expect(log).toMatch(/"my-app\/by-hand" \(.*\): not ours, belongs to a user\./u);
    const states = JSON.parse(steps[1]?.outputs['keys'] ?? '') as readonly object[];
    expect(states).toMatchObject([
      { state: 'duplicate' },
      { state: 'duplicate' },
      { state: 'foreign', owner: { user_id: 'u' }, why_foreign: 'belongs to a user' },
    ]);
  });

  test.concurrent('fails when a prune refuses, and looks all the same', async () => {
    const { emulator, run } = await repository();
    emulator.store.seed(21, 'my-app/branch/gone-', { teamId: emulator.teamId });
    const ran = await run(text, event);
    expect(ran.jobs.map(({ result }) => result)).toEqual(['failure', 'failure']);
    expect(job(ran, 'inventory').steps[0]?.outputs['count']).toBe('21');
    expect(job(ran, 'inventory').log).toContain('By state: 21 gone.');
  });
});

test('no workflow of the README and the examples is without a test', () => {
  expect([...untested]).toEqual([]);
});
