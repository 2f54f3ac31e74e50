import { describe, expect, jest, test } from '@jest/globals';
import { crowd } from './concurrent-runs.ts';
import { examine } from './examine.ts';
import type { Weather } from './fault-schedule.ts';
import { always, nobodyHoldsADeadKey } from './guarantees.ts';
import { dropped, replied, status } from './outcome.ts';
import type { Scenario } from './scenario.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

/** Renames are done and their replies lost; asked again, the service says no, later for good. */
const lostRenames: Weather = ({ rpc, failedBefore }, chance) => {
  const noticed = chance.between(20, 2000);
  if (rpc !== 'UpdateApiKey') return replied(10, 10);
  if (failedBefore === 0) return dropped(10, noticed);
  return failedBefore === 1 ? status(5, noticed) : status(chance.pick(5, 7, 16), noticed);
};

/** Callers of one name that come one after the other, while the first is still naming its key. */
function crowdWithLostRenames(seed: number): Scenario {
  const scenario = crowd(seed);
  return { ...scenario, options: { ...scenario.options, weather: lostRenames } };
}

describe('a crowd in which every rename is done, lost, and then refused', () => {
  test('keeps the key that somebody uses by then', async () => {
    let doubtful = 0;
    await examine({
      seeds: 100,
      scenario: crowdWithLostRenames,
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
