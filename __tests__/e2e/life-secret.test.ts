import { describe, expect, test } from '@jest/globals';
import type { EmulatorOptions } from '../../tools/emulator/index.ts';
import type { StepRun } from '../../tools/job-runner/index.ts';
import type { GitHubServer } from '../../tools/github/server.ts';
import { told } from './harness.ts';
import { gitHub, on } from './life-github.ts';
import { life, type Inputs, type Life, type Step } from './life.ts';

const environment = 'Prod (EU) / 1';
const secret = { secret_name: 'CORALOGIX_KEY', environment };

interface Stage extends Life {
  readonly server: GitHubServer;
  /** A step that stores its value as a secret of the environment. */
  readonly storing: (inputs: Inputs) => Step;
  /** Runs its main script. */
  readonly store: (inputs: Inputs) => Promise<StepRun>;
}

async function stage(
  options: Parameters<typeof gitHub>[0] = {},
  service: EmulatorOptions = {},
): Promise<Stage> {
  const [one, server] = await Promise.all([
    life(service),
    gitHub({ environments: [environment], ...options }),
  ]);
  const storing = (inputs: Inputs): Step =>
    one.step({ ...secret, github_token: server.tokens.personal, ...inputs });
  return { ...one, server, storing, store: (inputs) => storing(inputs).main(on(server)) };
}

/** What a step warns of, as one text. */
const warned = ({ annotations }: StepRun): string =>
  annotations.map(({ level, message }) => `${level}: ${message}`).join('\n');

/** Everything that was sent to GitHub, as it came, but for the token. */
const sent = (server: GitHubServer): string => JSON.stringify(server.requests);

describe('a secret', () => {
  test.concurrent.each([
    {
      operation: 'create',
      where: 'an environment',
      given: {},
      path: `${environment}/CORALOGIX_KEY`,
    },
    {
      operation: 'ensure',
      where: 'the repository',
      given: { environment: '' },
      path: 'CORALOGIX_KEY',
    },
    {
      operation: 'rotate',
      where: 'an environment',
      given: {},
      path: `${environment}/CORALOGIX_KEY`,
    },
  ])(
    'that `$operation` stores in $where is the value, which is sent encrypted only',
    async ({ operation, given, path }) => {
      const { server, seed, store } = await stage({ basePath: '/api/v3' });
      if (operation === 'rotate') seed();
      const run = await store({ operation, ...given });
      expect(run.exitCode).toBe(0);
      const { value = '' } = run.outputs;
      expect(value).toMatch(/^cx/u);
      expect([...server.secrets]).toEqual([[path, value]]);
      expect(sent(server)).not.toContain(value);
      expect(sent(server)).not.toContain(Buffer.from(value).toString('base64').slice(0, -4));
      // It is stored before the step says that it has succeeded.
      expect(run.log).toMatch(
        /^Stored the value as the secret CORALOGIX_KEY of .*\n(?:Created|Rotated)/u,
      );
    },
  );

  test.concurrent('holds the value of a key that `ensure` found, too', async () => {
    const { server, seed, store, emulator } = await stage({}, { discloseValues: 'always' });
    const { value } = seed();
    const run = await store({ operation: 'ensure' });
    expect(run.outputs).toMatchObject({ created: 'false', value });
    expect([...server.secrets.values()]).toEqual([value]);
    expect(emulator.journal.calls.map(({ rpc }) => rpc)).toEqual(['GetSendDataApiKeys']);
  });

  test.concurrent('is not stored, and that is said, where the value is hidden', async () => {
    const { server, seed, store } = await stage();
    seed();
    const run = await store({ operation: 'ensure' });
    expect(run.exitCode).toBe(1);
    expect(run.outputs['error_kind']).toBe('value_hidden');
    expect(told(run)).toContain('The secret that should hold its value is not there.');
    expect(told(run)).toContain('add `if_value_lost: rotate`');
    expect(server.secrets.size).toBe(0);
  });
});

