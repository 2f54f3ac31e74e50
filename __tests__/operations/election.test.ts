import { expect, test } from '@jest/globals';
import { setting, stored } from './setting.ts';
import { ensuring, name } from './simulation/requests.ts';
import { arrange } from './simulation/run.ts';

test('who loses deletes its key before it waits for the winner, and leaves that to no end of a job', async () => {
  const world = setting();
  for (const run of ['first', 'second']) {
    arrange(world, { name: run, request: ensuring(), hasJobEnd: false });
  }
  await world.time.run();
  const loser = world.reports.find(({ outcome }) => outcome?.created === false)?.plan.name;
  const calls = world.history.calls.flatMap(({ run, rpc }) => (run === loser ? [rpc] : []));
  // Whoever waits with a key of its own is waited for by the others, and taken for dead in the end.
  expect(calls).toEqual([
    'GetSendDataApiKeys',
    'CreateApiKey',
    'GetSendDataApiKeys',
    'DeleteApiKey',
    'GetSendDataApiKeys',
  ]);
  expect(stored(world)).toEqual([{ name, active: true }]);
});
