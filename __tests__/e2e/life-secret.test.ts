import { describe, expect, test } from '@jest/globals';
import type { EmulatorOptions } from '../../tools/emulator/index.ts';
import type { StepRun } from '../../tools/job-runner/index.ts';
import type { GitHubServer } from '../support/github-server.ts';
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
    expect(told(run)).toContain(
      'The secret that should hold its value is not there. To have a new key made, add `if_value_lost: rotate`',
    );
    expect(server.secrets.size).toBe(0);
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
