import type { EnsureRequest } from '../../../src/operations/ensure-request.ts';
import { Prng } from './prng.ts';
import type { CrashPoint } from './process.ts';
import { ensuring, secret } from './requests.ts';
import type { RunPlan } from './run-plan.ts';
import type { Scenario } from './scenario.ts';
import { occasionalFaults, anyFaults } from './fault-schedule.ts';

/** How long a new key waits for others, as `ensure` has it. */
const settleMs = 3000;

/**
 * What the seeds begin with. Another text draws other schedules, and how often a mutant is noticed
 * (mutants.test.ts) was measured with these.
 */
const seedTexts = { concurrent: 'crowd', anyFaults: 'storm' } as const;

/**
 * Many callers `ensure` one name at about the same time, on a network that keeps the bound under
 * which they must agree.
 *
 * @param seed   which of many
 * @param crashes the share of callers that are cut off
 */
export function concurrentRuns(seed: number, crashes = 0): Scenario {
  const prng = new Prng(`${seedTexts.concurrent} ${seed}`);
  const readLagMs = prng.happens(0.5) ? 0 : prng.between(1, 900);
  // A list on its way back and a Create on its way there, and the lag twice, just fit into the time.
  const longestMs = Math.min(600, (settleMs - 2 * readLagMs) / 2);
  const createMs = prng.pick(longestMs, settleMs - 2 * readLagMs - longestMs);
  const spreadMs = prng.pick(0, 300, 3000, 15_000);
  const request = ensuring({ hashed: prng.happens(0.2) });
  return {
    options: {
      seed: `${seedTexts.concurrent} ${seed}`,
      readLagMs,
      hideValues: prng.happens(0.3),
      faults: occasionalFaults(longestMs, prng.pick(0, 0.03, 0.1), createMs),
    },
    original: prng.happens(0.1) ? 1 : 0,
    plans: callers(prng, request, {
      spreadMs,
      crashes,
      skewMs: 60_000,
      timeoutsMs: [60_000],
    }),
  };
}

/**
 * Callers that store the value as a secret of their own. GitHub refuses none: a key whose value surely
 * could not be stored is retired, as is asked for, also where another run has just found it.
 *
 * @param seed which of many
 */
export function concurrentRunsWithSecrets(seed: number): Scenario {
  const prng = new Prng(`secrets ${seed}`);
  const scenario = prng.happens(0.5)
    ? concurrentRuns(seed, 0.3)
    : concurrentRunsWithAnyFaults(seed);
  // Not hashed, so that the store can tell whose value a secret holds.
  const request = ensuring({ secret });
  const storing = (plan: RunPlan): RunPlan => ({
    ...plan,
    request,
    secretOutcome: prng.pick('stored', 'stored', 'stored_unanswered', 'lost'),
    ...(plan.rerun === undefined ? {} : { rerun: storing(plan.rerun) }),
  });
  return { ...scenario, plans: scenario.plans.map(storing) };
}

/**
 * The same, with reads that lag so much that a caller's own key does not show when it looks for the
 * others.
 *
 * @param seed which of many
 */
export function concurrentRunsWithSlowReads(seed: number): Scenario {
  const prng = new Prng(`slow ${seed}`);
  return {
    options: {
      seed: `slow ${seed}`,
      readLagMs: prng.between(settleMs + 1100, 9000),
      faults: occasionalFaults(500, 0),
    },
    original: 0,
    plans: callers(prng, ensuring(), {
      spreadMs: prng.pick(0, 300, 3000, 30_000),
      crashes: 0,
      skewMs: 60_000,
      timeoutsMs: [60_000],
    }),
  };
}

/**
 * The same on a network that keeps no bound at all.
 *
 * @param seed which of many
 */
export function concurrentRunsWithAnyFaults(seed: number): Scenario {
  const prng = new Prng(`${seedTexts.anyFaults} ${seed}`);
  const request = ensuring({
    hashed: prng.happens(0.2),
    retire: prng.pick('deactivate', 'delete'),
  });
  return {
    options: {
      seed: `${seedTexts.anyFaults} ${seed}`,
      readLagMs: prng.pick(0, 0, 500, 2000, 6000),
      hideValues: prng.happens(0.3),
      faults: anyFaults(prng.pick(0.05, 0.2, 0.4)),
    },
    original: prng.pick(0, 0, 0, 1, 2),
    plans: callers(prng, request, {
      spreadMs: prng.pick(0, 1000, 5000, 60_000),
      crashes: prng.pick(0, 0.2, 0.5),
      skewMs: 120_000,
      timeoutsMs: [20_000, 60_000, 300_000],
    }),
  };
}

interface Habits {
  readonly spreadMs: number;
  readonly crashes: number;
  readonly skewMs: number;
  readonly timeoutsMs: readonly number[];
}

function callers(
  prng: Prng,
  request: EnsureRequest,
  { spreadMs, crashes, skewMs, timeoutsMs }: Habits,
): readonly RunPlan[] {
  return Array.from({ length: prng.between(2, 20) }, (_, index): RunPlan => {
    const plan = {
      request,
      skewMs: prng.between(-skewMs, skewMs),
      timeoutMs: timeoutsMs[prng.between(0, timeoutsMs.length - 1)] ?? 60_000,
      jobLastsMs: prng.between(0, 60_000),
      jobStatus: prng.pick('success', 'failure', 'cancelled'),
      hasJobEnd: prng.happens(0.5),
    } as const;
    return {
      ...plan,
      name: String(index + 1),
      startsAfter: prng.between(0, spreadMs),
      crash: prng.happens(crashes) ? crashPoint(prng, 8) : undefined,
      ...(prng.happens(0.5)
        ? { rerun: { ...plan, name: `${index + 1} again`, startsAfter: 5000 } }
        : {}),
    };
  });
}

/** Somewhere in the life of a run. */
export function crashPoint(prng: Prng, calls: number): CrashPoint {
  return {
    call: prng.between(1, calls),
    moment: prng.pick('before', 'sent', 'answered'),
  };
}
