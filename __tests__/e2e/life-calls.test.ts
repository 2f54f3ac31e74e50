import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { life, type Inputs } from './life.ts';

const [list, get, create, update, remove] = [
  'GetSendDataApiKeys',
  'GetApiKey',
  'CreateApiKey',
  'UpdateApiKey',
  'DeleteApiKey',
] as const;

/** What an operation costs, by the calls that reach the service. `ID` stands for the id of a key. */
test.concurrent.each<{
  readonly what: string;
  readonly inputs: Inputs;
  /** Whether the key is there: active by default. */
  readonly before?: 'active' | 'inactive' | 'gone';
  readonly calls: readonly string[];
  readonly changed: 'true' | 'false';
}>([
  {
    what: '`ensure` of a key that exists',
    inputs: { operation: 'ensure' },
    calls: [list],
    changed: 'false',
  },
  {
    what: '`ensure` of a new key',
    inputs: { operation: 'ensure' },
    before: 'gone',
    calls: [list, create, list, update],
    changed: 'true',
  },
  {
    what: '`rotate`',
    inputs: { operation: 'rotate' },
    calls: [list, create, update],
    changed: 'true',
  },
  { what: '`create`', inputs: { operation: 'create' }, calls: [create], changed: 'true' },
  {
    what: '`get` by id',
    inputs: { operation: 'get', key_id: 'ID' },
    calls: [get],
    changed: 'false',
  },
  { what: '`get` by name', inputs: { operation: 'get' }, calls: [list], changed: 'false' },
  { what: '`list`', inputs: { operation: 'list' }, calls: [list], changed: 'false' },
  {
    what: '`update` by id',
    inputs: { operation: 'update', key_id: 'ID', is_active: 'false' },
    calls: [update],
    changed: 'true',
  },
  {
    what: '`update` by id to another name, which others may have',
    inputs: { operation: 'update', key_id: 'ID', new_name: 'x' },
    calls: [update, list],
    changed: 'true',
  },
  {
    what: '`delete` by id',
    inputs: { operation: 'delete', key_id: 'ID' },
    calls: [remove],
    changed: 'true',
  },
  {
    what: '`delete` by name',
    inputs: { operation: 'delete' },
    calls: [list, remove],
    changed: 'true',
  },
  {
    what: '`deactivate` by name',
    inputs: { operation: 'deactivate' },
    calls: [list, update],
    changed: 'true',
  },
  ...(['delete', 'deactivate'] as const).flatMap((operation) => [
    {
      what: `\`${operation}\` by id of what is gone`,
      inputs: { operation, key_id: 'ID' },
      before: 'gone' as const,
      // It may have been made a moment ago: asked for within a bound, and then looked for.
      calls:
        operation === 'delete'
          ? [remove, remove, remove, remove, list]
          : [get, update, update, update, update, list],
      changed: 'false' as const,
    },
    {
      what: `\`${operation}\` by name of what is gone`,
      inputs: { operation },
      before: 'gone' as const,
      calls: [list, list, list],
      changed: 'false' as const,
    },
  ]),
])('$what costs $calls', async ({ inputs, before = 'active', calls, changed }) => {
  // An `ensure` of a key that exists succeeds only where its value can be read.
  const one = await life({ discloseValues: 'always' });
  const id = before === 'gone' ? randomUUID() : one.seed({ active: before === 'active' }).id;
  const run = await one.run({ ...inputs, ...(inputs['key_id'] === 'ID' ? { key_id: id } : {}) });
  expect(run.exitCode).toBe(0);
  expect(run.outputs['changed']).toBe(changed);
  const { journal } = one.emulator;
  expect(journal.calls.map(({ rpc }) => rpc)).toEqual(calls);
  // Connected once, whatever it takes.
  expect(journal.connections).toBe(1);
});

test('the end of a rotation costs a look and a change', async () => {
  const { emulator, seed, step } = await life();
  seed();
  const job = step({ operation: 'rotate' });
  await job.main();
  emulator.journal.clear();
  await job.jobEnd('success');
  expect(emulator.journal.calls.map(({ rpc }) => rpc)).toEqual([list, update]);
});
