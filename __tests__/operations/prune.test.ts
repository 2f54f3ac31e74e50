import { describe, expect, test } from '@jest/globals';
import type { PruneRequest } from '../../src/operations/prune.ts';
import { provisionalName } from '../../src/names/stamp.ts';
import { play, scripted, setting, stored } from './setting.ts';
import { status } from './simulation/outcome.ts';

const prefix = 'shop/';

const pruning = (change: Partial<PruneRequest> = {}): PruneRequest => ({
  operation: 'prune',
  template: {
    text: 'shop/{branch}',
    open: 'branch',
    capture: (name) => (name.startsWith(prefix) ? name.slice(prefix.length) : undefined),
  },
  retire: 'deactivate',
  most: 20,
  dryRun: false,
  ...change,
});

const existing = new Set(['main']);
const names = ['shop/main', 'shop/gone', 'shop/off', 'other/gone'];
const planted = names.map((name) => ({ name, active: name !== 'shop/off' }));

describe('prune', () => {
  test('retires the active keys of what no longer exists, and leaves all others', async () => {
    const world = setting();
    const ids = await world.plant(planted);
    const { outcome, calls } = await play(world, pruning(), { existing });
    expect(calls).toEqual(['List', 'Update']);
    expect(outcome).toMatchObject({ changed: true, keyIds: [ids[1]] });
    expect(outcome?.shown).toMatchObject([{ id: ids[1], active: false }]);
    expect(stored(world)).toEqual(
      planted.map(({ name, active }) => ({ name, active: active && name !== 'shop/gone' })),
    );
  });

  test('deletes also the inactive ones where retiring means deleting', async () => {
    const world = setting();
    await world.plant(planted);
    await play(world, pruning({ retire: 'delete' }), { existing });
    expect(stored(world).map(({ name }) => name)).toEqual(['shop/main', 'other/gone']);
  });

  test.each([0, 11, 59])(
    'leaves provisional keys of %i minutes to those who made them',
    async (minutes) => {
      const world = setting();
      const since = world.wallClock() - minutes * 60_000;
      await world.plant([{ name: provisionalName('shop/gone', since, 'abcd1234') }]);
      const { outcome, calls } = await play(world, pruning({ retire: 'delete' }), { existing });
      expect(calls).toEqual(['List']);
      expect(outcome?.changed).toBe(false);
    },
  );

  test('deletes the provisional keys that runs cut off long ago have left, and no others', async () => {
    const world = setting();
    const old = (name: string): { name: string } => ({
      name: provisionalName(name, world.wallClock() - 61 * 60_000, 'abcd1234'),
    });
    const ids = await world.plant([old('shop/gone'), old('shop/main'), old('other/gone')]);
    const dry = await play(world, pruning({ dryRun: true }), { existing });
    expect(dry.outcome).toMatchObject({ changed: true, keyIds: [] });
    expect(dry.outcome?.sentence).toContain('2 provisional keys');
    const strict = await play(world, pruning({ most: 1 }), { existing });
    expect(strict.failure).toMatchObject({ kind: 'unsafe', keyIds: ids.slice(0, 2) });
    expect(stored(world)).toHaveLength(3);
    const { outcome, calls } = await play(world, pruning(), { existing });
    expect(calls).toEqual(['List', 'Delete', 'Delete']);
    expect(outcome?.changed).toBe(true);
    expect(world.store.keys().map(({ id }) => id)).toEqual(ids.slice(2));
  });

  test('changes nothing in a dry run', async () => {
    const world = setting();
    const ids = await world.plant(planted);
    const { outcome, calls } = await play(world, pruning({ dryRun: true }), { existing });
    expect(calls).toEqual(['List']);
    expect(outcome).toMatchObject({ changed: true, keyIds: [ids[1]] });
    expect(outcome?.shown).toMatchObject([{ id: ids[1], active: true }]);
    expect(outcome?.sentence).toContain('would be deactivated');
  });

  test('retires as many as allowed, and refuses to begin where there is one more', async () => {
    const world = setting();
    world.store.seed(4, 'shop/old-', { teamId: 1 });
    const refused = await play(world, pruning({ most: 3 }), { existing });
    expect(refused.failure?.kind).toBe('unsafe');
    expect(refused.failure?.keyIds).toHaveLength(4);
    expect(refused.failure?.message).toContain('Nothing was changed');
    expect(refused.failure?.message).toContain('"shop/old-0"');
    expect(refused.calls).toEqual(['List']);
    const allowed = await play(world, pruning({ most: 4 }), { existing });
    expect(allowed.outcome?.keyIds).toHaveLength(4);
  });

  test('shows in a dry run also what it would refuse, and says that it would', async () => {
    const world = setting();
    world.store.seed(4, 'shop/old-', { teamId: 1 });
    const { outcome, calls } = await play(world, pruning({ most: 3, dryRun: true }), { existing });
    expect(calls).toEqual(['List']);
    expect(outcome?.keyIds).toHaveLength(4);
    expect(outcome?.sentence).toContain(
      'Without `dry_run` it would refuse, as `max_prune` allows 3: if all of them are to go, raise it to 4 or more.',
    );
    const enough = await play(world, pruning({ most: 4, dryRun: true }), { existing });
    expect(enough.outcome?.sentence).not.toContain('would refuse');
  });

  test('changes nothing when GitHub gives no answer', async () => {
    const world = setting();
    await world.plant(planted);
    const { failure, calls } = await play(world, pruning());
    expect(failure?.kind).toBe('github');
    expect(calls).toEqual(['List']);
  });

  test('reads the keys before it asks GitHub, so that a branch made meanwhile has no key in the list', async () => {
    const asked: string[] = [];
    const world = setting({
      tamper: (ports) => ({
        ...ports,
        keys: { ...ports.keys, list: () => (asked.push('keys'), ports.keys.list()) },
        github: {
          ...ports.github,
          existing: (kind) => (asked.push('GitHub'), ports.github.existing(kind)),
        },
      }),
    });
    await world.plant(planted);
    await play(world, pruning(), { existing });
    expect(asked).toEqual(['keys', 'GitHub']);
  });

  test('says when no key fits, as the template may be wrong', async () => {
    const world = setting();
    await world.plant([{ name: 'other/gone' }]);
    const { outcome } = await play(world, pruning(), { existing });
    expect(outcome?.sentence).toContain('No key has a name like "shop/{branch}"');
  });

  test('asks GitHub only when a key fits the template', async () => {
    const world = setting();
    await world.plant([{ name: 'other/gone' }]);
    const { outcome } = await play(world, pruning());
    expect(outcome).toMatchObject({ changed: false, keyIds: [] });
  });

  test('retires 300 among 3,000, and tells how far it came when one fails', async () => {
    const outcomes = [
      ...Array.from({ length: 200 }, () => undefined),
      status('PERMISSION_DENIED', 20),
    ];
    const world = setting({ faults: scripted({ Update: outcomes }) });
    world.store.seed(2700, 'other/', { teamId: 1 });
    world.store.seed(300, 'shop/old-', { teamId: 1 });
    const cut = await play(world, pruning({ most: 300 }), { existing });
    const left = stored(world).filter(({ name, active }) => name.startsWith(prefix) && active);
    expect(cut.failure?.kind).toBe('permission');
    expect(cut.failure?.keyIds).toHaveLength(left.length);
    const { outcome } = await play(world, pruning({ most: 300 }), { existing });
    expect(outcome?.keyIds).toHaveLength(left.length);
    expect(stored(world).filter(({ active }) => active)).toHaveLength(2700);
  });
});
