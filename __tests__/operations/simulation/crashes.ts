import type { RotateRequest } from '../../../src/operations/rotate.ts';
import { Chance } from './prng.ts';
import type { CrashPoint } from './process.ts';
import { ensuring, rotating, secret } from './requests.ts';
import type { RunPlan } from './run.ts';
import type { Scenario } from './scenario.ts';
import { calm } from './fault-schedule.ts';

/** Every point of a process that makes at most so many calls. */
function crashPoints(calls: number): readonly CrashPoint[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (['before', 'sent', 'answered'] as const).map((moment) => ({ call, moment })),
  );
}

/** One `ensure`, cut off at every point, with and without a post step, and started again. */
export const ensureCutOff: readonly Scenario[] = [true, false].flatMap((hasPost) =>
  crashPoints(5).map((crash) => again(0, { name: '1', request: ensuring(), hasPost, crash })),
);

const rotateRequests: readonly RotateRequest[] = [
  ...(['job_succeeds', 'now', 'never'] as const).flatMap((retireWhen) => [
    rotating({ retireWhen }),
    rotating({ retireWhen, secret }),
  ]),
  rotating({ retire: 'delete' }),
];

/** One `rotate`, cut off in its main or its post at every point, and started again. */
export const rotateCutOff: readonly Scenario[] = [0, 1, 2].flatMap((original) =>
  rotateRequests.flatMap((request) => [
    ...crashPoints(6).flatMap((crash) => [
      again(original, { name: '1', request, crash, hasPost: true }),
      again(original, { name: '1', request, crash, hasPost: false }),
    ]),
    ...crashPoints(4).flatMap((postCrash) => [
      again(original, { name: '1', request, postCrash, jobStatus: 'success' }),
      again(original, { name: '1', request, postCrash, jobStatus: 'failure' }),
    ]),
  ]),
);

/** A run, and once it is over, the same again with nothing in its way. */
function again(original: number, plan: RunPlan): Scenario {
  const { name, request } = plan;
  const seed = JSON.stringify([original, plan]);
  const readLagMs = new Chance(seed).pick(0, 300, 1400);
  const rerun: RunPlan = {
    name: `${name} again`,
    request,
    startsAfter: 5000,
    jobStatus: 'success',
  };
  return {
    options: { seed, readLagMs, weather: calm(40) },
    original,
    plans: [{ jobStatus: 'success', jobLastsMs: 1000, ...plan, rerun }],
  };
}
