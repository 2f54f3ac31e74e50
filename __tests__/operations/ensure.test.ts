import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import { provisionalName } from '../../src/names/stamp.ts';
import { oneWayMs, play, scripted, setting, stored } from './setting.ts';
import { dropped, replied, silence, status } from './simulation/outcome.ts';
import { ensuring, name, secret } from './simulation/requests.ts';
import { arrange } from './simulation/run.ts';
import { noFaults, type FaultSchedule } from './simulation/fault-schedule.ts';
import type { World } from './simulation/world.ts';

/** Plants a provisional key of the name that was made so many minutes ago. */
async function plantPending(world: World, minutes = 0): Promise<string> {
  const made = world.wallClock() - minutes * 60_000;
  const [id = ''] = await world.plant([{ name: provisionalName(name, made, 'abcd1234') }]);
  return id;
}

describe('ensure, where a key exists', () => {
  test('costs one call, and hands out its value', async () => {
    const world = setting();
    const [id] = await world.plant([{ name }]);
    const { outcome, calls, warnings } = await play(world, ensuring());
    expect(calls).toEqual(['List']);
    expect(outcome).toMatchObject({
      key: { id, name, active: true },
      created: false,
      changed: false,
    });
    expect(outcome?.value?.reveal() === world.store.keys()[0]?.value).toBe(true);
    expect(warnings).toEqual([]);
  });

  test('ignores inactive keys of the name, and does not revive them', async () => {
    const world = setting();
    await world.plant([{ name, active: false }]);
    const { outcome } = await play(world, ensuring());
    expect(outcome?.created).toBe(true);
    expect(stored(world)).toEqual([
      { name, active: false },
      { name, active: true },
    ]);
  });

  test('uses the one with the smallest id of several, and warns of all', async () => {
    const world = setting();
    const ids = await world.plant([{ name }, { name }, { name }]);
    const { outcome, warnings } = await play(world, ensuring());
    expect(outcome?.key?.id).toBe(ids.toSorted()[0]);
    expect(warnings).toHaveLength(1);
    expect(ids.every((id) => warnings[0]?.includes(id))).toBe(true);
  });

  test('stores its value as a secret', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const { outcome, secret: kept } = await play(world, ensuring({ secret }));
    expect(kept === outcome?.value).toBe(true);
  });

  test('says so in a dry run, and stores nothing', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const request = ensuring({ secret, dryRun: true });
    const { outcome, calls, secret: kept } = await play(world, request);
    expect(calls).toEqual(['List']);
    expect(outcome?.changed).toBe(false);
    expect(kept).toBeUndefined();
  });
});

describe('ensure, where a key exists and its value cannot be read', () => {
  test.each([undefined, secret])('fails, names the key and changes nothing: %j', async (target) => {
    const world = setting({ hideValues: true });
    const keyIds = await world.plant([{ name }]);
    const before = stored(world);
    const { failure, calls, secret: kept } = await play(world, ensuring({ secret: target }));
    expect(failure).toMatchObject({ kind: 'value_hidden', keyIds });
    expect(failure?.hint).toContain('`if_value_lost: rotate`');
    expect(calls).toEqual(['List']);
    expect(stored(world)).toEqual(before);
    expect(kept).toBeUndefined();
  });

  test('sweeps all the same what crashed runs left behind', async () => {
    const world = setting({ hideValues: true });
    await world.plant([{ name }]);
    await plantPending(world, 61);
    const { failure, calls } = await play(world, ensuring());
    expect(failure?.kind).toBe('value_hidden');
    expect(calls).toEqual(['List', 'Delete']);
  });
});

