import { describe, jest, test } from '@jest/globals';
import { plural } from '../../../src/core/text.ts';
import { convergesLater } from './convergence.ts';
import { ensureCutOff, rotateCutOff } from './crashes.ts';
import { examine } from './examine.ts';
import {
  activeIn,
  always,
  neverWithout,
  oneLeftoverPerCrash,
  type Guarantee,
} from './guarantees.ts';
import type { Scenario } from './scenario.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

describe('a run that is cut off and started again', () => {
  test('of ensure, at every point: one key bears the name, and the second run has it', async () => {
    await examineAll(ensureCutOff, [...always, oneLeftoverPerCrash, isOneKey]);
  });

  test('of rotate, at every point of main and job end: one key bears the name, and there always was one', async () => {
    await examineAll(rotateCutOff, [...always, oneLeftoverPerCrash, neverWithout, isOneKey]);
  });
});

async function examineAll(
  scenarios: readonly Scenario[],
  guarantees: readonly Guarantee[],
): Promise<void> {
  await examine({
    seeds: scenarios.length,
    scenario: (seed) => scenarios[(seed - 1) % scenarios.length] ?? missing(),
    check: async (world) => {
      const breaches = guarantees.flatMap((guarantee) => guarantee(world));
      return [...breaches, ...(await convergesLater(world))];
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