describe('`ensure` with a memory', () => {
  const kept = `${environment}/CORALOGIX_KEY`;
  const record = `${kept}_RECORD`;

  test.concurrent(
    'finds what an earlier run has stored, and hands it out only where it is passed in',
    async () => {
      const { server, store, active } = await stage();
      const made = await store({ operation: 'ensure', if_value_lost: 'rotate' });
      const { value = '', key_id: id } = made.outputs;
      expect(server.secrets.get(kept)).toBe(value);
      // The record names the key, and not its value.
      expect(JSON.parse(server.variables.get(record) ?? '')).toMatchObject({
        version: 1,
        state: 'stored',
        key_id: id,
      });
      expect(server.variables.get(record)).not.toContain(value);
      const found = await store({
        operation: 'ensure',
        if_value_lost: 'rotate',
        stored_value: server.secrets.get(kept),
      });
      expect(found.outputs).toMatchObject({
        created: 'false',
        changed: 'false',
        key_id: id,
        value,
      });
      const unasked = await store({ operation: 'ensure', if_value_lost: 'rotate' });
      expect(unasked.outputs).toMatchObject({ created: 'false', key_id: id });
      expect(unasked.outputs['value'] ?? '').toBe('');
      expect(unasked.log).toContain(`kept as the secret CORALOGIX_KEY of the environment`);
      expect(active()).toEqual([id]);
    },
  );

  test.concurrent.each([
    ['blank, while the secret is there', '', /this job does not see it/u],
    ['another value than the record knows', 'made-up-value', /does not fit the record/u],
  ])('fails and changes nothing when `stored_value` is %s', async (_what, stored, says) => {
    const { server, store, active } = await stage();
    const { value, key_id: id } = (await store({ operation: 'ensure' })).outputs;
    const run = await store({ operation: 'ensure', if_value_lost: 'rotate', stored_value: stored });
    expect([run.exitCode, run.outputs['error_kind']]).toEqual([1, 'value_hidden']);
    expect(told(run)).toMatch(says);
    expect(told(run)).not.toContain('made-up-value');
    expect([server.secrets.get(kept), active()]).toEqual([value, [id]]);
  });

  test.concurrent(
    'makes a new key where the secret is surely gone and the workflow says so',
    async () => {
      const { server, store, active } = await stage();
      const first = (await store({ operation: 'ensure' })).outputs['key_id'];
      server.secrets.delete(kept);
      const step = { operation: 'ensure', stored_value: '' };
      expect((await store(step)).outputs['error_kind']).toBe('value_hidden');
      const { outputs } = await store({ ...step, if_value_lost: 'rotate' });
      expect(outputs).toMatchObject({ created: 'true', previous_key_ids: JSON.stringify([first]) });
      expect(server.secrets.get(kept)).toBe(outputs['value']);
      expect(active()).toContain(outputs['key_id']);
    },
  );

  test.concurrent('does not replace a secret that was stored by hand', async () => {
    const { server, store, active } = await stage();
    server.secrets.set(kept, 'stored-by-hand');
    const run = await store({ operation: 'ensure', if_value_lost: 'rotate' });
    expect([run.exitCode, run.outputs['error_kind']]).toEqual([1, 'unsafe']);
    expect(told(run)).toContain('stored by hand');
    expect([server.secrets.get(kept), active()]).toEqual(['stored-by-hand', []]);
  });

  test.concurrent('rotates what is older than `max_age`, by the record', async () => {
    const { server, store } = await stage();
    const step = { operation: 'ensure', max_age: '30d' };
    const { key_id: id } = (await store(step)).outputs;
    expect((await store(step)).outputs).toMatchObject({ created: 'false', key_id: id });
    const text = server.variables.get(record) ?? '';
    const old = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000).toISOString();
    server.variables.set(record, text.replace(/"since":"[^"]*"/u, `"since":"${old}"`));
    expect((await store(step)).outputs).toMatchObject({ created: 'true' });
  });
});

describe('the end of the job of a rotation whose value is stored', () => {
  test.concurrent.each([
    ['names the new key', () => undefined, 1],
    [
      'names another key',
      (server: GitHubServer, name: string) =>
        server.variables.set(
          name,
          (server.variables.get(name) ?? '').replace(/"key_id":"[^"]*"/u, '"key_id":"other"'),
        ),
      2,
    ],
    ['is gone', (server: GitHubServer, name: string) => server.variables.delete(name), 2],
  ] as const)('retires the previous key only if the record %s', async (_what, change, left) => {
    const { server, seed, storing, active } = await stage();
    const { id } = seed();
    const step = storing({ operation: 'rotate' });
    const main = await step.main(on(server));
    change(server, `${environment}/CORALOGIX_KEY_RECORD`);
    const end = await step.jobEnd('success', on(server));
    expect(active()).toHaveLength(left);
    expect(active()).toContain(main.outputs['key_id']);
    if (left === 2) expect(warned(end)).toContain(id);
  });

  test.concurrent('keeps both where the token has expired by then, and says so', async () => {
    const { server, seed, storing, active } = await stage();
    const { id } = seed();
    const step = storing({ operation: 'rotate' });
    await step.main(on(server));
    server.fault({
      on: /VARIABLES/iu,
      does: { kind: 'status', status: 401, message: 'Bad credentials' },
    });
    const end = await step.jobEnd('success', on(server));
    expect(active()).toHaveLength(2);
    expect(warned(end)).toContain(id);
    expect(warned(end)).toContain('is not known');
  });
});

