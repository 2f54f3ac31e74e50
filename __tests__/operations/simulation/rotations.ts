import { Chance } from './prng.ts';
import { crashPoint } from './concurrent-runs.ts';
import { ensuring, rotating, secret } from './requests.ts';
import type { RunPlan, SecretFate } from './run.ts';
import type { Scenario } from './scenario.ts';
import { changeable, storm } from './fault-schedule.ts';

/**
 * Rotations of one name, at the same time and after each other, with a few runs of `ensure` among
 * them, on any network.
 *
 * @param seed which of many
 */
export function rotations(seed: number): Scenario {
  const chance = new Chance(`rotations ${seed}`);
  const original = chance.pick(0, 1, 1, 1, 2);
  const spreadMs = chance.pick(0, 2000, 30_000, 200_000);
  const crashes = chance.pick(0, 0.3);
  const successes = chance.pick(0, 0.6, 1);
  // Jobs that end at the same moment get into each other's way most.
  const endTogether = chance.happens(0.5);
  return {
    options: {
      seed: `rotations ${seed}`,
      readLagMs: chance.pick(0, 0, 300, 1500, 8000),
      hideValues: chance.happens(0.3),
      weather: chance.pick(changeable(300, 0.05), storm(0.1), storm(0.3)),
    },
    original,
    plans: Array.from({ length: chance.between(1, 8) }, (_, index): RunPlan => {
      const isRotation = chance.happens(0.8);
      const storesSecret = chance.happens(0.3);
      const startsAfter = chance.between(0, spreadMs);
      const plan: Omit<RunPlan, 'name'> = {
        request: isRotation
          ? rotating({
              hashed: chance.happens(0.2),
              retire: chance.pick('deactivate', 'deactivate', 'delete'),
              retireWhen: chance.pick('job_succeeds', 'job_succeeds', 'now', 'never'),
              secret: storesSecret ? secret : undefined,
            })
          : ensuring({ onExisting: chance.pick('reuse', 'rotate') }),
        skewMs: chance.between(-60_000, 60_000),
        timeoutMs: chance.pick(20_000, 60_000, 300_000),
        jobLastsMs: endTogether
          ? spreadMs + 5000 - startsAfter
          : chance.pick(0, 1000, chance.between(0, 60_000)),
        jobStatus: chance.happens(successes) ? 'success' : chance.pick('failure', 'cancelled'),
        hasPost: chance.happens(0.8),
        // A first key that cannot be handed out is taken back, and then there is none: as it should be.
        secretFate:
          original === 0
            ? chance.pick('stored', 'stored_unanswered', 'lost')
            : chance.pick('stored', 'refused', 'stored_unanswered', 'lost'),
        outputsWritable: original === 0 || chance.happens(0.9),
      };
      return {
        ...plan,
        name: String(index + 1),
        startsAfter,
        crash: chance.happens(crashes) ? crashPoint(chance, 6) : undefined,
        ...(chance.happens(0.5)
          ? { rerun: { ...plan, name: `${index + 1} again`, startsAfter: 5000 } }
          : {}),
      };
    }),
  };
}

/**
 * Rotations of one name, each of which begins when the job of the one before is long over.
 *
 * @param seed which of many
 */
export function rotationsInTurn(seed: number): Scenario {
  const chance = new Chance(`in turn ${seed}`);
  const original = chance.pick(0, 1, 2);
  return {
    options: {
      seed: `in turn ${seed}`,
      readLagMs: chance.pick(0, 300, 1400),
      hideValues: chance.happens(0.3),
      weather: changeable(200, 0.05),
    },
    original,
    plans: Array.from({ length: 4 }, (_, index): RunPlan => {
      // A first key that cannot be handed out is taken back, and then there is none.
      const canFail = original > 0 || index > 0;
      return {
        name: String(index + 1),
        request: rotating({
          retire: chance.pick('deactivate', 'delete'),
          retireWhen: chance.pick('job_succeeds', 'job_succeeds', 'now', 'never'),
          secret: chance.pick(undefined, secret),
        }),
        startsAfter: index * 600_000,
        jobLastsMs: chance.pick(0, 1000, 30_000),
        jobStatus: chance.pick('success', 'failure', 'cancelled'),
        secretFate: chance.pick<SecretFate>(
          'stored',
          canFail ? 'refused' : 'stored',
          'stored_unanswered',
          'lost',
        ),
        outputsWritable: !canFail || chance.happens(0.8),
      };
    }),
  };
}
