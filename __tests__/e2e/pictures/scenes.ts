import { nameWithEnd } from '../../../src/names/stamp.ts';
import type { StepRun } from '../../../tools/job-runner/index.ts';
import { status } from '../../support/status.ts';
import { stage, type Stage } from './stage.ts';

/** A scene of the product's life: its name is that of its files; it gives the summaries of its steps. */
export interface Scene {
  readonly name: string;
  /** What it shows, for whoever looks at the picture. */
  readonly shows: string;
  readonly play: () => Promise<readonly StepRun[]>;
}

const production = 'my-app/environment/production';
const days = 24 * 60 * 60 * 1000;
const storing = { secret_name: 'CORALOGIX_PRIVATE_KEY', environment: 'production' } as const;

/** A scene of one step, on a stage that is set first. */
function step(
  name: string,
  shows: string,
  inputs: Readonly<Record<string, string>>,
  set: (on: Stage) => void | Promise<void> = () => undefined,
): Scene {
  return {
    name,
    shows,
    play: async () => {
      const on = await stage({ branches: ['main', 'feature/search'] });
      await set(on);
      return [await on.main(withToken(on, inputs))];
    },
  };
}

/** A scene of several steps. */
function several(
  name: string,
  shows: string,
  play: (on: Stage) => Promise<readonly StepRun[]>,
): Scene {
  return { name, shows, play: async () => play(await stage()) };
}

function withToken(
  { server }: Stage,
  inputs: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const needs = 'secret_name' in inputs || (inputs['name'] ?? '').includes('{');
  return needs ? { github_token: server.tokens.personal, ...inputs } : inputs;
}

const seedProduction = ({ seed }: Stage): void => {
  seed(production);
};

const branchKeys = ({ seed }: Stage): void => {
  for (const branch of ['feature/search', 'fix/login', 'feature/new-checkout', 'chore/node-24']) {
    seed(`my-app/branch/${branch}`);
  }
  seed('my-app/branch/main ~until-20250630T0000Z');
};
const branches = { name: 'my-app/branch/{branch}' } as const;

const everything = ({ seed, emulator: { store, teamId } }: Stage): void => {
  for (const name of [production, 'my-app/environment/staging']) seed(name);
  for (const name of ['my-app/branch/fix/login', 'my-app/branch/feature/search']) seed(name);
  for (const name of ['nightly-import', 'nightly-import']) seed(name);
  seed('load-test ~until-20250630T0000Z');
  seed(nameWithEnd('demo', Date.now() + 7 * days));
  seed('my-app/environment/preview ~pending-20250630T120000Z-q3k9x7ab');
  seed('retired-service', false);
  store.add({ teamId, name: 'Jo’s own key', owner: { kind: 'user', userId: 'jo@example.com' } });
};

/** All scenes, in the order of the page. */
export const scenes: readonly Scene[] = [
  step('create', '`create`, with a proof and a secret', {
    ...{ operation: 'create', name: production, verify: 'true', ...storing },
  }),
  step('create-with-end', '`create` with an end', {
    ...{ operation: 'create', name: 'load-test', expires_after: '12h' },
  }),
  several('ensure', '`ensure`: made, and in the next run found', async (on) => {
    const inputs = withToken(on, { operation: 'ensure', name: production, ...storing });
    return [await on.main(inputs), await on.main(inputs)];
  }),
  several('rotate', '`rotate` with a grace period, and the end of the job', async (on) => {
    seedProduction(on);
    const grace = { operation: 'rotate', name: production, grace_period: '7d', verify: 'true' };
    const inputs = withToken(on, { ...grace, ...storing });
    const main = await on.main(inputs);
    return [main, await on.jobEnd(inputs, main, 'success')];
  }),
  step(
    'rotate-dry-run',
    '`rotate` as a dry run',
    {
      ...{ operation: 'rotate', name: production, dry_run: 'true', ...storing },
    },
    seedProduction,
  ),
  step(
    'get',
    '`get` of a key whose value is not disclosed',
    { operation: 'get', name: production },
    seedProduction,
  ),
  step(
    'update',
    '`update`',
    {
      ...{ operation: 'update', name: production, new_name: 'my-app/environment/live' },
    },
    seedProduction,
  ),
  step('activate', '`activate`', { operation: 'activate', name: production }, ({ seed }) => {
    seed(production, false);
  }),
  several('deactivate-delete', '`deactivate` of several keys, and `delete` of one', async (on) => {
    const ids = [on.seed('my-app/branch/fix/login').id, on.seed('load-test', false).id];
    const key_id = [...ids, '252d3765-069a-4f32-b79a-18e60f4c7b61'].join('\n');
    return [
      await on.main({ operation: 'deactivate', key_id }),
      await on.main({ operation: 'delete', name: 'load-test' }),
    ];
  }),
  step(
    'list-in-order',
    '`list` with nothing wrong',
    { operation: 'list', name: 'my-app/*' },
    ({ seed }) => {
      for (const name of ['production', 'staging', 'preview']) seed(`my-app/environment/${name}`);
    },
  ),
  step('list', '`list` with everything in it', { operation: 'list' }, everything),
  step('prune', '`prune`', { operation: 'prune', ...branches }, branchKeys),
  step(
    'prune-dry-run',
    '`prune` as a dry run',
    { operation: 'prune', dry_run: 'true', ...branches },
    branchKeys,
  ),
  step(
    'prune-refused',
    '`prune` of more than `max_prune`',
    {
      ...{ operation: 'prune', max_prune: '2', ...branches },
    },
    branchKeys,
  ),
  step('failed-inputs', 'inputs that are wrong', {
    ...{
      operation: 'rotate',
      name: production,
      hashed: 'perhaps',
      retire: 'delte',
      grace_period: '1w',
    },
  }),
  step(
    'failed-service',
    'a service that is down',
    {
      ...{ operation: 'list', timeout_seconds: '2' },
    },
    ({ emulator }) => {
      emulator.inject({
        times: 100,
        fault: { kind: 'status', code: status.UNAVAILABLE, message: 'upstream connect error' },
      });
    },
  ),
  step(
    'failed-outcome-unknown',
    'a `create` whose answer was lost',
    {
      ...{ operation: 'create', name: production },
    },
    ({ emulator }) => {
      emulator.inject({ rpc: 'CreateApiKey', fault: { kind: 'commit-then-drop' } });
    },
  ),
  several('job-failed', 'a `rotate` whose job has failed', async (on) => {
    seedProduction(on);
    const inputs = { operation: 'rotate', name: production };
    const main = await on.main(inputs);
    return [main, await on.jobEnd(inputs, main, 'failure')];
  }),
  several('hostile', 'names of strangers', async (on) => {
    const names = [
      '`ticks` | pipes | <b>HTML</b> & @octocat #1 https://example.com [a](b) ![c](d)',
      'x'.repeat(200),
      'a line\nbreak, a bell\u0007 and \u202egnp.exe',
    ];
    const ids = names.map((name) => on.seed(name).id);
    return [
      await on.main({ operation: 'deactivate', key_id: ids.join('\n') }),
      await on.main({ operation: 'get', key_id: ids[0] }),
    ];
  }),
];
