import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OpenPlaceholder } from '../../src/core/ports.ts';
import {
  clockDifferenceMs,
  endOf,
  nameWithEnd,
  provisionalName,
  withoutEnd,
} from '../../src/names/stamp.ts';
import type { PruneRequest } from '../../src/operations/prune.ts';
import { pass, play, setting, stored } from './setting.ts';
import { creating, pruning, rotating } from './simulation/requests.ts';
import { arrange } from './simulation/run.ts';
import type { World } from './simulation/world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const byTime = (change: Partial<PruneRequest> = {}): PruneRequest => pruning('shop/test/*', change);
const byBranch = (change: Partial<PruneRequest> = {}): PruneRequest =>
  pruning('shop/{branch}', change);

const existing = new Set(['main']);

/** Names with an end that is so far from now, by the clock of the world. */
const ending = (world: World, name: string, fromNow: number): string =>
  nameWithEnd(name, world.wallClock() + fromNow);
const begun = (world: World, name: string, ago: number): string =>
  provisionalName(name, world.wallClock() - ago, '0123456789abcdef');

/** What of these is still active after a prune. */
async function left(
  names: (world: World) => readonly string[],
  request: PruneRequest,
  plan: Parameters<typeof play>[2] = {},
): Promise<readonly string[]> {
  const world = setting();
  await world.plant(names(world).map((name) => ({ name })));
  const { failure } = await play(world, request, plan);
  expect(failure).toBeUndefined();
  return stored(world).flatMap(({ name, active }) => (active ? [name] : []));
}

