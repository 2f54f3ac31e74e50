import { describe, jest, test } from '@jest/globals';
import { convergesLater } from './convergence.ts';
import { alwaysOfEnds } from './ends.ts';
import { examine } from './examine.ts';
import { branchDeleted, rotationsWithGrace } from './grace.ts';
import { always, neverWithout, oneLeftoverPerCrash } from './guarantees.ts';
import { tidiedUp } from './nightly-prunes.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000 * Number(process.env['SIMULATION_SCALE'] ?? 1));

describe('days of rotations with a grace period, with a prune every night and some beside them', () => {
  test('retire no key before its end, leave none for longer, and never the name without one', async () => {
    await examine({
      seeds: 1000,
      scenario: rotationsWithGrace,
      check: async (world) => {
        const guarantees = [...always, ...alwaysOfEnds, neverWithout, oneLeftoverPerCrash];
        const breaches = guarantees.flatMap((guarantee) => guarantee(world));
        return [...breaches, ...(await tidiedUp(world)), ...(await convergesLater(world))];
      },
    });
  });

  test('leave nothing of a branch that was deleted, whatever was under way', async () => {
    await examine({
      seeds: 400,
      scenario: branchDeleted,
      check: async (world) => {
        const guarantees = [...always, ...alwaysOfEnds, oneLeftoverPerCrash];
        const breaches = guarantees.flatMap((guarantee) => guarantee(world));
        return [...breaches, ...(await tidiedUp(world, true))];
      },
    });
  });
});
