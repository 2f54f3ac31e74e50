import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.ts';
import type { EnsureRequest, IfValueLost } from '../../src/operations/ensure-request.ts';
import { play, setting, stored } from './setting.ts';
import { ensuring, name, secret } from './simulation/requests.ts';
import { arrange } from './simulation/run.ts';

test.each<IfValueLost>(['fail', 'rotate', 'ignore'])(
  'a value that another run has learnt a moment ago is not lost, whatever `if_value_lost` says: %s',
  async (ifValueLost) => {
    const world = setting({ hideValues: true });
    for (const run of ['first', 'second']) {
      arrange(world, { name: run, request: ensuring({ ifValueLost }), jobStatus: 'success' });
    }
    await world.time.run();
    const { reports } = world;
    const failed = reports.flatMap(({ failure }) => failure ?? []);
    // To rotate it would be to retire the key that the other run goes on to use.
    expect(stored(world)).toEqual([{ name, active: true }]);
    expect(reports.filter(({ outcome }) => outcome?.created === true)).toHaveLength(1);
    expect(failed).toHaveLength(1);
    expect(failed[0]).toMatchObject({ kind: 'value_hidden' });
    expect(failed[0]?.report).toMatch(/Another run has just made it.*Run the job again/u);
  },
);

describe('`if_value_lost: ignore`', () => {
  const nowhere = ensuring({ ifValueLost: 'ignore' });
  const words = 'The output `value` is empty, as `if_value_lost` says.';
  const empty = expect.stringContaining(words) as unknown;

  test('is a line of the log where the value is kept nowhere: that was asked for', async () => {
    const world = setting({ hideValues: true });
    await world.plant([{ name }]);
    const { warnings, notices, infos, outcome } = await play(world, nowhere);
    expect([warnings, notices]).toEqual([[], []]);
    expect(infos).toEqual([empty]);
    expect(outcome?.value).toBeUndefined();
  });

  test.each<[string, Partial<EnsureRequest>]>([
    ['a secret that is not there', { secret }],
    ['a blank that is passed in', { storedValue: { isPassed: true, value: undefined } }],
    [
      'a value that does not work',
      { verify: true, storedValue: { isPassed: true, value: new Secret('cxtp_of_no_key') } },
    ],
  ])('is a warning where the value was to be in a place: %s', async (_what, change) => {
    const world = setting({ hideValues: true });
    await world.plant([{ name }]);
    const { warnings, infos } = await play(world, { ...nowhere, ...change });
    expect(warnings).toEqual([empty]);
    expect(infos.filter((line) => line.includes(words))).toEqual([]);
  });

  test('is a warning where the value that the service discloses does not work', async () => {
    const world = setting();
    await world.plant([{ name }]);
    world.ingestionBehaviour = { newKeysAcceptedAfterMs: 1_000_000 };
    const { warnings } = await play(world, { ...nowhere, verify: true });
    expect(warnings).toEqual([empty]);
  });
});
