import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Emulator } from '../../tools/emulator/index.ts';
import { act, emulated, lines, told } from './harness.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

const create = (emulator: Emulator, name: string): Record<string, string> => ({
  operation: 'create',
  name,
  team_id: String(emulator.teamId),
});

/** What a list of one says of it, as the API names the fields. */
interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
}

const keysOf = (json: string | undefined): readonly ApiKey[] =>
  JSON.parse(json ?? '[]') as readonly ApiKey[];

describe.each([false, true])('with debug logging %s', (debug) => {
  test.concurrent(
    '`create` makes a key with one call, and hands out its value and its facts',
    async () => {
      const emulator = await emulated();
      const run = await act(emulator, create(emulator, 'shop/production'), { debug });
      const [key] = emulator.store.keys();
      expect(run.exitCode).toBe(0);
      expect(run.outputs).toEqual({
        value: key?.value,
        key_id: key?.id,
        name: 'shop/production',
        active: 'true',
        hashed: 'false',
        created: 'true',
        changed: 'true',
        expires_at: '',
        key_ids: JSON.stringify([key?.id]),
        previous_key_ids: '[]',
        count: '1',
        // Of an emulator it is not known where telemetry goes, unless that is said.
        domain: '',
        otlp_endpoint: '',
        otlp_headers: `Authorization=Bearer%20${key?.value}`,
      });
      expect(run.summary).toContain(key?.id);
      expect(emulator.journal.calls.map(({ rpc }) => rpc)).toEqual(['CreateApiKey']);
    },
  );

  test.concurrent(
    '`create` with `hashed` discloses the value once, and `get` says that it is gone',
    async () => {
      const emulator = await emulated();
      const made = await act(
        emulator,
        { ...create(emulator, 'shop/hashed'), hashed: 'true' },
        { debug },
      );
      expect(made.outputs).toMatchObject({ hashed: 'true', value: expect.stringMatching(/^cx/u) });
      const read = await act(
        emulator,
        { operation: 'get', key_id: made.outputs['key_id'] },
        { debug, secrets: [made.outputs['value'] ?? ''] },
      );
      expect(read.outputs['hashed']).toBe('true');
      expect(read.outputs).not.toHaveProperty('value');
      expect(read.log).toContain('`value` is empty: the key is stored hashed, and the service');
      expect(read.annotations).toEqual([]);
    },
  );

  test.concurrent(
    'the api_key is masked first, and the value before anything else is said',
    async () => {
      const emulator = await emulated({ discloseValues: 'always' });
      const made = await act(emulator, create(emulator, 'shop/masked'), { debug });
      const [key] = emulator.store.keys();
      const masks = [emulator.tokens.admin, key?.value].map((value) => `::add-mask::${value}`);
      // What is handed out is masked as senders take it, too: a command escapes its percent signs.
      const header = `Bearer%2520${key?.value}`;
      const ofHeaders = [header, `Authorization=${header}`].map((text) => `::add-mask::${text}`);
      const all = [...masks, ...ofHeaders];
      expect(lines(made).slice(0, 4)).toEqual(all);
      expect(lines(made).slice(4).join('\n')).toMatch(/^Created the key/u);
      for (const inputs of [
        { operation: 'get', key_id: key?.id },
        { operation: 'get', name: 'shop/masked' },
      ]) {
        const run = await act(emulator, inputs, { debug });
        expect(lines(run).slice(0, 4)).toEqual(all);
        expect(lines(run)).toHaveLength(5);
      }
      for (const inputs of [
        { operation: 'list' },
        { operation: 'update', name: 'shop/masked', is_active: 'true' },
        { operation: 'deactivate', name: 'shop/masked' },
        { operation: 'activate', key_id: key?.id },
      ]) {
        const run = await act(emulator, inputs, { debug });
        expect(lines(run).slice(0, 2)).toEqual(masks);
        expect(lines(run)).toHaveLength(3);
      }
    },
  );

  test.concurrent('`get` reads a key by its id and by its exact name', async () => {
    const emulator = await emulated({ discloseValues: 'always' });
    const { store, teamId } = emulator;
    const [key] = store.seed(2, 'shop/', { teamId });
    const byId = await act(emulator, { operation: 'get', key_id: key?.id }, { debug });
    const byName = await act(emulator, { operation: 'get', name: 'shop/0' }, { debug });
    const { keys_file: file, ...facts } = byId.outputs;
    expect(file).not.toBe('');
    expect(byName.outputs).toMatchObject(facts);
    expect(facts).toMatchObject({
      value: key?.value,
      key_id: key?.id,
      name: 'shop/0',
      active: 'true',
      created: 'false',
      changed: 'false',
      count: '1',
    });
    expect(emulator.journal.calls.map(({ rpc }) => rpc)).toEqual([
      'GetApiKey',
      'GetSendDataApiKeys',
    ]);
  });

  test.concurrent(
    '`list` gives the keys whose name matches, with the fields of the API and no value',
    async () => {
      const emulator = await emulated();
      const { store, teamId } = emulator;
      store.seed(3, 'shop/', { teamId });
      store.seed(1, 'other/', { teamId, active: false });
      const all = await act(emulator, { operation: 'list' }, { debug });
      const some = await act(emulator, { operation: 'list', name: 'shop/*' }, { debug });
      expect(all.outputs['count']).toBe('4');
      expect(some.outputs['count']).toBe('3');
      expect(keysOf(all.outputs['keys']).map(({ name, active }) => [name, active])).toEqual([
        ['shop/0', true],
        ['shop/1', true],
        ['shop/2', true],
        ['other/0', false],
      ]);
      expect(Object.keys(keysOf(all.outputs['keys'])[0] ?? {})).toEqual([
        'id',
        'name',
        'owner',
        'active',
        'hashed',
        'key_permissions',
        'state',
      ]);
      expect(Object.values(all.temp)).toEqual([all.outputs['keys']]);
      expect(all.outputs).not.toHaveProperty('value');
    },
  );

  test.concurrent('`update` renames and deactivates by id with one call', async () => {
    const emulator = await emulated();
    const [key] = emulator.store.seed(1, 'shop/', { teamId: emulator.teamId });
    const run = await act(
      emulator,
      { operation: 'update', key_id: key?.id, new_name: 'shop/live', is_active: 'false' },
      { debug },
    );
    expect(run.outputs).toMatchObject({
      key_id: key?.id,
      name: 'shop/live',
      active: 'false',
      changed: 'true',
    });
    expect(emulator.store.keys()).toMatchObject([{ name: 'shop/live', active: false }]);
    expect(emulator.journal.calls.map(({ rpc }) => rpc)).toEqual(['UpdateApiKey']);
  });

  test.concurrent('`update` by name tells whether anything is different from before', async () => {
    const emulator = await emulated();
    emulator.store.seed(1, 'shop/', { teamId: emulator.teamId });
    const inputs = { operation: 'update', name: 'shop/0', is_active: 'False' };
    const first = await act(emulator, inputs, { debug });
    const second = await act(emulator, inputs, { debug });
    expect([first.outputs['changed'], second.outputs['changed']]).toEqual(['true', 'false']);
  });

  test.concurrent(
    '`deactivate`, `activate` and `delete` act, and do no harm the second time',
    async () => {
      const emulator = await emulated();
      emulator.store.seed(2, 'shop/', { teamId: emulator.teamId });
      const ids = emulator.store.keys().map(({ id }) => id);
      const changed: (string | undefined)[] = [];
      for (const operation of ['deactivate', 'deactivate', 'activate', 'activate', 'delete']) {
        const run = await act(emulator, { operation, key_id: ids.join('\n') }, { debug });
        expect(run.outputs).toMatchObject({ count: '2', key_ids: JSON.stringify(ids) });
        changed.push(run.outputs['changed']);
      }
      expect(changed).toEqual(['true', 'false', 'true', 'false', 'true']);
      expect(emulator.store.keys()).toEqual([]);
      const again = await act(emulator, { operation: 'delete', key_id: ids.join(',') }, { debug });
      expect(again.outputs['changed']).toBe('false');
      const byName = await act(emulator, { operation: 'delete', name: 'shop/0' }, { debug });
      expect(byName.outputs).toMatchObject({ changed: 'false', count: '0' });
    },
  );

  test.concurrent('a name that several keys bear is `ambiguous`, with the ids', async () => {
    const emulator = await emulated();
    const { store, teamId } = emulator;
    const ids = [1, 2].map(() => store.seed(1, 'twin', { teamId })[0]?.id ?? '');
    for (const inputs of [
      { operation: 'get', name: 'twin0' },
      { operation: 'update', name: 'twin0', is_active: 'false' },
    ]) {
      const run = await act(emulator, inputs, { debug });
      expect(run.exitCode).toBe(1);
      expect(run.outputs).toEqual({ error_kind: 'ambiguous', key_ids: JSON.stringify(ids) });
      for (const id of ids) expect(told(run)).toContain(id);
    }
    expect(emulator.journal.commits('UpdateApiKey')).toBe(0);
  });

  test.concurrent(
    'a `create` whose answer is lost is `outcome_unknown`, with the ids, and is not repeated',
    async () => {
      const emulator = await emulated();
      emulator.inject({ rpc: 'CreateApiKey', fault: { kind: 'commit-then-drop' } });
      const run = await act(emulator, create(emulator, 'shop/lost'), { debug });
      const ids = emulator.store.keys().map(({ id }) => id);
      expect(ids).toEqual([expect.stringMatching(uuid)]);
      expect(run.exitCode).toBe(1);
      expect(run.outputs).toEqual({ error_kind: 'outcome_unknown', key_ids: JSON.stringify(ids) });
      expect(told(run)).toContain(ids[0]);
      expect(emulator.journal.attempts('CreateApiKey')).toBe(1);
      expect(emulator.journal.commits('CreateApiKey')).toBe(1);
    },
  );

  test.concurrent.each([
    ['update', 'UpdateApiKey', { is_active: 'false' }],
    ['delete', 'DeleteApiKey', {}],
  ] as const)('an `%s` whose answer is lost is sent again, and succeeds', async (...row) => {
    const [operation, rpc, more] = row;
    const emulator = await emulated();
    const [key] = emulator.store.seed(1, 'shop/', { teamId: emulator.teamId });
    emulator.inject({ rpc, fault: { kind: 'commit-then-drop' } });
    const run = await act(emulator, { operation, key_id: key?.id, ...more }, { debug });
    expect(run.exitCode).toBe(0);
    expect(run.outputs['changed']).toBe('true');
    // "Not found" after a lost answer is the delete's own work, or the lag: it is asked for within a bound.
    expect(emulator.journal.attempts(rpc)).toBe(operation === 'update' ? 2 : 5);
    const left = emulator.store.keys().map(({ active }) => active);
    expect(left).toEqual(operation === 'update' ? [false] : []);
  });

  test.concurrent(
    'a key named like a command is listed, and the runner sees no command',
    async () => {
      const emulator = await emulated({ discloseValues: 'always' });
      const name = 'x\n::set-output name=value::pwned';
      const [key] = emulator.store.seed(1, name, { teamId: emulator.teamId });
      const run = await act(emulator, { operation: 'list' }, { debug });
      expect(run.exitCode).toBe(0);
      expect(run.unexpectedCommands).toEqual([]);
      expect(run.outputs).not.toHaveProperty('value');
      expect(keysOf(run.outputs['keys']).map((each) => each.name)).toEqual([`${name}0`]);
      const read = await act(emulator, { operation: 'get', key_id: key?.id }, { debug });
      expect(read.unexpectedCommands).toEqual([]);
      expect(read.outputs).toMatchObject({ name: `${name}0`, value: key?.value });
      // Four masks, and one line.
      expect(lines(read)).toHaveLength(5);
    },
  );
});

