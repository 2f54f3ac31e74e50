import { describe, expect, test } from '@jest/globals';
import { keyName, life } from './life.ts';
import { gitHub, on } from './life-github.ts';

const rotate = { operation: 'rotate' };

describe('`rotate`', () => {
  test.concurrent.each([
    { status: 'success', retire: 'deactivate', old: 'inactive', fresh: 'active' },
    { status: 'success', retire: 'delete', old: 'gone', fresh: 'active' },
    { status: 'failure', retire: 'deactivate', old: 'active', fresh: 'inactive' },
    { status: 'failure', retire: 'delete', old: 'active', fresh: 'gone' },
    { status: 'cancelled', retire: 'deactivate', old: 'active', fresh: 'inactive' },
  ] as const)(
    'in a job that ends with $status leaves the old key $old and the new one $fresh; retire: $retire',
    async ({ status, retire, old, fresh }) => {
      const { seed, step, active, keys } = await life();
      const { id: oldId } = seed();
      const job = step({ ...rotate, retire });
      const main = await job.main();
      const id = main.outputs['key_id'] ?? '';
      expect(main.outputs).toMatchObject({
        created: 'true',
        changed: 'true',
        previous_key_ids: JSON.stringify([oldId]),
      });
      expect(active()).toEqual([oldId, id]);
      const jobEnd = await job.jobEnd(status);

      const { [oldId]: ofOld = 'gone', [id]: ofFresh = 'gone', ...others } = keys()[keyName] ?? {};
      expect({ old: ofOld, fresh: ofFresh, others }).toEqual({ old, fresh, others: {} });
      expect(jobEnd.annotations).toEqual([]);
      expect(jobEnd.log).toMatch(
        status === 'success'
          ? /^The job has succeeded: of "acme.shop.production", 1 previous key /u
          : /^The job did not succeed: the new key .* the previous one stays active\.\n$/u,
      );
    },
  );

  test.concurrent('retires all active keys of that name, and no others', async () => {
    const { seed, step, active, keys } = await life();
    const previous = [seed().id, seed().id];
    const inactive = seed({ active: false }).id;
    const other = seed({ name: `${keyName}-2` }).id;
    const job = step({ ...rotate, retire: 'delete' });
    const id = (await job.main()).outputs['key_id'] ?? '';
    expect(active()).toEqual([...previous, id]);
    await job.jobEnd('success');
    expect(keys()).toEqual({
      [keyName]: { [inactive]: 'inactive', [id]: 'active' },
      [`${keyName}-2`]: { [other]: 'active' },
    });
  });

  test.concurrent('with `retire_when: now` retires the old key in the step itself', async () => {
    const { emulator, seed, step, active } = await life();
    seed();
    const job = step({ ...rotate, retire_when: 'now' });
    const main = await job.main();
    expect(active()).toEqual([main.outputs['key_id']]);
    emulator.journal.clear();
    expect((await job.jobEnd('failure')).stdout).toBe('');
    expect(emulator.journal.calls).toEqual([]);
  });

  test.concurrent('with `retire_when: never` leaves the old key active', async () => {
    const { seed, step, active } = await life();
    const { id } = seed();
    const job = step({ ...rotate, retire_when: 'never' });
    const main = await job.main();
    expect(main.log).toContain('stays active');
    expect((await job.jobEnd('success')).stdout).toBe('');
    expect(active()).toEqual([id, main.outputs['key_id']]);
  });

  test.concurrent('of a name that nobody bears makes a key, which a failed job keeps', async () => {
    const { step, active } = await life();
    const job = step(rotate);
    const main = await job.main();
    expect(main.outputs).toMatchObject({ created: 'true', previous_key_ids: '[]' });
    const jobEnd = await job.jobEnd('failure');
    expect(jobEnd.exitCode).toBe(0);
    // The name would have no active key without it.
    expect(active()).toEqual([main.outputs['key_id']]);
  });

  test.concurrent('keeps the old key when somebody ended the new one during the job', async () => {
    const { emulator, seed, step, active } = await life();
    const { id: oldId } = seed();
    const job = step(rotate);
    const keyId = (await job.main()).outputs['key_id'] ?? '';
    emulator.store.update(emulator.tokens.admin, { keyId, isActive: false });
    const jobEnd = await job.jobEnd('success');
    expect(active()).toEqual([oldId]);
    expect(jobEnd.exitCode).toBe(0);
    expect(jobEnd.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining(oldId) },
    ]);
  });

  test.concurrent.each([
    { status: 'failure', kept: 'both keys' },
    { status: 'success', kept: 'the new key' },
  ] as const)(
    'that stored the value as a secret keeps $kept after $status, and says so',
    async ({ status }) => {
      const server = await gitHub({ environments: ['production'] });
      const { seed, step, active } = await life();
      const { id: oldId } = seed();
      const job = step({
        ...rotate,
        environment: 'production',
        secret_name: 'CORALOGIX_KEY',
        github_token: server.tokens.personal,
      });
      const main = await job.main(on(server));
      const id = main.outputs['key_id'] ?? '';
      expect(server.secrets.get('production/CORALOGIX_KEY')).toBe(main.outputs['value']);
      const jobEnd = await job.jobEnd(status, on(server));
      expect(active()).toEqual(status === 'success' ? [id] : [oldId, id]);
      if (status === 'success') return;
      expect(jobEnd.log).toContain('the new value is stored as a secret');
      expect(jobEnd.log).toContain(id);
      expect(jobEnd.log).toContain(oldId);

      // What stayed goes with the next rotation that succeeds.
      const next = step(rotate);
      const { outputs } = await next.main();
      await next.jobEnd('success');
      expect(active()).toEqual([outputs['key_id']]);
    },
  );
});

