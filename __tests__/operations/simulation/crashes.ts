import type { RotateRequest } from '../../../src/operations/rotate.ts';
import { Prng } from './prng.ts';
import type { CrashPoint } from './process.ts';
import { ensuring, rotating, secret } from './requests.ts';
import type { RunPlan } from './run-plan.ts';
import type { Scenario } from './scenario.ts';
import { noFaults } from './fault-schedule.ts';

/** Every point of a process that makes at most so many calls. */
function crashPoints(calls: number): readonly CrashPoint[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (['before', 'sent', 'answered'] as const).map((moment) => ({ call, moment })),
  );
}

/** One `ensure`, cut off at every point, with and without a job end, and started again. */
export const ensureCutOff: readonly Scenario[] = [true, false].flatMap((hasJobEnd) =>
  crashPoints(5).map((crash) => again(0, { name: '1', request: ensuring(), hasJobEnd, crash })),
);

const rotateRequests: readonly RotateRequest[] = [
  ...(['job_succeeds', 'now', 'never'] as const).flatMap((retireWhen) => [
    rotating({ retireWhen }),
    rotating({ retireWhen, secret }),
  ]),
  rotating({ retire: 'delete' }),
];

/** One `rotate`, cut off in its main or its job end at every point, and started again. */
export const rotateCutOff: readonly Scenario[] = [0, 1, 2].flatMap((original) =>
  rotateRequests.flatMap((request) => [
    ...crashPoints(6).flatMap((crash) => [
      again(original, { name: '1', request, crash, hasJobEnd: true }),
      again(original, { name: '1', request, crash, hasJobEnd: false }),
    ]),
    ...crashPoints(4).flatMap((jobEndCrash) => [
      again(original, { name: '1', request, jobEndCrash, jobStatus: 'success' }),
      again(original, { name: '1', request, jobEndCrash, jobStatus: 'failure' }),
    ]),
  ]),
);

const dayMs = 24 * 60 * 60 * 1000;

/** One `rotate` with a grace period, cut off at every call of its main and of the end of its job. */
export const graceCutOff: readonly Scenario[] = [1, 2].flatMap((original) =>
  [
    rotating({ graceMs: dayMs }),
    rotating({ graceMs: dayMs, secret }),
    rotating({ graceMs: dayMs, retire: 'delete' }),
  ].flatMap((request) => [
    ...crashPoints(8).flatMap((crash) => [
      again(original, { name: '1', request, crash, hasJobEnd: true }),
      again(original, { name: '1', request, crash, hasJobEnd: false }),
    ]),
    ...crashPoints(5).flatMap((jobEndCrash) => [
      again(original, { name: '1', request, jobEndCrash, jobStatus: 'success' }),
      again(original, { name: '1', request, jobEndCrash, jobStatus: 'failure' }),
    ]),
  ]),
);

/** A run, and once it is over, the same again with nothing in its way. */
function again(original: number, plan: RunPlan): Scenario {
  const { name, request } = plan;
  const seed = JSON.stringify([original, plan]);
  const readLagMs = new Prng(seed).pick(0, 300, 1400);
  const rerun: RunPlan = {
    name: `${name} again`,
    request,
    // Where a secret is concerned, not before the one that was cut off is surely over: until then its key
    // is left alone, as its value may be on its way (operations/rotate.test.ts).
    startsAfter: 'secret' in request && request.secret !== undefined ? 600_000 : 5000,
    jobStatus: 'success',
  };
  return {
    options: { seed, readLagMs, faults: noFaults(40) },
    original,
    plans: [{ jobStatus: 'success', jobLastsMs: 1000, ...plan, rerun }],
  };
}
