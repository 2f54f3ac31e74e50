import { describe, expect, test } from '@jest/globals';
import { gitHub, on } from './life-github.ts';
import { life, type Inputs } from './life.ts';

/** A dry run on two keys: one that is active, and `idle`, which is not. `ACTIVE`, `IDLE`: their ids. */
interface DryRun {
  readonly inputs: Inputs;
  /** Whether it would change anything. */
  readonly changed: 'true' | 'false';
  /** What it says that it would do. */
  readonly says: RegExp;
}

const gone = '00000000-0000-4000-8000-000000000000';

const runs: readonly DryRun[] = [
  {
    inputs: { operation: 'create', name: 'new' },
    changed: 'true',
    says: /Would create the key "new"/u,
  },
  {
    inputs: { operation: 'create', name: 'new', lifetime: 'job' },
    changed: 'true',
    says: /Would create the key "new"/u,
  },
  {
    inputs: { operation: 'ensure', name: 'new' },
    changed: 'true',
    says: /Would create the key "new"/u,
  },
  { inputs: { operation: 'ensure' }, changed: 'false', says: /exists/u },
  {
    inputs: { operation: 'rotate' },
    changed: 'true',
    says: /1 previous key .* would be deactivated/u,
  },
  {
    inputs: { operation: 'rotate', retire: 'delete', retire_when: 'now' },
    changed: 'true',
    says: /1 previous key .* would be deleted/u,
  },
  {
    inputs: { operation: 'update', new_name: 'other' },
    changed: 'true',
    says: /Would update .* renamed to "other"/u,
  },
  {
    inputs: { operation: 'update', key_id: 'IDLE', is_active: 'true' },
    changed: 'true',
    says: /activated/u,
  },
  {
    inputs: { operation: 'update', key_id: 'IDLE', is_active: 'false' },
    changed: 'false',
    says: /deactivated/u,
  },
  { inputs: { operation: 'delete' }, changed: 'true', says: /1 key .* would be deleted/u },
  {
    inputs: { operation: 'delete', key_id: 'IDLE' },
    changed: 'true',
    says: /1 key would be deleted/u,
  },
  { inputs: { operation: 'delete', key_id: gone }, changed: 'false', says: /Nothing to do/u },
  { inputs: { operation: 'deactivate' }, changed: 'true', says: /1 key .* would be deactivated/u },
  { inputs: { operation: 'deactivate', name: 'idle' }, changed: 'false', says: /Nothing to do/u },
  {
    inputs: { operation: 'activate', name: 'idle' },
    changed: 'true',
    says: /1 key .* would be activated/u,
  },
  {
    inputs: { operation: 'activate', key_id: 'ACTIVE,IDLE' },
    changed: 'true',
    says: /1 key would be activated: .* \(already activated: .*\)/u,
  },
  {
    // The name of the active key is acme/shop/production.
    inputs: { operation: 'prune', name: 'acme/shop/{environment}' },
    changed: 'true',
    says: /1 key .* would be deactivated/u,
  },
];

describe('a dry run', () => {
  test.concurrent.each(
    runs.map((run) => ({ ...run, title: Object.values(run.inputs).join(', ') })),
  )('of $title tells what would happen, and changes nothing', async ({ inputs, changed, says }) => {
    const [one, server] = await Promise.all([
      life({ discloseValues: 'always' }),
      gitHub({ environments: ['staging'] }),
    ]);
    const { store, journal } = one.emulator;
    const ids = { ACTIVE: one.seed().id, IDLE: one.seed({ name: 'idle', active: false }).id };
    const before = store.keys();
    const isMaking = ['create', 'ensure', 'rotate'].includes(inputs['operation'] ?? '');
    const job = one.step({
      ...inputs,
      key_id: inputs['key_id']?.replace('ACTIVE', ids.ACTIVE).replace('IDLE', ids.IDLE),
      dry_run: 'true',
      github_token: server.tokens.personal,
      ...(isMaking && inputs['lifetime'] === undefined ? { secret_name: 'CORALOGIX_KEY' } : {}),
    });
    const run = await job.main(on(server));

    expect(run.exitCode).toBe(0);
    expect(run.outputs).toMatchObject({ changed, created: 'false' });
    expect(run.log).toMatch(says);
    // What the run itself would give, but for the id of a key that is not made.
    if (isMaking) {
      const name = inputs['name'] ?? 'acme/shop/production';
      expect(run.outputs).toMatchObject({ name, active: 'true', hashed: 'false' });
    }
    expect(run.log).toContain('Dry run, nothing was changed.');
    expect(run.summary).toMatch(/^<h3>\S+ Dry run: /u);
    if (isMaking) expect((await job.jobEnd('success', on(server))).stdout).toBe('');
    expect(store.keys()).toEqual(before);
    const reads = ['GetSendDataApiKeys', 'GetApiKey'];
    expect(journal.calls.map(({ rpc }) => rpc).filter((rpc) => !reads.includes(rpc))).toEqual([]);
    expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('is known for every operation that changes something', () => {
    const known = new Set(runs.map(({ inputs }) => inputs['operation']));
    expect([...known].sort()).toEqual(
      ['create', 'ensure', 'rotate', 'update', 'delete', 'activate', 'deactivate', 'prune'].sort(),
    );
  });
});
