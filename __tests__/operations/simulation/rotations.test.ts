import { describe, jest, test } from '@jest/globals';
import { convergesLater } from './convergence.ts';
import { examine } from './examine.ts';
import { always, neverWithout, oneLeftoverPerCrash } from './guarantees.ts';
import { activeAsPlanned } from './model.ts';
import { rotations, rotationsInTurn } from './rotations.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

describe('rotations of one name', () => {
  test('never leave it without an active key, whatever happens to them', async () => {
    await examine({
      seeds: 600,
      scenario: rotations,
      check: async (world) => {
        const breaches = [...oneLeftoverPerCrash(world), ...neverWithout(world)];
        const later = await convergesLater(world);
        return [...breaches, ...later, ...always.flatMap((guarantee) => guarantee(world))];
      },
    });
  });

  test('leave those keys active that the end of the job calls for', async () => {
    await examine({
      seeds: 150,
      scenario: rotationsInTurn,
      check: (world) =>
        [...always, neverWithout, activeAsPlanned].flatMap((guarantee) => guarantee(world)),
    });
  });
});
