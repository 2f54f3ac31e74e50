import { describe, expect, jest, test } from '@jest/globals';
import {
  endsAreFinal,
  endsFollowSuccess,
  leavesNothingUnsaid,
  noneBeforeItsEnd,
  noneEarlierThanClocksDiffer,
  noneOutlivesItsEnd,
  nothingBeforeDelivery,
} from './ends.ts';
import { examine, shareOfBreaches } from './examine.ts';
import {
  believingAllDone,
  grantingAtOnce,
  leavingEnds,
  lengthening,
  pruneIgnoringStamps,
  retiringDueFirst,
  retiringEndedFirst,
  sweepingTheYoung,
  trustingClocks,
  withoutGrace,
} from './grace-mutants.ts';
import type { FaultSchedule } from './fault-schedule.ts';
import { clocksFarApart, rotationsWithGrace } from './grace.ts';
import {
  always,
  createdOnce,
  neverWithout,
  oneNamePerRun,
  othersUntouched,
  type Guarantee,
} from './guarantees.ts';
import { creatingAgain, namingTwice, retiringFirst } from './mutants.ts';
import { replied, status } from './outcome.ts';
import type { WorldOptions } from './world.ts';
import { tidiedUp } from './nightly-prunes.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

/** In which share of the schedules of grace.test.ts a guarantee is breached. */
function breaches(
  guarantee: Guarantee,
  change: Partial<WorldOptions>,
  seeds = 40,
): Promise<number> {
  return shareOfBreaches({
    seeds,
    scenario: (seed) => {
      const played = rotationsWithGrace(seed);
      return { ...played, options: { ...played.options, ...change } };
    },
    check: guarantee,
  });
}

describe('what the simulation notices of ends, on the schedules on which all holds', () => {
  test.each<[string, Partial<WorldOptions>, Guarantee, number]>([
    ['a prune that ignores stamps', { perform: pruneIgnoringStamps }, noneBeforeItsEnd, 0.3],
    ['a prune that ignores stamps', { perform: pruneIgnoringStamps }, othersUntouched, 0.3],
    ['a prune that sweeps young keys', { tamper: sweepingTheYoung }, othersUntouched, 0.3],
    ['a prune that leaves ends alone', { tamper: leavingEnds }, noneOutlivesItsEnd, 0.3],
    ['a grace that begins at once', { tamper: grantingAtOnce }, endsFollowSuccess, 0.3],
    ['no grace at all', { tamper: withoutGrace }, othersUntouched, 0.3],
    ['a later rotation that lengthens', { tamper: lengthening }, endsAreFinal, 0.1],
    ['a later rotation that shortens', { tamper: retiringEndedFirst }, noneBeforeItsEnd, 0.1],
    ['a second key under the name', { tamper: namingTwice }, oneNamePerRun, 0.5],
    ['a Create that is sent again', { tamper: creatingAgain }, createdOnce, 0.1],
    ['a rotation that retires first', { tamper: retiringFirst }, neverWithout, 0.1],
  ])('%s', async (_what, change, guarantee, share) => {
    expect(await breaches(guarantee, change)).toBeGreaterThan(share);
  });

  test('an end of the job that takes all for done, where it can change nothing', async () => {
    const faults: FaultSchedule = ({ half, rpc }) =>
      half === 'job-end' && rpc === 'UpdateApiKey' ? status('UNAVAILABLE', 20) : replied(10, 10);
    expect(await breaches(leavesNothingUnsaid, { faults })).toBe(0);
    const believing = { faults, tamper: believingAllDone };
    expect(await breaches(leavesNothingUnsaid, believing)).toBeGreaterThan(0.3);
  });

  test.each<[string, Partial<WorldOptions>, Guarantee]>([
    [
      'an end that is read without the difference of clocks',
      { tamper: trustingClocks },
      noneBeforeItsEnd,
    ],
    [
      'due keys retired before the new value is handed out',
      { tamper: retiringDueFirst },
      nothingBeforeDelivery,
    ],
  ])('%s', async (_what, change, guarantee) => {
    // Few schedules show it, so more of them are played than for the others.
    expect(await breaches(guarantee, change, 200)).toBeGreaterThan(0.02);
  });

  test('clocks further apart than is reckoned with: a key that goes too early by the excess, and no other harm', async () => {
    const seeds = 200;
    let early = 0;
    await examine({
      seeds,
      scenario: clocksFarApart,
      check: async (world) => {
        early += noneBeforeItsEnd(world).length > 0 ? 1 : 0;
        const guarantees = [...always, noneEarlierThanClocksDiffer, noneOutlivesItsEnd];
        const found = [...guarantees, endsAreFinal, endsFollowSuccess, neverWithout].flatMap(
          (guarantee) => guarantee(world),
        );
        return [...found, ...nothingBeforeDelivery(world), ...(await tidiedUp(world))];
      },
    });
    expect(early).toBeGreaterThan(seeds * 0.01);
  });
});
