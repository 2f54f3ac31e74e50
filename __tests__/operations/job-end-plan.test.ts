import { describe, expect, test } from '@jest/globals';
import { provisionalName } from '../../src/names/stamp.ts';
import { isEmpty, unfinished } from '../../src/operations/job-end-plan.ts';
import type { JobStatus } from '../../src/operations/job-end-rotation.ts';
import type { JobEndPlan } from '../../src/core/ports.ts';
import { play, scripted, setting, stored, type Played } from './setting.ts';
import { replied, silence, status } from './simulation/outcome.ts';
import { ensuring, name, rotating, secret } from './simulation/requests.ts';
import { arrange } from './simulation/run.ts';
import type { WorldOptions } from './simulation/world.ts';

const nothing: JobEndPlan = {
  name,
  retire: 'deactivate',
  pending: [],
  lifetimeKeyId: undefined,
  rotation: undefined,
};
const pendingName = provisionalName(name, Date.UTC(2026, 0, 31), 'abcd1234');
const unknownId = '00000000-0000-4000-8000-000000000000';

/** Carries out a plan over keys that were planted, and tells what is left of them. */
async function carriedOut(
  planted: readonly { readonly name: string; readonly active?: boolean }[],
  planOf: (ids: readonly string[]) => Partial<JobEndPlan>,
  jobStatus: JobStatus = 'success',
  options: Partial<WorldOptions> = {},
): Promise<Played & { readonly left: unknown; readonly ids: readonly string[] }> {
  let ids: readonly string[] = [];
  const world = setting({
    ...options,
    perform: (_request, { jobEnd }) => {
      jobEnd.plan({ ...nothing, ...planOf(ids) });
      return Promise.resolve({
        sentence: '',
        gist: '',
        created: false,
        changed: false,
        keyIds: [],
      });
    },
  });
  ids = await world.plant(planted);
  const played = await play(world, ensuring(), { hasJobEnd: true, jobStatus });
  return { ...played, left: stored(world), ids };
}

describe('a plan', () => {
  test('is empty when nothing is in it', () => {
    expect(isEmpty(nothing)).toBe(true);
    expect(isEmpty({ ...nothing, lifetimeKeyId: unknownId })).toBe(false);
    expect(isEmpty({ ...nothing, pending: [{ name: pendingName, id: undefined }] })).toBe(false);
  });
});

describe('a plan that cannot be carried out', () => {
  const ids = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `id-${index}`);
  const rotation = { newKeyId: 'new', secretStored: false, valueDelivered: true } as const;

  test('names each key that is left, once', () => {
    const plan = {
      ...nothing,
      pending: [
        { name: pendingName, id: undefined },
        { name: `${pendingName}0`, id: 'begun' },
        { name: `${pendingName}1`, id: 'lifetime' },
      ],
      lifetimeKeyId: 'lifetime',
      rotation: { ...rotation, previousKeyIds: ['old'] },
    };
    const { sentences, unnamed } = unfinished(plan);
    expect(sentences).toEqual([
      expect.stringContaining('(lifetime) is to be deactivated'),
      expect.stringMatching(/\(new\) and 1 previous key \(old\) stay active/u),
      expect.stringContaining(`"${pendingName}"`),
      expect.stringContaining(`"${pendingName}0" (begun)`),
    ]);
    expect(unnamed).toEqual([]);
  });

  test('gives the ids that a sentence has no room for, so that each is in one of the two', () => {
    const previousKeyIds = ids(100);
    const plan = { ...nothing, rotation: { ...rotation, previousKeyIds } };
    const { sentences, unnamed } = unfinished(plan);
    const said = [...sentences, ...unnamed].join(' ').match(/id-\d+/gu);
    expect(said).toEqual(previousKeyIds);
    expect(sentences.join('')).toContain(`and ${unnamed.length} more`);
  });
});

