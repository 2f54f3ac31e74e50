import { describe, test } from '@jest/globals';
import { settlesDown } from './aftermath.ts';
import { examine } from './examine.ts';
import { always, neverWithout, oneLeftoverPerCrash } from './guarantees.ts';
import { activeAsPlanned } from './model.ts';
import { rotations, rotationsInTurn } from './rotations.ts';

describe('rotations of one name', () => {
  test('never leave it without an active key, whatever happens to them', async () => {
    await examine({
      seeds: 700,
      scenario: rotations,
      check: async (world) => {
        const breaches = [...oneLeftoverPerCrash(world), ...neverWithout(world)];
        const later = await settlesDown(world);
        return [...breaches, ...later, ...always.flatMap((guarantee) => guarantee(world))];
      },
    });
  });

  test('leave those keys active that the end of the job calls for', async () => {
    await examine({
      seeds: 200,
      scenario: rotationsInTurn,
      check: (world) =>
        [...always, neverWithout, activeAsPlanned].flatMap((guarantee) => guarantee(world)),
    });
  });
});
