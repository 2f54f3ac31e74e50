import { beforeAll, describe, expect, test } from '@jest/globals';
import { pooled } from './harness.ts';
import { keyName, life, type Inputs, type Life } from './life.ts';
import { momentsOf, stoppedAt, type Moment } from './moments.ts';

/** How many active keys bore the name, at the least and at the most, after any change. */
function countActive({ emulator, active }: Life): { least: number; most: number } {
  const counts = { least: active().length, most: active().length };
  emulator.store.onCommit(() => {
    const count = active().length;
    counts.least = Math.min(counts.least, count);
    counts.most = Math.max(counts.most, count);
  });
  return counts;
}

interface Case {
  readonly inputs: Inputs;
  readonly moment: Moment;
  /** Which script is killed (SIGKILL). */
  readonly phase: 'main' | 'post';
  /** Whether the runner still gets to run the post script of the step whose main one was killed. */
  readonly withJobEnd: boolean;
}

const title = ({ inputs, moment, phase, withJobEnd }: Case): string =>
  `${Object.values(inputs).join(', ')}: killed in ${phase}, ${moment.when} ${moment.rpc} (call ${moment.call}), ${
    withJobEnd ? 'then the job end' : 'and no job end'
  }`;

/** What is to be seen after the job was run again. */
interface Result {
  readonly killed: { readonly rpc: string | undefined; readonly signal: string | null };
  /** Its exit code. */
  readonly rerun: number | null;
  /** Whether the key that the rerun hands out is the one active key with the name. */
  readonly converged: boolean;
  readonly activeAtLeast: number;
  readonly activeAtMost: number;
  readonly provisional: number;
}

async function play({ inputs, moment, phase, withJobEnd }: Case): Promise<Result> {
  // Who is run again finds the key by its name, and needs its value.
  const one = await life({ discloseValues: 'always' });
  const isRotate = inputs['operation'] === 'rotate';
  if (isRotate) one.seed();
  const counts = countActive(one);
  const step = one.step(inputs);
  if (phase === 'post') await step.main();
  const killed = await stoppedAt(
    moment,
    one.emulator,
    (when) => ({ name: 'SIGKILL', when }),
    (acting) => (phase === 'main' ? step.main(acting) : step.jobEnd('success', acting)),
  );
  if (withJobEnd) await step.jobEnd('failure');

  const again = one.step(inputs);
  const rerun = await again.main();
  if (isRotate) await again.jobEnd('success');
  const ids = one.active();
  return {
    killed,
    rerun: rerun.exitCode,
    converged: ids.length === 1 && ids[0] === rerun.outputs['key_id'],
    activeAtLeast: counts.least,
    activeAtMost: counts.most,
    provisional: Object.keys(one.keys()).filter((name) => name !== keyName).length,
  };
}

const [list, create, update] = ['GetSendDataApiKeys', 'CreateApiKey', 'UpdateApiKey'] as const;

const ensure = { operation: 'ensure' };
const rotate = { operation: 'rotate' };
const rotateNow = { operation: 'rotate', retire_when: 'now' };

const cases: readonly Case[] = [
  // The longest first: without a job end, a run waits for the one that is dead.
  ...[false, true]
    .flatMap((withJobEnd) => [
      ...momentsOf(list, create, list, update).map((moment) => ({
        inputs: ensure,
        moment,
        withJobEnd,
      })),
      ...momentsOf(list, create, update).map((moment) => ({ inputs: rotate, moment, withJobEnd })),
      ...momentsOf(list, create, update, update)
        .filter(({ call }) => call === 4)
        .map((moment) => ({ inputs: rotateNow, moment, withJobEnd })),
    ])
    .map((one) => ({ ...one, phase: 'main' as const })),
  ...momentsOf(list, update).map((moment) => ({
    inputs: rotate,
    moment,
    phase: 'post' as const,
    withJobEnd: false,
  })),
  // With nobody to tidy up, before a call is as after the one before it, and late is as after it:
  // nobody can run a job again within a second.
].filter(({ withJobEnd, moment }) => withJobEnd || moment.when === 'after');

function resultOf(result: Result | undefined): Result {
  if (result === undefined) throw new Error('It was not played.');
  return result;
}

describe('a job that was killed and is run again', () => {
  let results: readonly Result[] = [];

  beforeAll(async () => {
    // Most of them wait most of the time, so there can be many at once.
    results = await pooled(cases, 16, play);
  });

  test.each(cases.map((one, index) => ({ index, one, title: title(one) })))(
    'has one active key: $title',
    ({ index, one }) => {
      const isRotate = one.inputs['operation'] === 'rotate';
      const { provisional, activeAtLeast, activeAtMost, ...result } = resultOf(results[index]);
      expect(result).toEqual({
        killed: { rpc: one.moment.rpc, signal: 'SIGKILL' },
        rerun: 0,
        converged: true,
      });
      // A rotation is never without a key, and whoever ensures one never makes a second.
      if (isRotate) expect(activeAtLeast).toBeGreaterThan(0);
      else expect(activeAtMost).toBe(1);
      // What no job end could tidy away stays for a later run, and is one key at most. Where the name
      // may have been given, it must not try.
      const isTidied = one.withJobEnd && one.moment.rpc !== update;
      expect(provisional).toBeLessThanOrEqual(isTidied ? 0 : 1);
    },
  );
});