describe('a key for one job', () => {
  test.each([
    ['deactivate', 'success', [{ name, active: false }]],
    ['deactivate', 'failure', [{ name, active: false }]],
    ['delete', 'cancelled', []],
  ] as const)('is retired however the job ended: %s, %s', async (retire, end, expected) => {
    const plan = ([id]: readonly string[]): Partial<JobEndPlan> => ({ retire, lifetimeKeyId: id });
    const { left, jobEndCalls, jobEndSentences: told } = await carriedOut([{ name }], plan, end);
    expect(left).toEqual(expected);
    expect(jobEndCalls).toHaveLength(1);
    expect(told).toEqual([expect.stringContaining('as its job has ended')]);
  });

  test('is retired also when the service is busy for a moment', async () => {
    const faults = scripted({ Update: [status('UNAVAILABLE', 20), silence(undefined)] });
    const plan = ([id]: readonly string[]): Partial<JobEndPlan> => ({ lifetimeKeyId: id });
    const { left, jobEndCalls } = await carriedOut([{ name }], plan, 'success', { faults });
    expect(jobEndCalls).toEqual(['Update', 'Update', 'Update']);
    expect(left).toEqual([{ name, active: false }]);
  });

  test('that cannot be retired is named', async () => {
    const faults = scripted({ Update: [status('PERMISSION_DENIED', 20)] });
    const plan = ([id]: readonly string[]): Partial<JobEndPlan> => ({ lifetimeKeyId: id });
    const { jobEndFailure, ids } = await carriedOut([{ name }], plan, 'success', { faults });
    expect(jobEndFailure).toMatchObject({ kind: 'permission', keyIds: ids });
  });
});

describe('a key that a cut-off step had begun', () => {
  test.each([
    ['by its name', undefined],
    ['by its id', 'known'],
  ])('is found %s and deleted, if it has its provisional name', async (_what, known) => {
    const plan = ([id]: readonly string[]): Partial<JobEndPlan> => ({
      pending: [{ name: pendingName, id: known === undefined ? undefined : id }],
      lifetimeKeyId: id,
    });
    const { left, jobEndSentences: told } = await carriedOut(
      [{ name: pendingName }],
      plan,
      'failure',
    );
    expect(left).toEqual([]);
    expect(told).toEqual([
      expect.stringContaining('as its job has ended'),
      expect.stringContaining('which the step had begun to make'),
    ]);
  });

  test('is deleted once where that is how it ends with the job', async () => {
    const plan = ([id]: readonly string[]): Partial<JobEndPlan> => ({
      pending: [{ name: pendingName, id }],
      lifetimeKeyId: id,
      retire: 'delete',
    });
    const { left, jobEndCalls } = await carriedOut([{ name: pendingName }], plan, 'failure');
    expect(jobEndCalls).toEqual(['Delete']);
    expect(left).toEqual([]);
  });

  test('does not keep the others that the step had begun from being deleted', async () => {
    const faults = scripted({ Delete: [status('PERMISSION_DENIED', 20)] });
    const names = [pendingName, `${pendingName}0`];
    const plan = (ids: readonly string[]): Partial<JobEndPlan> => ({
      pending: names.map((each, index) => ({ name: each, id: ids[index] })),
    });
    const planted = names.map((each) => ({ name: each }));
    const { left, jobEndFailure, ids } = await carriedOut(planted, plan, 'failure', { faults });
    expect(left).toEqual([{ name: pendingName, active: true }]);
    expect(jobEndFailure).toMatchObject({ kind: 'permission', keyIds: ids.slice(0, 1) });
  });

  test('stays when it has its final name, and is retired as that', async () => {
    const plan = ([id]: readonly string[]): Partial<JobEndPlan> => ({
      pending: [{ name: pendingName, id }],
      lifetimeKeyId: id,
    });
    const { left, jobEndSentences: told } = await carriedOut([{ name }], plan, 'failure');
    expect(left).toEqual([{ name, active: false }]);
    expect(told).toEqual([expect.stringContaining('as its job has ended')]);
  });

  test('is waited for a few seconds, and then left to the reader', async () => {
    const plan = (): Partial<JobEndPlan> => ({ pending: [{ name: pendingName, id: undefined }] });
    const { warnings, jobEndSentences: told, lastedMs } = await carriedOut([], plan);
    expect(told).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(/~pending-.* did not appear/u)]);
    expect(lastedMs).toBeGreaterThan(5000);
  });

  test('is named where it was made, and is not to be seen', async () => {
    const plan = (): Partial<JobEndPlan> => ({ pending: [{ name: pendingName, id: unknownId }] });
    const { jobEndFailure } = await carriedOut([], plan);
    expect(jobEndFailure).toMatchObject({ kind: 'not_found', keyIds: [unknownId] });
  });

  test('comes late, and is deleted all the same', async () => {
    const world = setting({ faults: scripted({ Create: [replied(4000, 10)] }) });
    await play(world, ensuring(), { hasJobEnd: true, crash: { call: 2, moment: 'sent' } });
    expect(stored(world)).toEqual([]);
  });

  test.each([0, 2500, 9000])(
    'stays when it got its name right before, and reads do not show that for %i ms',
    async (readLagMs) => {
      const whole = await play(setting({ readLagMs }), ensuring());
      const call = whole.calls.lastIndexOf('Update') + 1;
      expect(call).toBeGreaterThan(3);
      const world = setting({ readLagMs });
      const crash = { call, moment: 'answered' } as const;
      await play(world, ensuring(), { hasJobEnd: true, crash });
      expect(stored(world)).toEqual([{ name, active: true }]);
    },
  );

  test('stays when it got its name, while its secret is being stored', async () => {
    const world = setting({ readLagMs: 9000 });
    const whole = await play(setting({ readLagMs: 9000 }), rotating({ secret }));
    // Two calls to GitHub have announced it before.
    const crash = { call: whole.calls.length + 2, moment: 'answered' } as const;
    const { jobEndSentences: told } = await play(world, rotating({ secret }), {
      hasJobEnd: true,
      crash,
    });
    expect(told).toEqual([expect.stringContaining('stays active')]);
    expect(stored(world)).toEqual([{ name, active: true }]);
  });
});

