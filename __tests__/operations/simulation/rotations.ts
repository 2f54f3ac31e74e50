import type { RotateRequest } from '../../../src/operations/rotate.ts';
import { Prng } from './prng.ts';
import { crashPoint } from './concurrent-runs.ts';
import { ensuring, rotating, secret } from './requests.ts';
import type { RunPlan, SecretOutcome } from './run-plan.ts';
import type { Scenario } from './scenario.ts';
import { occasionalFaults, anyFaults } from './fault-schedule.ts';

/**
 * Rotations of one name, at the same time and after each other, with a few runs of `ensure` among
 * them, on any network.
 *
 * @param seed which of many
 */
export function rotations(seed: number): Scenario {
  const prng = new Prng(`rotations ${seed}`);
  const original = prng.pick(0, 1, 1, 1, 2);
  const spreadMs = prng.pick(0, 2000, 30_000, 200_000);
  const crashes = prng.pick(0, 0.3);
  const successes = prng.pick(0, 0.6, 1);
  // Jobs that end at the same moment get into each other's way most.
  const endTogether = prng.happens(0.5);
  return {
    options: {
      seed: `rotations ${seed}`,
      readLagMs: prng.pick(0, 0, 300, 1500, 8000),
      hideValues: prng.happens(0.3),
      faults: prng.pick(occasionalFaults(300, 0.05), anyFaults(0.1), anyFaults(0.3)),
    },
    original,
    plans: Array.from({ length: prng.between(1, 8) }, (_, index): RunPlan => {
      const isRotation = prng.happens(0.8);
      const storesSecret = prng.happens(0.3);
      const startsAfter = prng.between(0, spreadMs);
      const plan: Omit<RunPlan, 'name'> = {
        request: isRotation ? anyRotation(prng, storesSecret) : ensuring(),
        skewMs: prng.between(-60_000, 60_000),
        timeoutMs: prng.pick(20_000, 60_000, 300_000),
        jobLastsMs: endTogether
          ? spreadMs + 5000 - startsAfter
          : prng.pick(0, 1000, prng.between(0, 60_000)),
        jobStatus: prng.happens(successes) ? 'success' : prng.pick('failure', 'cancelled'),
        hasJobEnd: prng.happens(0.8),
        // A first key that cannot be handed out is taken back, and then there is none: as it should be.
        secretOutcome:
          original === 0
            ? prng.pick('stored', 'stored_unanswered', 'lost')
            : prng.pick('stored', 'refused', 'stored_unanswered', 'lost'),
        outputsWritable: original === 0 || prng.happens(0.9),
      };
      return {
        ...plan,
        name: String(index + 1),
        startsAfter,
        crash: prng.happens(crashes) ? crashPoint(prng, 6) : undefined,
        ...(prng.happens(0.5)
          ? { rerun: { ...plan, name: `${index + 1} again`, startsAfter: 5000 } }
          : {}),
      };
    }),
  };
}

function anyRotation(prng: Prng, storesSecret: boolean): RotateRequest {
  return rotating({
    hashed: prng.happens(0.2),
    retire: prng.pick('deactivate', 'deactivate', 'delete'),
    retireWhen: prng.pick('job_succeeds', 'job_succeeds', 'now', 'never'),
    secret: storesSecret ? secret : undefined,
  });
}

/**
 * Rotations of one name, each of which begins when the job of the one before is long over.
 *
 * @param seed which of many
 */
export function rotationsInTurn(seed: number): Scenario {
  const prng = new Prng(`in turn ${seed}`);
  const original = prng.pick(0, 1, 2);
  return {
    options: {
      seed: `in turn ${seed}`,
      readLagMs: prng.pick(0, 300, 1400),
      hideValues: prng.happens(0.3),
      faults: occasionalFaults(200, 0.05),
    },
    original,
    plans: Array.from({ length: 4 }, (_, index): RunPlan => {
      // A first key that cannot be handed out is taken back, and then there is none.
      const canFail = original > 0 || index > 0;
      return {
        name: String(index + 1),
        request: rotating({
          retire: prng.pick('deactivate', 'delete'),
          retireWhen: prng.pick('job_succeeds', 'job_succeeds', 'now', 'never'),
          secret: prng.pick(undefined, secret),
        }),
        // By then, none of those that store a value can still be at work.
        startsAfter: index * 4_000_000,
        jobLastsMs: prng.pick(0, 1000, 30_000),
        jobStatus: prng.pick('success', 'failure', 'cancelled'),
        secretOutcome: prng.pick<SecretOutcome>(
          'stored',
          canFail ? 'refused' : 'stored',
          'stored_unanswered',
          'lost',
        ),
        outputsWritable: !canFail || prng.happens(0.8),
      };
    }),
  };
}
