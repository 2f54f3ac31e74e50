import { describe, expect, jest, test } from '@jest/globals';
import { concurrentRuns } from './concurrent-runs.ts';
import { shareOfBreaches } from './examine.ts';
import {
  allAgree,
  createdOnce,
  neverWithout,
  nothingProvisional,
  oneNamePerRun,
  othersUntouched,
  type Guarantee,
} from './guarantees.ts';
import {
  blindToOthers,
  creatingAgain,
  namingTwice,
  namingFirst,
  retiringFirst,
  electingFor,
  sweepingAll,
  replacingItself,
  withoutCleaning,
  type Mutant,
} from './mutants.ts';
import { listThenCreate } from './naive.ts';
import { rotations } from './rotations.ts';
import type { Scenario } from './scenario.ts';
import { slowWrites } from './fault-schedule.ts';
import type { WorldOptions } from './world.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

/** In which share of the scenarios a guarantee is breached when something is broken on purpose. */
function breaches(
  scenario: (seed: number) => Scenario,
  guarantee: Guarantee,
  change: Partial<WorldOptions>,
  seeds = 30,
): Promise<number> {
  return shareOfBreaches({
    seeds,
    scenario: (seed) => {
      const played = scenario(seed);
      return { ...played, options: { ...played.options, ...change } };
    },
    check: guarantee,
  });
}

describe('what the simulation notices', () => {
  test('a plain list-then-create makes several keys on most of the schedules on which ensure makes one', async () => {
    expect(await breaches(concurrentRuns, allAgree, { perform: listThenCreate })).toBeGreaterThan(
      0.5,
    );
  });

  test.each([
    ['no time', 0, 0.2],
    ['half the time', 1500, 0.02],
  ])('%s to elect, where the bound is just kept', async (_what, shorterMs, share) => {
    const inBound = { faults: slowWrites, readLagMs: 0 };
    const hasty = { ...inBound, tamper: electingFor(shorterMs) };
    expect(await breaches(concurrentRuns, allAgree, inBound)).toBe(0);
    expect(await breaches(concurrentRuns, allAgree, hasty)).toBeGreaterThan(share);
  });

  test.each<[string, Mutant, Guarantee, number]>([
    ['a key that is named before the election', namingFirst, allAgree, 0.5],
    ['an election in which nobody sees the others', blindToOthers, allAgree, 0.3],
    ['losers that leave their keys', withoutCleaning, nothingProvisional, 0.5],
    ['a sweep of keys that others still work on', sweepingAll, othersUntouched, 0.5],
  ])('%s, where the bound is kept', async (_what, tamper, guarantee, share) => {
    expect(await breaches(concurrentRuns, guarantee, { tamper })).toBeGreaterThan(share);
  });

  test.each<[string, Mutant, Guarantee]>([
    ['a Create that is sent again after a lost answer', creatingAgain, createdOnce],
    ['a second key under the name, to be sure', namingTwice, oneNamePerRun],
  ])('%s, where anything can fail', async (_what, tamper, guarantee) => {
    // An `ensure` that finds a key makes none, so these are of rotations, which always do.
    expect(await breaches(rotations, guarantee, { tamper })).toBeGreaterThan(0.3);
  });

  test.each<[string, Mutant]>([
    ['a rotation that retires the old key first', retiringFirst],
    ['a rotation that takes its own key for an old one', replacingItself],
  ])('%s', async (_what, tamper) => {
    // Few schedules show it, so more of them are played than for the others.
    expect(await breaches(rotations, neverWithout, { tamper }, 400)).toBeGreaterThan(0.05);
  });
});
