import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import { forEachKey, type ForEachKeyContext } from '../../src/operations/for-each-key.ts';
import { VirtualTime } from './simulation/virtual-time.ts';
import { silentLog } from '../support/log.ts';

/** Virtual time for work that takes a while, and the lines that were logged. */
function workshop(): {
  readonly time: VirtualTime;
  readonly lines: string[];
  readonly context: ForEachKeyContext;
} {
  const time = new VirtualTime();
  const lines: string[] = [];
  const push = (line: string): void => {
    lines.push(line);
  };
  const clock = {
    now: () => time.now,
    elapsed: () => time.now,
    sleep: (ms: number) => time.sleep(ms),
  };
  const log = {
    ...silentLog,
    info: push,
    startGroup: (title: string) => {
      lines.push(`▼ ${title}`);
    },
    endGroup: () => {
      lines.push('▲');
    },
  };
  return { time, lines, context: { clock, log, done: 'deleted' } };
}

const ids = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `k${index}`);

/** The outcome of a promise once all has happened. */
async function settled<T>(time: VirtualTime, promise: Promise<T>): Promise<T | Failure> {
  const caught = promise.catch((thrown: unknown) => thrown as Failure);
  await time.run();
  return caught;
}

describe('work on many keys', () => {
  test('is done on eight at a time, and its results come in the order of the keys', async () => {
    const { time, context } = workshop();
    let under = 0;
    let most = 0;
    const work = async (id: string): Promise<string> => {
      under += 1;
      most = Math.max(most, under);
      await time.sleep(id.endsWith('0') ? 500 : 10);
      under -= 1;
      return `${id}!`;
    };
    const results = await settled(time, forEachKey(ids(50), work, context));
    expect(results).toEqual(ids(50).map((id) => `${id}!`));
    expect(most).toBe(8);
  });

  test('on none is done at once', async () => {
    const { time, context } = workshop();
    expect(
      await settled(
        time,
        forEachKey([], () => Promise.reject(new Error('no')), context),
      ),
    ).toEqual([]);
  });

  test('begins nothing new after a failure, finishes what is under way, and tells both', async () => {
    const { time, lines, context } = workshop();
    const begun: string[] = [];
    const work = async (id: string): Promise<void> => {
      begun.push(id);
      await time.sleep(10);
      if (id === 'k9') throw new Failure('permission', 'Denied.', { hint: 'Ask.' });
    };
    const failure = await settled(time, forEachKey(ids(40), work, context));
    // k8 was done a moment before k9 failed, so k16 was under way by then.
    expect(begun).toEqual(ids(17));
    expect(failure).toMatchObject({
      kind: 'permission',
      message:
        'Denied. 16 of 40 keys were deleted before that; not deleted: k9, k17, k18, k19, k20 and 19 more.',
      hint: 'Ask.',
      keyIds: ['k9', ...ids(40).slice(17)],
    });
    expect(lines).toEqual([
      '▼ 16 keys deleted, before it failed',
      ids(17)
        .filter((id) => id !== 'k9')
        .join(', '),
      '▲',
      '▼ 24 keys not deleted',
      ['k9', ...ids(40).slice(17)].join(', '),
      '▲',
    ]);
  });

  test('on one key fails as it is, with no talk of others', async () => {
    const { time, lines, context } = workshop();
    const failure = new Failure('dropped', 'Lost.');
    expect(
      await settled(
        time,
        forEachKey(['k0'], () => Promise.reject(failure), context),
      ),
    ).toBe(failure);
    expect(lines).toEqual([]);
  });

  test('tells how far it is once a second at most, folded', async () => {
    const { time, lines, context } = workshop();
    await settled(
      time,
      forEachKey(ids(80), () => time.sleep(300), context),
    );
    expect(lines).toEqual([
      '▼ 80 keys to be deleted',
      '25 of 80 keys deleted.',
      '57 of 80 keys deleted.',
      '▲',
    ]);
  });
});
