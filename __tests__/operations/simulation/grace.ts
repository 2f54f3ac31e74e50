import { clockDifferenceMs } from '../../../src/names/stamp.ts';
import { crashPoint } from './concurrent-runs.ts';
import { anyFaults, occasionalFaults } from './fault-schedule.ts';
import { prunes } from './nightly-prunes.ts';
import { Prng } from './prng.ts';
import { creating, ensuring, rotating, secret } from './requests.ts';
import type { RunPlan } from './run-plan.ts';
import type { Scenario } from './scenario.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** So long everything goes on: longer than two generations of keys in their grace period. */
const wholeMs = 6 * dayMs;

/** What differs between the worlds below. */
interface Habits {
  readonly seed: string;
  /** How far a clock may be off, either way, in milliseconds. */
  readonly skewMs: number;
  /** When the branch of the name is deleted: virtual time. Never when absent. */
  readonly goneAt?: number;
}

/**
 * Rotations of one name with a grace period that is longer than the time between them, in jobs that last up
 * to days; keys of the same name with an end of their own; a prune every night, and some right beside what
 * a rotation does.
 *
 * @param seed which of many
 */
export function rotationsWithGrace(seed: number): Scenario {
  return daysOf({ seed: `grace ${seed}`, skewMs: clockDifferenceMs / 2 });
}

/** The same with clocks that differ by up to six times as much as is reckoned with. */
export function clocksFarApart(seed: number): Scenario {
  return daysOf({ seed: `clocks ${seed}`, skewMs: 3 * clockDifferenceMs });
}

/** The same while the branch is deleted: no rotation begins after that, but jobs go on. */
export function branchDeleted(seed: number): Scenario {
  const goneAt = new Prng(`when ${seed}`).between(hourMs, wholeMs);
  return daysOf({ seed: `deleted ${seed}`, skewMs: clockDifferenceMs / 2, goneAt });
}

function daysOf({ seed, skewMs, goneAt = Infinity }: Habits): Scenario {
  const prng = new Prng(seed);
  const crashes = prng.pick(0, 0, 0.3);
  const successes = prng.pick(0.6, 1);
  const rotations = rotationsIn(prng, Math.min(wholeMs, goneAt), { crashes, successes });
  const runs = [...rotations, ...others(prng, Math.min(wholeMs, goneAt))];
  const plans = [...runs, ...prunes(prng, runs, wholeMs, goneAt)];
  return {
    options: {
      seed,
      readLagMs: prng.pick(0, 0, 300, 1500, 8000),
      hideValues: prng.happens(0.7),
      faults: prng.pick(occasionalFaults(300, 0.05), anyFaults(0.1), anyFaults(0.3)),
    },
    original: prng.pick(1, 1, 2),
    plans: plans.map((plan) => ({
      ...plan,
      skewMs: prng.pick(-skewMs, skewMs, prng.between(-skewMs, skewMs)),
    })),
  };
}

interface Chances {
  readonly crashes: number;
  readonly successes: number;
}

function rotationsIn(
  prng: Prng,
  withinMs: number,
  { crashes, successes }: Chances,
): readonly RunPlan[] {
  let before = 0;
  return Array.from({ length: prng.between(2, 5) }, (_, index): RunPlan => {
    // Some begin while the one before is still at work.
    const startsAfter =
      index > 0 && prng.happens(0.25)
        ? Math.min(withinMs, before + prng.between(0, 20_000))
        : prng.between(0, withinMs);
    before = startsAfter;
    const storesSecret = prng.happens(0.3);
    const graceMs = prng.pick(undefined, hourMs, dayMs, 2 * dayMs, 2 * dayMs);
    const common = {
      graceMs,
      retire: prng.pick('deactivate', 'deactivate', 'delete'),
      secret: storesSecret ? secret : undefined,
    } as const;
    const plan: Omit<RunPlan, 'name'> = {
      request:
        storesSecret && prng.happens(0.4)
          ? ensuring({ ...common, maxAgeMs: prng.pick(minuteMs, dayMs) })
          : rotating(common),
      timeoutMs: prng.pick(20_000, 60_000, 300_000),
      jobLastsMs: prng.pick(0, minuteMs, 6 * hourMs, prng.between(0, 3 * dayMs)),
      jobStatus: prng.happens(successes) ? 'success' : prng.pick('failure', 'cancelled'),
      hasJobEnd: prng.happens(0.9),
      secretOutcome: prng.pick('stored', 'stored', 'refused', 'stored_unanswered', 'lost'),
      outputsWritable: prng.happens(0.95),
    };
    return {
      ...plan,
      name: `rotation ${index + 1}`,
      startsAfter,
      crash: prng.happens(crashes) ? crashPoint(prng, 8) : undefined,
      jobEndCrash: prng.happens(crashes) ? crashPoint(prng, 4) : undefined,
      ...(prng.happens(0.5)
        ? { rerun: { ...plan, name: `rotation ${index + 1} again`, startsAfter: 5000 } }
        : {}),
    };
  });
}

/** Keys of the same name that have an end from the start, and deploys that want the one without. */
function others(prng: Prng, withinMs: number): readonly RunPlan[] {
  return Array.from({ length: prng.between(0, 3) }, (_, index): RunPlan => {
    const isCreate = prng.happens(0.7);
    return {
      name: `other ${index + 1}`,
      request: isCreate
        ? creating({
            expiresAfterMs: prng.pick(minuteMs, hourMs, dayMs),
            lifetime: prng.pick('permanent', 'job'),
          })
        : ensuring(),
      startsAfter: prng.between(0, withinMs),
      jobLastsMs: prng.pick(0, minuteMs, prng.between(0, dayMs)),
      jobStatus: prng.pick('success', 'failure'),
      hasJobEnd: prng.happens(0.5),
      crash: prng.happens(0.2) ? crashPoint(prng, 6) : undefined,
    };
  });
}
