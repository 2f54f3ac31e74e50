import { expect, test } from '@jest/globals';
import type { IfValueLost } from '../../src/operations/ensure-request.ts';
import { setting, stored } from './setting.ts';
import { ensuring, name } from './simulation/requests.ts';
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