describe('a secret that cannot be stored', () => {
  test.concurrent.each([
    {
      operation: 'ensure',
      why: 'the token is GITHUB_TOKEN',
      token: 'github',
      given: {},
      says: /GITHUB_TOKEN can never do it.*Environments: write/u,
    },
    {
      operation: 'create',
      why: 'the token is too weak',
      token: 'weak',
      given: {},
      says: /403.*Environments: write/u,
    },
    {
      operation: 'rotate',
      why: 'the token of the repository is too weak',
      token: 'github',
      given: { environment: '' },
      says: /Secrets: write/u,
    },
    {
      operation: 'create',
      why: 'there is no such environment',
      token: 'personal',
      given: { environment: 'prodution' },
      says: /There is no environment "prodution"/u,
    },
  ] as const)(
    'because $why is told by `$operation` before a key is made',
    async ({ operation, token, given, says }) => {
      const { server, store, emulator } = await stage();
      const run = await store({ operation, github_token: server.tokens[token], ...given });
      expect(run.exitCode).toBe(1);
      expect(run.outputs).toEqual({ error_kind: 'github' });
      expect(told(run)).toMatch(says);
      expect(emulator.journal.attempts('CreateApiKey')).toBe(0);
      expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
    },
  );

  test.concurrent.each(['create', 'ensure', 'rotate'])(
    'because GitHub refuses it takes the key of `%s` back, and no other',
    async (operation) => {
      const { server, seed, storing, active, emulator } = await stage();
      const old = operation === 'ensure' ? [] : [seed().id];
      server.fault({
        on: /^PUT/u,
        times: Infinity,
        does: { kind: 'status', status: 422, message: 'No' },
      });
      const step = storing({ operation });
      const run = await step.main(on(server));
      expect(run.outputs['error_kind']).toBe('github');
      expect(told(run)).toMatch(/422 No.*The key .* that this run made was deactivated\./u);
      expect(run.outputs).not.toHaveProperty('value');
      expect(active()).toEqual(old);
      // There is nothing left to do then.
      expect((await step.jobEnd('failure', on(server))).stdout).toBe('');
      expect(active()).toEqual(old);
      expect(emulator.store.keys()).toHaveLength(old.length + 1);
    },
  );

  test.concurrent('because GitHub refuses it leaves a key alone that `ensure` found', async () => {
    const { server, seed, store, active } = await stage({}, { discloseValues: 'always' });
    const { id } = seed();
    server.fault({ on: /^PUT/u, does: { kind: 'status', status: 403, message: 'No' } });
    expect((await store({ operation: 'ensure' })).exitCode).toBe(1);
    expect(active()).toEqual([id]);
  });
});

describe('a secret of which nobody knows whether it was stored', () => {
  test.concurrent.each([
    { operation: 'create', why: 'GitHub fails', does: { kind: 'status', status: 500 } },
    { operation: 'ensure', why: 'the answers are lost', does: { kind: 'drop' } },
    { operation: 'rotate', why: 'a gateway gives up', does: { kind: 'status', status: 504 } },
    { operation: 'create', why: 'GitHub is silent', does: { kind: 'hang' } },
  ] as const)(
    'because $why leaves the key of `$operation` active, and says so',
    async ({ operation, does }) => {
      const { server, seed, storing, active } = await stage();
      const old = operation === 'rotate' ? [seed().id] : [];
      server.fault({ on: /^PUT/u, times: Infinity, does });
      const step = storing({
        operation,
        ...(does.kind === 'hang' ? { timeout_seconds: '10' } : {}),
      });
      const run = await step.main(on(server));
      expect(run.outputs['error_kind']).toBe('outcome_unknown');
      expect(told(run)).toContain('stays active, as the secret may hold its value');
      await step.jobEnd('failure', on(server));
      const [made, ...others] = active().filter((id) => !old.includes(id));
      expect(others).toEqual([]);
      expect(active()).toEqual(expect.arrayContaining(old));
      expect(run.outputs['key_ids']).toBe(JSON.stringify([made]));
    },
  );

  test.concurrent('is stored by the next `ensure`, with the same key', async () => {
    const { server, store, active } = await stage({}, { discloseValues: 'always' });
    server.fault({ on: /^PUT/u, times: 4, does: { kind: 'status', status: 503 } });
    const [id] = JSON.parse(
      (await store({ operation: 'ensure' })).outputs['key_ids'] ?? '[]',
    ) as string[];
    const run = await store({ operation: 'ensure' });
    expect(run.outputs).toMatchObject({ created: 'false', key_id: id });
    expect([...server.secrets.values()]).toEqual([run.outputs['value']]);
    expect(active()).toEqual([id]);
  });

  test.concurrent('is put again while GitHub only stumbles', async () => {
    const { server, store } = await stage();
    server.fault({ on: /^PUT/u, does: { kind: 'drop' } });
    server.fault({ on: /^PUT/u, does: { kind: 'status', status: 502 } });
    const run = await store({ operation: 'create' });
    expect(run.exitCode).toBe(0);
    expect([...server.secrets.values()]).toEqual([run.outputs['value']]);
  });
});