describe('prune by time alone', () => {
  test('retires what is past its end, and never asks GitHub', async () => {
    const asked: OpenPlaceholder[] = [];
    const world = setting({
      tamper: (ports) => ({
        ...ports,
        github: {
          ...ports.github,
          existing: (kind) => (asked.push(kind), ports.github.existing(kind)),
        },
      }),
    });
    const ended = ending(world, 'shop/test/1', -hour);
    const others = [
      ending(world, 'shop/test/2', hour),
      'shop/test/3',
      ending(world, 'other/test/4', -hour),
      ending(world, 'shop/main', -hour),
    ];
    const ids = await world.plant([ended, ...others].map((name) => ({ name })));
    const { outcome, calls } = await play(world, byTime());
    expect(calls).toEqual(['List', 'Update']);
    expect(outcome).toMatchObject({ changed: true, keyIds: [ids[0]] });
    expect(outcome?.sentence).toBe(
      `1 key like "shop/test/*" deactivated: "${ended}". Its end is past. 1 key with an end to come stays until then.`,
    );
    expect(asked).toEqual([]);
    expect(stored(world)).toEqual([
      { name: ended, active: false },
      ...others.map((name) => ({ name, active: true })),
    ]);
  });

  test('deletes provisional keys older than an hour, also those that were to have an end', async () => {
    const names = (world: World): readonly string[] => [
      begun(world, 'shop/test/1', 61 * minute),
      begun(world, ending(world, 'shop/test/2', day), 61 * minute),
      begun(world, ending(world, 'shop/test/3', -day), 61 * minute),
      begun(world, 'shop/test/4', 59 * minute),
      begun(world, ending(world, 'shop/test/5', -day), 59 * minute),
      begun(world, 'other/test/6', 61 * minute),
    ];
    const world = setting();
    await world.plant(names(world).map((name) => ({ name })));
    const { outcome } = await play(world, byTime());
    expect(outcome?.sentence).toBe(
      'No key like "shop/test/*" is past its end. 3 provisional keys that earlier runs left behind were deleted.',
    );
    expect(stored(world).map(({ name }) => name)).toEqual(names(setting()).slice(3));
  });

  test('deletes where retiring means deleting, also what is inactive', async () => {
    const world = setting();
    const ended = [1, 2].map((run) => ending(world, `shop/test/${run}`, -hour));
    const kept = ending(world, 'shop/test/3', hour);
    await world.plant([...ended, kept].map((name, index) => ({ name, active: index === 0 })));
    const off = await play(world, byTime());
    expect(off.outcome?.keyIds).toHaveLength(1);
    const { outcome } = await play(world, byTime({ retire: 'delete' }));
    expect(outcome?.sentence).toContain('2 keys like "shop/test/*" deleted');
    expect(outcome?.sentence).toContain('The end of each is past.');
    expect(stored(world)).toEqual([{ name: kept, active: false }]);
  });

  test('refuses more than `max_prune`, and changes nothing in a dry run', async () => {
    const world = setting();
    const names = [
      ending(world, 'shop/test/1', -hour),
      ending(world, 'shop/test/2', -hour),
      begun(world, 'shop/test/3', 2 * hour),
    ];
    const ids = await world.plant(names.map((name) => ({ name })));
    const strict = await play(world, byTime({ most: 2 }));
    expect(strict.failure).toMatchObject({ kind: 'unsafe', keyIds: ids });
    const dry = await play(world, byTime({ most: 2, dryRun: true }));
    expect(dry.outcome).toMatchObject({ changed: true, keyIds: ids.slice(0, 2) });
    expect(dry.outcome?.sentence).toMatch(
      /would be deactivated: .* The end of each is past\. 1 provisional key .* would be deleted\. Without `dry_run` it would refuse/u,
    );
    expect(stored(world)).toEqual(names.map((name) => ({ name, active: true })));
    expect((await play(world, byTime({ most: 3 }))).outcome?.changed).toBe(true);
  });

  test('takes only the keys of the team that may send data and nothing else', async () => {
    const world = setting();
    const name = ending(world, 'shop/test/1', -hour);
    world.store.add(
      { teamId: 1, name },
      { teamId: 1, name, owner: { kind: 'user', userId: 'u' } },
      { teamId: 1, name, presets: ['SendData', 'APM'] },
    );
    const { outcome, warnings } = await play(world, byTime({ teamId: 1 }));
    expect(outcome?.keyIds).toEqual([world.store.keys()[0]?.id]);
    expect(warnings).toEqual([expect.stringContaining('2 keys like "shop/test/*" are left alone')]);
  });

  test('says when nothing is past its end', async () => {
    const { outcome } = await play(setting(), byTime());
    expect(outcome).toMatchObject({ changed: false, keyIds: [] });
    expect(outcome?.sentence).toBe('No key like "shop/test/*" is past its end.');
  });

  test('never touches what somebody wrote by hand', async () => {
    const odd = [
      'shop/test/1 ~until-20241303T0210Z',
      'shop/test/1 ~until-20240229T2400Z',
      'shop/test/1 ~until-20240203t0210z',
      'shop/test/1 ~UNTIL-20240203T0210Z',
      'shop/test/1 ~until-20240203T0210+0100',
      'shop/test/1 ~until-20240203T021000Z',
      'shop/test/1 ~until-20240203T0210Z ~until-20240203T0210Z',
      'shop/test/1 ~until-20240203T0210Z x',
      'shop/test/1 ~until-20240203T0210Z ',
      'shop/test/1  ~until-20240203T0210Z',
      ' shop/test/1 ~until-20240203T0210Z',
      'shop/test/  ~until-20240203T0210Z',
      'shop/test/1\u00a0~until-20240203T0210Z',
      'shop/test/1~until-20240203T0210Z',
      'shop/test/ ~until-20240203T0210Z',
      '~until-20240203T0210Z',
      'shop/test/1 ~pending-20240203T021000Z-short',
      'shop/test/1  ~pending-20240203T021000Z-0123456789abcdef',
    ];
    const retire = 'delete';
    expect(await left(() => odd, byTime({ retire }))).toEqual(odd);
    const environments = pruning('shop/test/{environment}', { retire });
    const alike = odd.filter((name) => !name.includes('1~until'));
    expect(await left(() => alike, environments, { existing })).toEqual(alike);
  });
});

describe('prune of what no longer exists', () => {
  const names = (world: World): readonly string[] => [
    ending(world, 'shop/main', hour),
    ending(world, 'shop/main', -hour),
    ending(world, 'shop/gone', hour),
    ending(world, 'shop/gone', -hour),
    'shop/main',
    'shop/gone',
  ];

  test('takes what is due, and what is gone before its end, and leaves a grace that is not over', async () => {
    const world = setting();
    const planted = names(world);
    const ids = await world.plant(planted.map((name) => ({ name })));
    const { outcome } = await play(world, byBranch(), { existing });
    expect(new Set(outcome?.keyIds)).toEqual(new Set([ids[1], ids[2], ids[3], ids[5]]));
    expect(outcome?.sentence).toContain('The end of 2 of them is past.');
    expect(outcome?.sentence).toContain('GitHub has 1 branch.');
    expect(outcome?.sentence).toContain('1 key with an end to come stays until then.');
    const active = stored(world).filter((key) => key.active);
    expect(active.map(({ name }) => name)).toEqual([planted[0], planted[4]]);
  });

  test('asks GitHub nothing where all that fits is past its end', async () => {
    const world = setting();
    await world.plant([{ name: ending(world, 'shop/main', -hour) }]);
    const { outcome } = await play(world, byBranch());
    expect(outcome).toMatchObject({ changed: true });
    expect(outcome?.sentence).not.toContain('GitHub');
  });

  test('changes nothing, not even what is due, when GitHub gives no answer', async () => {
    const world = setting();
    const planted = names(world);
    await world.plant(planted.map((name) => ({ name })));
    const { failure } = await play(world, byBranch());
    expect(failure?.kind).toBe('github');
    expect(stored(world)).toEqual(planted.map((name) => ({ name, active: true })));
  });
});