test('a rotation carries over what the key had, and sets its policy with the last call', async () => {
  const { emulator, step } = await life();
  const { store, journal, teamId } = emulator;
  const accessPolicy = '{"version":"2025-01-01","default":{"permissions":{}}}';
  const had = {
    hashed: true,
    presets: ['SendData'],
    permissions: ['spans.data-ingress:SendData'],
    accessPolicy,
  };
  const [old] = store.add({ teamId, name: keyName, ...had });
  const main = await step({ ...rotate, retire_when: 'never' }).main();
  const id = main.outputs['key_id'];
  expect(main.outputs).toMatchObject({ hashed: 'true' });
  expect(main.log).toContain(`Carried over from ${old?.id ?? 'none'}`);
  expect(main.summary).toContain('<th>Access policy</th>');
  expect(store.keys().find((key) => key.id === id)).toMatchObject({ ...had, active: true });
  const withPolicy = journal.calls.filter(
    ({ request = {} }) => 'access_policy' in request && request.access_policy === accessPolicy,
  );
  expect(withPolicy).toEqual([journal.calls.at(-1)]);
  expect(withPolicy[0]).toMatchObject({ rpc: 'UpdateApiKey', request: { new_name: keyName } });
});

test.concurrent.each([
  { given: '', left: undefined },
  { given: undefined, left: '{"old":true}' },
])('an update with the access policy $given leaves $left', async ({ given, left }) => {
  const { emulator, run } = await life();
  const { store, teamId } = emulator;
  const [key] = store.add({ teamId, name: keyName, accessPolicy: '{"old":true}' });
  const policy = given === undefined ? {} : { access_policy: given };
  const { exitCode } = await run({ operation: 'update', is_active: 'false', ...policy });
  expect(exitCode).toBe(0);
  expect(store.keys()).toEqual([{ ...key, active: false, accessPolicy: left }]);
});

describe('`ensure`', () => {
  test.concurrent(
    'fails where the value is hidden, names the key and changes nothing',
    async () => {
      const { seed, step, active } = await life();
      const { id } = seed();
      const job = step({ operation: 'ensure' });
      const main = await job.main();
      expect(main.exitCode).toBe(1);
      expect(main.outputs).toMatchObject({
        error_kind: 'value_hidden',
        key_ids: JSON.stringify([id]),
      });
      expect((await job.jobEnd('failure')).stdout).toBe('');
      expect(active()).toEqual([id]);
    },
  );
});
