import { describe, jest, test } from '@jest/globals';
import { plural } from '../../../src/core/text.ts';
import { convergesLater } from './convergence.ts';
import { ensureCutOff, graceCutOff, rotateCutOff } from './crashes.ts';
import { alwaysOfEnds } from './ends.ts';
import { examine } from './examine.ts';
import {
  activeIn,
  always,
  neverWithout,
  oneLeftoverPerCrash,
  type Guarantee,
} from './guarantees.ts';
import type { Scenario } from './scenario.ts';
import type { World } from './world.ts';
import { tidiedUp } from './nightly-prunes.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

describe('a run that is cut off and started again', () => {
  test('of ensure, at every point: one key bears the name, and the second run has it', async () => {
    await examineAll(ensureCutOff, [...always, oneLeftoverPerCrash, isOneKey]);
  });

  test('of rotate, at every point of main and job end: one key bears the name, and there always was one', async () => {
    await examineAll(rotateCutOff, [...always, oneLeftoverPerCrash, neverWithout, isOneKey]);
  });

  test('of rotate with a grace period, at every point: one key bears the name, and the others are gone in time', async () => {
    const guarantees = [...always, ...alwaysOfEnds, oneLeftoverPerCrash, neverWithout, isOneKey];
    await examineAll(graceCutOff, guarantees, tidiedUp);
  });
});

async function examineAll(
  scenarios: readonly Scenario[],
  guarantees: readonly Guarantee[],
  later: (world: World) => Promise<readonly string[]> = convergesLater,
): Promise<void> {
  await examine({
    seeds: scenarios.length,
    scenario: (seed) => scenarios[(seed - 1) % scenarios.length] ?? missing(),
    check: async (world) => {
      const breaches = guarantees.flatMap((guarantee) => guarantee(world));
      return [...breaches, ...(await later(world))];
    },
  });
}

/** Once a run came to its end and its job succeeded, its key is the only one. */
const isOneKey: Guarantee = ({ reports, store }) => {
  const last = reports.at(-1);
  const { request, jobStatus, hasJobEnd } = last?.plan ?? {};
  if (last?.ending !== 'done') return [`the last run ended ${last?.ending ?? 'before it began'}`];
  if (jobStatus !== 'success' || hasJobEnd === false) return [];
  if (request?.operation === 'rotate' && request.retireWhen === 'never') return [];
  const active = activeIn(store.keys());
  return active.length === 1 && active[0] === last.outcome?.key?.id
    ? []
    : [`${plural(active.length, 'active key')} bear the name`];
};

function missing(): never {
  throw new Error('there is no such scenario');
}
