import type { EnsureRequest } from '../../../src/operations/ensure.ts';
import { Chance } from './prng.ts';
import type { CrashPoint } from './process.ts';
import { ensuring, secret } from './requests.ts';
import type { RunPlan } from './run.ts';
import type { Scenario } from './scenario.ts';
import { changeable, storm } from './fault-schedule.ts';

/** How long a new key waits for others, as `ensure` has it. */
const settleMs = 3000;

/**
 * Many callers `ensure` one name at about the same time, on a network that keeps the bound under
 * which they must agree.
 *
 * @param seed   which of many
 * @param crashes the share of callers that are cut off
 */
export function crowd(seed: number, crashes = 0): Scenario {
  const chance = new Chance(`crowd ${seed}`);
  const readLagMs = chance.happens(0.5) ? 0 : chance.between(1, 900);
  // A list on its way back and a Create on its way there, and the lag twice, just fit into the time.
  const longestMs = Math.min(600, (settleMs - 2 * readLagMs) / 2);
  const createMs = chance.pick(longestMs, settleMs - 2 * readLagMs - longestMs);
  const spreadMs = chance.pick(0, 300, 3000, 15_000);
  const request = ensuring({ hashed: chance.happens(0.2) });
  return {
    options: {
      seed: `crowd ${seed}`,
      readLagMs,
      hideValues: chance.happens(0.3),
      weather: changeable(longestMs, chance.pick(0, 0.03, 0.1), createMs),
    },
    original: chance.happens(0.1) ? 1 : 0,
    plans: callers(chance, request, {
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
export function crowdWithSecrets(seed: number): Scenario {
  const chance = new Chance(`secrets ${seed}`);
  const scenario = chance.happens(0.5) ? crowd(seed, 0.3) : stormyCrowd(seed);
  // Not hashed, so that the store can tell whose value a secret holds.
  const request = ensuring({ secret });
  const storing = (plan: RunPlan): RunPlan => ({
    ...plan,
    request,
    secretFate: chance.pick('stored', 'stored', 'stored_unanswered', 'lost'),
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
export function crowdOfSlowReaders(seed: number): Scenario {
  const chance = new Chance(`slow ${seed}`);
  return {
    options: {
      seed: `slow ${seed}`,
      readLagMs: chance.between(settleMs + 1100, 9000),
      weather: changeable(500, 0),
    },
    original: 0,
    plans: callers(chance, ensuring(), {
      spreadMs: chance.pick(0, 300, 3000, 30_000),
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
export function stormyCrowd(seed: number): Scenario {
  const chance = new Chance(`storm ${seed}`);
  const request = ensuring({
    hashed: chance.happens(0.2),
    onExisting: chance.pick('reuse', 'reuse', 'fail', 'rotate'),
    retire: chance.pick('deactivate', 'delete'),
  });
  return {
    options: {
      seed: `storm ${seed}`,
      readLagMs: chance.pick(0, 0, 500, 2000, 6000),
      hideValues: chance.happens(0.3),
      weather: storm(chance.pick(0.05, 0.2, 0.4)),
    },
    original: chance.pick(0, 0, 0, 1, 2),
    plans: callers(chance, request, {
      spreadMs: chance.pick(0, 1000, 5000, 60_000),
      crashes: chance.pick(0, 0.2, 0.5),
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
  chance: Chance,
  request: EnsureRequest,
  { spreadMs, crashes, skewMs, timeoutsMs }: Habits,
): readonly RunPlan[] {
  return Array.from({ length: chance.between(2, 20) }, (_, index): RunPlan => {
    const plan = {
      request,
      skewMs: chance.between(-skewMs, skewMs),
      timeoutMs: timeoutsMs[chance.between(0, timeoutsMs.length - 1)] ?? 60_000,
      jobLastsMs: chance.between(0, 60_000),
      jobStatus: chance.pick('success', 'failure', 'cancelled'),
      hasPost: chance.happens(0.5),
    } as const;
    return {
      ...plan,
      name: String(index + 1),
      startsAfter: chance.between(0, spreadMs),
      crash: chance.happens(crashes) ? crashPoint(chance, 8) : undefined,
      ...(chance.happens(0.5)
        ? { rerun: { ...plan, name: `${index + 1} again`, startsAfter: 5000 } }
        : {}),
    };
  });
}

/** Somewhere in the life of a run. */
export function crashPoint(chance: Chance, calls: number): CrashPoint {
  return {
    call: chance.between(1, calls),
    moment: chance.pick('before', 'sent', 'answered'),
  };
}