describe('a rotation', () => {
  test.each([
    ['success', 'deactivate', [false, true]],
    ['success', 'delete', [true]],
    ['failure', 'deactivate', [true, false]],
    ['cancelled', 'delete', [true]],
  ] as const)('after %s: %s', async (jobStatus, retire, expected) => {
    const world = setting();
    const [old] = await world.plant([{ name }]);
    const { jobEndCalls, outcome } = await play(world, rotating({ retire }), {
      hasJobEnd: true,
      jobStatus,
    });
    const kept = jobStatus === 'success' ? outcome?.key?.id : old;
    expect(jobEndCalls).toHaveLength(2);
    expect(stored(world).map(({ active }) => active)).toEqual(expected);
    expect(world.store.keys().find(({ active }) => active)?.id).toBe(kept);
  });

  test('of a job of which nobody knows how it ended keeps both keys, and names them', async () => {
    const world = setting();
    const [old] = await world.plant([{ name }]);
    const plan = { hasJobEnd: true, jobStatus: 'unknown' } as const;
    const { jobEndCalls, outcome, jobEndFailure } = await play(world, rotating(), plan);
    expect(jobEndCalls).toEqual([]);
    expect(stored(world).map(({ active }) => active)).toEqual([true, true]);
    expect(jobEndFailure).toMatchObject({ kind: 'unsafe', keyIds: [outcome?.key?.id, old] });
    expect(jobEndFailure?.report).toContain('not known how the job ended');
  });

  test('of a job of which nobody knows how it ended says nothing where nothing was replaced', async () => {
    const plan = { hasJobEnd: true, jobStatus: 'unknown' } as const;
    const { jobEndSentences: told } = await play(setting(), rotating(), plan);
    expect(told).toEqual([]);
  });

  test.each([
    ['success', ['inactive', 'inactive', 'active'], 1],
    ['failure', ['active', 'inactive', 'inactive'], 2],
  ] as const)(
    'of a name that the same job rotates once more waits for nothing: %s',
    async (jobStatus, expected, sentences) => {
      const world = setting();
      await world.plant([{ name }]);
      const run = { request: rotating(), jobStatus, badStatus: 'failure' } as const;
      arrange(world, { ...run, name: 'first', jobLastsMs: 60_000 });
      // The runner ends the steps of a job in the reverse order.
      arrange(world, { ...run, name: 'second', startsAfter: 10_000, jobLastsMs: 49_000 });
      await world.time.run();
      const { reports } = world;
      expect(reports.flatMap(({ jobEndSentences: told }) => told ?? ['failed'])).toHaveLength(
        sentences,
      );
      expect(reports.flatMap(({ warnings }) => warnings)).toEqual([]);
      expect(stored(world).map(({ active }) => (active ? 'active' : 'inactive'))).toEqual(expected);
      expect(world.time.now).toBeLessThan(60_500);
    },
  );

  test('of which the value is stored keeps both keys when the job fails, and says so', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const plan = { hasJobEnd: true, jobStatus: 'failure' } as const;
    const { jobEndSentences: told } = await play(world, rotating({ secret }), plan);
    expect(stored(world).map(({ active }) => active)).toEqual([true, true]);
    expect(told).toEqual([expect.stringContaining('the new value is stored as a secret')]);
  });

  test('that was the first keeps its key, however the job ends', async () => {
    for (const jobStatus of ['success', 'failure'] as const) {
      const world = setting();
      await play(world, rotating(), { hasJobEnd: true, jobStatus });
      expect(stored(world)).toEqual([{ name, active: true }]);
    }
  });

  test('of a job that is over before reads show the new key retires the old one all the same', async () => {
    const world = setting({ readLagMs: 2000 });
    await world.plant([{ name }]);
    await play(world, rotating(), { hasJobEnd: true, jobStatus: 'success' });
    expect(stored(world).map(({ active }) => active)).toEqual([false, true]);
  });

  const rotation = ([old = '', own = '']: readonly string[]): Partial<JobEndPlan> => ({
    rotation: { newKeyId: own, previousKeyIds: [old], secretStored: false, valueDelivered: true },
  });

  test('does not retire the old key when the new one is not active any more', async () => {
    const keys = [{ name }, { name, active: false }];
    const { left, jobEndFailure, ids } = await carriedOut(keys, rotation, 'success');
    expect(left).toEqual([
      { name, active: true },
      { name, active: false },
    ]);
    expect(jobEndFailure).toMatchObject({ kind: 'unsafe', keyIds: ids.toReversed() });
  });

  test('takes back a new key that its step never handed out, though the job succeeded', async () => {
    const cutOff = ([old = '', own = '']: readonly string[]): Partial<JobEndPlan> => ({
      rotation: {
        newKeyId: own,
        previousKeyIds: [old],
        secretStored: false,
        valueDelivered: false,
      },
    });
    const { left, jobEndSentences: told } = await carriedOut(
      [{ name }, { name }],
      cutOff,
      'success',
    );
    expect(left).toEqual([
      { name, active: true },
      { name, active: false },
    ]);
    expect(told).toEqual([expect.stringContaining('The step did not come to its end')]);
  });

  test('keeps the new key of a failed job when no previous one is active', async () => {
    // A third key may be another rotation's, which may be taken back at the same moment.
    const keys = [{ name, active: false }, { name }, { name }];
    const { left, jobEndSentences: told } = await carriedOut(keys, rotation, 'failure');
    expect(left).toEqual([
      { name, active: false },
      { name, active: true },
      { name, active: true },
    ]);
    expect(told).toEqual([expect.stringContaining('stays active')]);
  });

  test('goes on when one thing fails, and names all keys of what failed', async () => {
    const faults = scripted({ Update: [status('PERMISSION_DENIED', 20), replied(10, 10)] });
    const plan = (ids: readonly string[]): Partial<JobEndPlan> => ({
      ...rotation(ids),
      lifetimeKeyId: ids[2],
    });
    const keys = [{ name }, { name }, { name: 'other' }];
    const { left, jobEndFailure, ids } = await carriedOut(keys, plan, 'success', { faults });
    expect(left).toEqual([
      { name, active: false },
      { name, active: true },
      { name: 'other', active: true },
    ]);
    expect(jobEndFailure).toMatchObject({ kind: 'permission', keyIds: [ids[2]] });
    expect(jobEndFailure?.message).toContain('1 previous key');
  });
});
