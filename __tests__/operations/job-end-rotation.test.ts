import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import type { GitHub } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import { entryOf, recordText } from '../../src/operations/stored-record.ts';
import { play, setting, stored } from './setting.ts';
import { name, rotating, secret } from './simulation/requests.ts';

type ReadRecord = GitHub['readRecord'];

const otherId = '01111111-2222-3333-4444-555555555555';
const entry = entryOf(otherId, new Secret('cxtp_other'), Date.UTC(2026, 0, 31));
const ofAnother = recordText({ state: 'stored', entry, previous: undefined, settled: [] });

/** What becomes of the record while the job goes on, and what is said of it at the job's end. */
const doubts: readonly (readonly [string, ReadRecord, string])[] = [
  [
    'names another key',
    () => Promise.resolve({ state: 'exists', text: ofAnother, updatedMs: undefined }),
    `names another key by now, ${otherId}`,
  ],
  ['is missing', () => Promise.resolve({ state: 'missing' }), 'There is no record of'],
  [
    'was edited',
    () => Promise.resolve({ state: 'exists', text: 'see the wiki', updatedMs: undefined }),
    'is no JSON',
  ],
  [
    'is not to be seen',
    () => Promise.resolve({ state: 'invisible', why: new Failure('github', 'GitHub refused it.') }),
    'is not known. GitHub refused it.',
  ],
  [
    'cannot be asked for',
    () => Promise.reject(new Failure('github', 'GitHub gave no answer.')),
    'is not known. GitHub gave no answer.',
  ],
];

describe('what a rotation replaced, when its job has succeeded,', () => {
  test.each(doubts)('stays where the record %s', async (_what, readLater, said) => {
    let isLater = false;
    const world = setting({
      hideValues: true,
      tamper: (ports) => ({
        ...ports,
        github: {
          ...ports.github,
          readRecord: (of) => (isLater ? readLater(of) : ports.github.readRecord(of)),
        },
      }),
    });
    const [old] = await world.plant([{ name }]);
    world.time.after(30_000, () => {
      isLater = true;
    });
    const plan = { hasJobEnd: true, jobStatus: 'success', jobLastsMs: 60_000 } as const;
    const { outcome, jobEndFailure } = await play(world, rotating({ secret }), plan);
    expect(stored(world).map(({ active }) => active)).toEqual([true, true]);
    expect(jobEndFailure).toMatchObject({ kind: 'unsafe', keyIds: [outcome?.key?.id, old] });
    expect(jobEndFailure?.message).toContain(said);
    expect(jobEndFailure?.message).toContain('The next `rotate` retires what is left.');
  });

  test('goes where the record still names the new key', async () => {
    const world = setting({ hideValues: true });
    await world.plant([{ name }]);
    const plan = { hasJobEnd: true, jobStatus: 'success', jobLastsMs: 60_000 } as const;
    const { jobEndFailure } = await play(world, rotating({ secret }), plan);
    expect(jobEndFailure).toBeUndefined();
    expect(stored(world).map(({ active }) => active)).toEqual([false, true]);
  });
});
