import { expect, test } from '@jest/globals';
import type { FaultRule } from '../../tools/emulator/faults.ts';
import { life } from './life.ts';

const jobs = 20;

/**
 * The answer is lost, and what it was about is done. A call is given up when it is lost four times
 * in a row, and the seed is one with three losses among the first 45 calls: so no job can fail at
 * its first look, which is the only one that it does not take again.
 */
const oneReplyInTenLost: FaultRule = {
  fault: { kind: 'commit-then-drop' },
  times: Infinity,
  probability: 0.1,
  seed: 59,
};

/** Answers the first look of each job late, so that most of them find nothing and make a key. */
const lateFirstLooks: FaultRule = {
  rpc: 'GetSendDataApiKeys',
  fault: { kind: 'delay', ms: 600, when: 'after' },
  times: jobs,
};

/** Carries a rename out late, so that who does not wait for the others to show up collides with them. */
const lateRenames: FaultRule = {
  rpc: 'UpdateApiKey',
  fault: { kind: 'delay', ms: 600 },
  times: Infinity,
};

test(`${jobs} jobs that ensure one name at once get one key, with one reply in ten lost`, async () => {
  const { emulator, run, active } = await life({
    discloseValues: 'always',
    faults: [oneReplyInTenLost, lateFirstLooks, lateRenames],
  });
  const { store, journal } = emulator;
  const runs = await Promise.all(Array.from({ length: jobs }, () => run({ operation: 'ensure' })));

  const ids = active();
  expect(ids).toHaveLength(1);
  expect(runs.map(({ exitCode, outputs }) => [exitCode, outputs['key_id']])).toEqual(
    Array.from({ length: jobs }, () => [0, ids[0]]),
  );
  const values = new Set(runs.map(({ outputs }) => outputs['value']));
  expect(values).toEqual(new Set(store.keys().map(({ value }) => value)));
  expect(store.keys()).toHaveLength(1);
  // Without several keys it would be no contest, and without losses no test.
  expect(journal.commits('CreateApiKey')).toBeGreaterThan(1);
  expect(journal.calls.map(({ outcome }) => outcome)).toContain('commit-then-drop');
});