describe('clocks that differ', () => {
  test('never end a key before its time, and none outlives it by more than the next prune', async () => {
    const apart = fc.integer({ min: -clockDifferenceMs / 2, max: clockDifferenceMs / 2 });
    await fc.assert(
      fc.asyncProperty(
        apart,
        apart,
        fc.integer({ min: 1, max: 36 * 60 }),
        fc.integer({ min: 0, max: 59_999 }),
        fc.integer({ min: 0, max: 60 * minute }),
        async (makers, pruners, lastsMinutes, begins, first) => {
          const world = setting();
          const lasts = lastsMinutes * minute;
          await pass(world, begins);
          const request = creating({ name: 'shop/test/1', expiresAfterMs: lasts });
          const { startedAt: madeAt } = await play(world, request, { skewMs: makers });
          // A minute for rounding, and twice the difference: the clocks', and the margin.
          const latest = lasts + minute + 2 * clockDifferenceMs;
          for (const at of [first, lasts - minute, lasts, lasts + minute, latest].sort(
            (a, b) => a - b,
          )) {
            await pass(world, Math.max(0, madeAt + at - world.time.now));
            const { startedAt } = await play(world, byTime(), { skewMs: pruners });
            const [key] = stored(world);
            if (key?.active === false)
              expect(world.time.now - madeAt).toBeGreaterThanOrEqual(lasts);
            else expect(startedAt - madeAt).toBeLessThan(latest);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a clock that is behind leaves keys for so much longer, and one that is ahead ends them earlier', async () => {
    for (const skewMs of [-2 * hour, 2 * hour]) {
      const isPrunedAfter = async (ageMs: number): Promise<boolean> => {
        const world = setting();
        await play(world, creating({ name: 'shop/test/1', expiresAfterMs: 12 * hour }));
        await pass(world, ageMs);
        await play(world, byTime(), { skewMs });
        return stored(world)[0]?.active === false;
      };
      const end = 12 * hour + clockDifferenceMs - skewMs;
      expect(await isPrunedAfter(end - minute)).toBe(false);
      expect(await isPrunedAfter(end + 2 * minute)).toBe(true);
    }
  });
});

test.each(['success', 'failure'] as const)(
  'prune at any moment of a rotation of the same name whose job ends with %s takes nothing of it',
  async (jobStatus) => {
    for (let at = 0; at <= 6000; at += 150) {
      const world = setting({ readLagMs: 300 });
      const end = world.wallClock() + hour;
      const [old, grace] = await world.plant([
        { name: 'shop/main' },
        { name: nameWithEnd('shop/main', end) },
      ]);
      await pass(world, minute);
      const rotation = rotating({ name: 'shop/main' });
      arrange(world, { name: 'rotation', request: rotation, jobLastsMs: 3000, jobStatus });
      const both = [byBranch({ retire: 'delete' }), pruning('shop/*', { retire: 'delete' })];
      for (const [index, request] of both.entries()) {
        arrange(world, { name: `prune ${index}`, request, existing, startsAfter: at });
      }
      await world.time.run();
      expect(world.reports.map(({ failure }) => failure)).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      const left = world.store.keys().map(({ id, name, active }) => {
        const which = id === old ? 'old' : id === grace ? 'grace' : name;
        return [which, active];
      });
      const isNew = jobStatus === 'success';
      expect(left).toEqual([
        ['old', !isNew],
        ['grace', true],
        ['shop/main', isNew],
      ]);
    }
  },
);

test('a key of create is pruned by its template once it is over, and not before', async () => {
  const world = setting();
  await play(world, creating({ name: 'shop/test/77', expiresAfterMs: 90 * minute }));
  const [{ name } = { name: '' }] = stored(world);
  expect([withoutEnd(name), endOf(name) !== undefined]).toEqual(['shop/test/77', true]);
  await pass(world, hour);
  await play(world, byTime({ retire: 'delete' }));
  expect(stored(world)).toHaveLength(1);
  await pass(world, hour);
  await play(world, byTime({ retire: 'delete' }));
  expect(stored(world)).toEqual([]);
});