describe('ensure, where no key exists', () => {
  test('makes one with four calls in a good three seconds', async () => {
    const world = setting();
    const { outcome, calls, lastedMs } = await play(world, ensuring({ hashed: true }));
    const [made] = world.store.keys();
    expect(calls).toEqual(['List', 'Create', 'List', 'Update']);
    expect(outcome).toMatchObject({ key: { id: made?.id, name, hashed: true }, created: true });
    expect(made?.hashed).toBe(true);
    expect(outcome?.value).toBeDefined();
    expect(stored(world)).toEqual([{ name, active: true }]);
    expect(lastedMs).toBeLessThan(3200);
  });

  test.each([
    ['none', ''],
    ['another run at work', 'Another run seems to be making it'],
  ])('makes nothing in a dry run, with %s', async (_what, remark) => {
    const world = setting();
    if (remark !== '') await plantPending(world);
    const { outcome, calls } = await play(world, ensuring({ dryRun: true }));
    expect(calls).toEqual(['List']);
    expect(outcome).toMatchObject({ created: false, changed: true });
    expect(outcome?.sentence).toContain(remark);
  });

  test('goes on with the key of a Create whose answer was lost', async () => {
    const world = setting({ faults: scripted({ Create: [dropped(10, 20)] }) });
    const { outcome, calls } = await play(world, ensuring());
    expect(calls).toEqual(['List', 'Create', 'List', 'List', 'Update']);
    expect(outcome?.value).toBeDefined();
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('replaces the key of a lost answer where reads do not tell its value', async () => {
    const faults = scripted({ Create: [dropped(10, 20)] });
    const world = setting({ faults, hideValues: true });
    const { outcome, calls } = await play(world, ensuring());
    expect(calls).toEqual(['List', 'Create', 'List', 'Delete', 'Create', 'List', 'Update']);
    expect(outcome?.value).toBeDefined();
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('makes another one when a lost one does not show, and deletes that when it comes late', async () => {
    const world = setting({ faults: scripted({ Create: [dropped(6000, 20)] }) });
    await play(world, ensuring());
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('leaves one that comes too late for that to the end of the job', async () => {
    const world = setting({ faults: scripted({ Create: [dropped(9000, 20)] }) });
    const jobLastsMs = 5000;
    const { jobEndSentences } = await play(world, ensuring(), { hasJobEnd: true, jobLastsMs });
    expect(jobEndSentences).toEqual([expect.stringContaining('which the step had begun to make')]);
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('gives up after three Creates of which nothing is heard', async () => {
    const lost = dropped(undefined, 20);
    const world = setting({ faults: scripted({ Create: [lost, lost, lost] }) });
    const { failure, calls } = await play(world, ensuring());
    expect(failure?.kind).toBe('outcome_unknown');
    expect(failure?.hint).toMatch(/^Run the job again: what may have been made has a provisional/u);
    expect(calls.filter((call) => call === 'Create')).toHaveLength(3);
  });

  test.each([
    [true, /The key id-1 was deleted\.$/u, /^The service did not tell its value/u, []],
    [
      false,
      /without a value\.$/u,
      /^The key id-1 is of no use without its value: delete it/u,
      ['id-1'],
    ],
  ])(
    'says to delete a key without a value only where it has not: %p',
    async (isDeleted, message, hint, keyIds) => {
      const world = setting({
        tamper: (ports) => ({
          ...ports,
          keys: {
            ...ports.keys,
            create: () =>
              Promise.reject(
                new Failure('internal', 'A key without a value.', { keyIds: ['id-1'] }),
              ),
            delete: () => Promise.resolve(isDeleted ? 'deleted' : 'gone'),
          },
        }),
      });
      const { failure } = await play(world, ensuring());
      expect(failure?.message).toMatch(message);
      expect(failure?.hint).toMatch(hint);
      expect(failure?.keyIds).toEqual(keyIds);
    },
  );

  test('waits with renaming until the service finds the key', async () => {
    const world = setting({ readLagMs: 2900 });
    const { outcome } = await play(world, ensuring());
    expect(outcome?.created).toBe(true);
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('does not take part in the election before its own key can be read', async () => {
    const world = setting({ readLagMs: 7000 });
    const { outcome, calls, lastedMs } = await play(world, ensuring());
    expect(outcome?.created).toBe(true);
    expect(calls.at(-1)).toBe('Update');
    // What others made shows as late, and so does what they saw.
    expect(lastedMs).toBeGreaterThan(2 * 7000);
  });

  test('takes back what it made when the key cannot get its name', async () => {
    const world = setting({ faults: scripted({ Update: [status('INVALID_ARGUMENT', 20)] }) });
    const { failure, calls } = await play(world, ensuring());
    expect(failure?.kind).toBe('rejected');
    expect(calls.at(-1)).toBe('Delete');
    expect(stored(world)).toEqual([]);
  });

  test('keeps what may have its name: others may use it already', async () => {
    const lost = [
      silence(10),
      dropped(undefined, 20),
      dropped(undefined, 20),
      status('RESOURCE_EXHAUSTED', 20),
    ];
    const world = setting({ faults: scripted({ Update: [...lost, ...lost, ...lost] }) });
    const { failure } = await play(world, ensuring(), { hasJobEnd: true });
    expect(failure).toBeDefined();
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('needs time: a budget that is too short is told, and leaves nothing', async () => {
    const world = setting();
    const { failure } = await play(world, ensuring(), { timeoutMs: 2000 });
    expect(failure?.kind).toBe('timeout');
    expect(failure?.hint).toContain('timeout_seconds');
    expect(stored(world)).toEqual([]);
  });

  test('ends a key for one job with the job', async () => {
    const world = setting();
    const request = ensuring({ lifetime: 'job', retire: 'delete' });
    const { jobEndSentences } = await play(world, request, {
      hasJobEnd: true,
      jobStatus: 'success',
    });
    expect(jobEndSentences).toEqual([expect.stringContaining('as its job has ended')]);
    expect(stored(world)).toEqual([]);
  });
});

describe('ensure, where the value is to be stored', () => {
  test.each([
    ['refused', 'github', [{ name, active: false }], 'was deactivated'],
    ['lost', 'outcome_unknown', [{ name, active: true }], 'the secret may hold its value'],
    [
      'stored_unanswered',
      'outcome_unknown',
      [{ name, active: true }],
      'the secret may hold its value',
    ],
  ] as const)('and the secret is %s', async (secretOutcome, kind, expected, words) => {
    const world = setting();
    const { failure } = await play(world, ensuring({ secret }), { secretOutcome });
    expect(failure?.kind).toBe(kind);
    expect(failure?.message).toContain(words);
    expect(stored(world)).toEqual(expected);
  });

  test('is left to the end of the job where it cannot be taken back', async () => {
    const world = setting({
      faults: scripted({ Update: [undefined, status('PERMISSION_DENIED', 20)] }),
    });
    const plan = { secretOutcome: 'refused', hasJobEnd: true } as const;
    const { failure, jobEndSentences } = await play(world, ensuring({ secret }), plan);
    expect(failure?.message).toContain('is still active');
    expect(jobEndSentences).toEqual([expect.stringContaining('was deactivated')]);
    expect(stored(world)).toEqual([{ name, active: false }]);
  });

  test('is taken back also when the time is over by then: some of it was held back for that', async () => {
    const world = setting();
    const plan = { secretOutcome: 'refused', timeoutMs: 3900 } as const;
    const { failure, calls } = await play(world, ensuring({ secret }), plan);
    expect(failure?.kind).toBe('github');
    expect(calls).toEqual(['List', 'Create', 'List', 'Update', 'Update']);
    expect(stored(world)).toEqual([{ name, active: false }]);
  });

  test('stays active when the outputs cannot be written, as the secret holds its value', async () => {
    const world = setting();
    const request = ensuring({ secret });
    const { failure } = await play(world, request, { outputsWritable: false });
    expect(failure?.message).toContain(
      'stays active, as the secret SHOP_KEY of the environment "production"',
    );
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('a secret is left alone while several keys bear the name: a rotation may be under way', async () => {
    const world = setting();
    await world.plant([{ name }, { name }]);
    const { outcome, warnings, infos } = await play(world, ensuring({ secret }));
    expect(outcome).toMatchObject({ created: false });
    expect(world.reports.at(-1)?.secret).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('If a rotation is under way')]);
    expect(infos).toEqual([
      expect.stringContaining(
        'the secret SHOP_KEY of the environment "production" is left as it is',
      ),
    ]);
  });

  test('a dry run says so', async () => {
    const world = setting();
    const dry = ensuring({ secret, lifetime: 'job', dryRun: true });
    const words = 'Would store its value as the secret SHOP_KEY of the environment "production".';
    const absent = await play(world, dry);
    expect(absent.outcome?.sentence).toContain(`, which ends with this job. ${words}`);
    await world.plant([{ name }]);
    expect((await play(world, dry)).outcome?.sentence).toContain(words);
    expect(world.reports.map((report) => report.secret)).toEqual([undefined, undefined]);
  });
});

describe('ensure, while others are at work', () => {
  test('makes nothing and uses what they make', async () => {
    const world = setting();
    arrange(world, { name: 'first', request: ensuring() });
    arrange(world, { name: 'second', request: ensuring(), startsAfter: 1000 });
    await world.time.run();
    const [first, second] = world.reports.map(({ outcome }) => outcome);
    expect(first?.created).toBe(true);
    expect(second).toMatchObject({ created: false, key: { id: first?.key?.id } });
    const made = world.history.calls.filter(({ rpc }) => rpc === 'CreateApiKey');
    expect(made.map(({ run }) => run)).toEqual(['first']);
  });

  test('gives up its own key to another that was made at the same time', async () => {
    const world = setting();
    arrange(world, { name: 'first', request: ensuring() });
    arrange(world, { name: 'second', request: ensuring() });
    await world.time.run();
    const ids = world.reports.map(({ outcome }) => outcome?.key?.id);
    expect(new Set(ids).size).toBe(1);
    expect(world.reports.map(({ outcome }) => outcome?.created).sort()).toEqual([false, true]);
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('waits for one that died only so long', async () => {
    const world = setting();
    const dead = await plantPending(world);
    const { outcome, lastedMs } = await play(world, ensuring());
    expect(outcome?.created).toBe(true);
    expect(lastedMs).toBeGreaterThan(13_000);
    expect(lastedMs).toBeLessThan(16_000);
    expect(world.store.keys().some(({ id }) => id === dead)).toBe(true);
  });

  test('warns of one that was taken for dead and came back', async () => {
    const usual = noFaults(oneWayMs);
    // Its rename arrives when the other has looked for the last time before it takes the name.
    const slow = replied(11_425, oneWayMs);
    const faults: FaultSchedule = (call, prng) =>
      call.run === 'first' && call.rpc === 'UpdateApiKey' ? slow : usual(call, prng);
    const world = setting({ faults });
    arrange(world, { name: 'first', request: ensuring() });
    arrange(world, { name: 'second', request: ensuring(), startsAfter: 1000 });
    await world.time.run();
    expect(stored(world)).toEqual([
      { name, active: true },
      { name, active: true },
    ]);
    const [, second] = world.reports;
    expect(second?.warnings).toEqual([expect.stringMatching(/^2 active keys are named/u)]);
  });

  test('waits no more once the others gave up', async () => {
    const world = setting();
    const dead = await plantPending(world);
    world.time.after(2000, () => {
      world.store.delete('simulated', dead);
    });
    const { outcome, lastedMs } = await play(world, ensuring());
    expect(outcome?.created).toBe(true);
    expect(lastedMs).toBeLessThan(6000);
  });

  test.each([
    ['half an hour old', 30, 1],
    ['more than an hour old', 61, 0],
  ])('does not wait for a provisional key that is %s', async (_what, minutes, left) => {
    const world = setting();
    const dead = await plantPending(world, minutes);
    const { startedAt } = await play(world, ensuring());
    const last = world.history.calls.at(-1)?.endedAt ?? Infinity;
    expect(last - startedAt).toBeLessThan(3200);
    expect(world.store.keys().filter(({ id }) => id === dead)).toHaveLength(left);
  });

  test('sweeps what is more than an hour old also where a key exists, but not in a dry run', async () => {
    const world = setting();
    await world.plant([{ name }]);
    await plantPending(world, 61);
    const dry = await play(world, ensuring({ dryRun: true }));
    const real = await play(world, ensuring());
    expect(dry.calls).toEqual(['List']);
    expect(real.calls).toEqual(['List', 'Delete']);
    expect(real.infos).toEqual([expect.stringContaining('that an earlier run left behind')]);
  });

  test('does not fail for a sweep that does', async () => {
    const world = setting({ faults: scripted({ Delete: [status('PERMISSION_DENIED', 20)] }) });
    await world.plant([{ name }]);
    await plantPending(world, 61);
    const { outcome } = await play(world, ensuring());
    expect(outcome?.created).toBe(false);
  });
});

test.each([{ hideValues: true }, { hideValues: false }])(
  'a key whose value was stored longer ago than `max_age` is rotated: %j',
  async (options) => {
    const world = setting(options);
    const request = ensuring({ secret, maxAgeMs: 30 * 86_400_000 });
    const { outcome: first } = await play(world, request);
    await world.pass(29 * 86_400_000);
    expect((await play(world, request)).outcome).toMatchObject({ created: false });
    await world.pass(2 * 86_400_000);
    const { outcome } = await play(world, request);
    expect(outcome).toMatchObject({ created: true, previousKeyIds: [first?.key?.id] });
  },
);
