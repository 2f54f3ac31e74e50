import { describe, expect, jest, test } from '@jest/globals';
import { convergesLater } from './convergence.ts';
import { isWithinBound } from './bound.ts';
import {
  concurrentRuns,
  concurrentRunsWithSlowReads,
  concurrentRunsWithSecrets,
  concurrentRunsWithAnyFaults,
} from './concurrent-runs.ts';
import { examine } from './examine.ts';
import {
  allAgree,
  always,
  nobodyHoldsADeadKey,
  nothingProvisional,
  oneLeftoverPerCrash,
} from './guarantees.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

describe('callers that ensure the same name at once', () => {
  test('all get the same key, the only one, and leave nothing else, where the bound is kept', async () => {
    const seeds = 500;
    let within = 0;
    await examine({
      seeds,
      scenario: concurrentRuns,
      check: (world) => {
        const agreement = isWithinBound(world) ? [allAgree, nothingProvisional] : [];
        within += agreement.length / 2;
        return [...always, ...agreement].flatMap((guarantee) => guarantee(world));
      },
    });
    expect(within).toBeGreaterThan(seeds * 0.9);
  });

  test('agree also when some of them are cut off at any point and started again', async () => {
    const seeds = 350;
    let within = 0;
    await examine({
      seeds,
      scenario: (seed) => concurrentRuns(seed, 0.3),
      check: async (world) => {
        const agreement = isWithinBound(world) ? [allAgree, oneLeftoverPerCrash] : [];
        within += agreement.length / 2;
        const breaches = [...always, ...agreement].flatMap((guarantee) => guarantee(world));
        return [...breaches, ...(await convergesLater(world))];
      },
    });
    expect(within).toBeGreaterThan(seeds * 0.9);
  });

  test('agree also when reads lag so much that nobody sees even the key of its own', async () => {
    await examine({
      seeds: 50,
      scenario: concurrentRunsWithSlowReads,
      check: (world) =>
        [...always, allAgree, nothingProvisional].flatMap((guarantee) => guarantee(world)),
    });
  });

  test('leave nobody with a dead key, whatever becomes of the secrets that they store', async () => {
    await examine({
      seeds: 200,
      scenario: concurrentRunsWithSecrets,
      check: (world) => [...always, nobodyHoldsADeadKey].flatMap((guarantee) => guarantee(world)),
    });
  });

  test('do no harm where anything can fail, and agree on one key once that is over', async () => {
    await examine({
      seeds: 350,
      scenario: concurrentRunsWithAnyFaults,
      check: async (world) => {
        const breaches = oneLeftoverPerCrash(world);
        const later = await convergesLater(world);
        return [...breaches, ...later, ...always.flatMap((guarantee) => guarantee(world))];
      },
    });
  });
});