test('a list of 20,000 keys goes to a file, is counted, and every value in it is masked', async () => {
  const emulator = await emulated({ discloseValues: 'always' });
  const { store, teamId } = emulator;
  const keys = store.seed(20_000, 'shop/branch-', { teamId });
  const run = await act(emulator, { operation: 'list', name: 'shop/*' });
  expect(run.exitCode).toBe(0);
  expect(run.outputs).toMatchObject({ count: '20000', keys: '', key_ids: '' });
  expect(keysOf(Object.values(run.temp)[0])).toHaveLength(20_000);
  const masks = new Set(run.masks);
  expect(keys.filter(({ value }) => !masks.has(value ?? ''))).toEqual([]);
  expect(Buffer.byteLength(run.files.step_summary)).toBeLessThan(100_000);
  expect(emulator.journal.attempts()).toBe(1);
});

test.concurrent(
  'the file that `keys_file` names is there for the steps that follow, for the owner alone',
  async () => {
    const emulator = await emulated();
    emulator.store.seed(1, 'shop/', { teamId: emulator.teamId });
    const run = await act(emulator, { operation: 'list' });
    expect(Object.keys(run.temp)).toHaveLength(1);
    expect(run.outputs['keys_file']).toMatch(/coralogix-keys-[0-9a-f-]{36}\.json$/u);
    await expect(readFile(run.outputs['keys_file'] ?? '')).rejects.toThrow('ENOENT');
  },
);
