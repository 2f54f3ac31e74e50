import { describe, expect, jest, test } from '@jest/globals';
import { alwaysOfEnds } from './ends.ts';
import { leavingEnds } from './grace-mutants.ts';
import { always } from './guarantees.ts';
import { misfits, numbersOf } from './month-numbers.ts';
import { liveMonth } from './month.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000 * Number(process.env['SIMULATION_SCALE'] ?? 1));

/** How many months; `SIMULATION_SCALE` multiplies it. */
const months = 3 * Number(process.env['SIMULATION_SCALE'] ?? 1);

describe('a month of a team whose jobs are killed now and then', () => {
  test.each(Array.from({ length: months }, (_, index) => index + 1))(
    'ends with exactly the keys that should be there (seed %i)',
    async (seed) => {
      const month = await liveMonth(seed);
      const { world } = month;
      const breaches = [...always, ...alwaysOfEnds].flatMap((guarantee) => guarantee(world));
      const numbers = numbersOf(month);
      // eslint-disable-next-line no-console -- the numbers of docs/guarantees.md
      if (process.env['SIMULATION_NUMBERS'] !== undefined) console.log(numbers);
      expect([...misfits(month), ...breaches]).toEqual([]);
      // Without these, it would be no such month.
      expect(numbers.jobsKilled).toBeGreaterThan(10);
      expect(numbers.eventsLost).toBeGreaterThan(0);
      expect(numbers.graces).toBeGreaterThanOrEqual(10);
    },
  );

  test('leaves keys behind with a prune that passes over ends', async () => {
    const found = misfits(await liveMonth(1, { tamper: leavingEnds }));
    expect(found.join('\n')).toMatch(/ ~until-\S+" is left/u);
  });
});
