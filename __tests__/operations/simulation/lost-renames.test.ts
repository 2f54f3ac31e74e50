import { describe, expect, jest, test } from '@jest/globals';
import type { StatusName } from '../../../src/coralogix/status.ts';
import { concurrentRuns } from './concurrent-runs.ts';
import { examine } from './examine.ts';
import type { FaultSchedule } from './fault-schedule.ts';
import { always, nobodyHoldsADeadKey } from './guarantees.ts';
import { dropped, replied, status } from './outcome.ts';
import type { Scenario } from './scenario.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

/** Renames are done and their replies lost; asked again, the service says no, later for good. */
const lostRenames: FaultSchedule = ({ rpc, failedBefore }, prng) => {
  const noticed = prng.between(20, 2000);
  if (rpc !== 'UpdateApiKey') return replied(10, 10);
  if (failedBefore === 0) return dropped(10, noticed);
  return failedBefore === 1
    ? status('NOT_FOUND', noticed)
    : status(prng.pick<StatusName>('NOT_FOUND', 'PERMISSION_DENIED', 'UNAUTHENTICATED'), noticed);
};

/** Callers of one name that come one after the other, while the first is still naming its key. */
function concurrentRunsWithLostRenames(seed: number): Scenario {
  const scenario = concurrentRuns(seed);
  return { ...scenario, options: { ...scenario.options, faults: lostRenames } };
}

describe('concurrent runs of which every rename is done, lost, and then refused', () => {
  test('keep the key that somebody uses by then', async () => {
    let doubtful = 0;
    await examine({
      seeds: 100,
      scenario: concurrentRunsWithLostRenames,
      check: (world) => {
        const told = world.reports.filter(({ failure }) =>
          failure?.message.includes('may have its name by now'),
        );
        const isUsed = world.reports.some(({ ending }) => ending === 'done');
        doubtful += told.length > 0 && isUsed ? 1 : 0;
        return [...always, nobodyHoldsADeadKey].flatMap((guarantee) => guarantee(world));
      },
    });
    expect(doubtful).toBeGreaterThan(10);
  });
});
