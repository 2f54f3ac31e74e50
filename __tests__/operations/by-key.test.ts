import { describe, expect, test } from '@jest/globals';
import type { ByKeyRequest } from '../../src/operations/by-key-request.ts';
import { oneWayMs, play, scripted, setting, stored } from './setting.ts';
import { dropped, status } from './simulation/outcome.ts';
import { name } from './simulation/requests.ts';
import { teamId, token } from './simulation/service.ts';

type Operation = ByKeyRequest['operation'];

/** A key that was made a moment ago, as the store is asked for it. */
const fresh = {
  name,
  owner: { kind: 'team', teamId },
  presets: ['SendData'],
  permissions: [],
  hashed: false,
} as const;

const byName = (operation: Operation, dryRun = false): ByKeyRequest => ({
  operation,
  keys: { by: 'name', name },
  dryRun,
});
const byIds = (operation: Operation, ids: readonly string[], dryRun = false): ByKeyRequest => ({
  operation,
  keys: { by: 'ids', ids },
  dryRun,
});
const unknownId = '00000000-0000-4000-8000-000000000000';

test.each(['delete', 'deactivate', 'activate'] as const)(
  '%s of the ids of an earlier step that found none does nothing, and says so',
  async (operation) => {
    for (const dryRun of [true, false]) {
      const { outcome, calls, warnings } = await play(setting(), byIds(operation, [], dryRun));
      expect(calls).toEqual([]);
      expect(outcome).toMatchObject({
        changed: false,
        keyIds: [],
        sentence: '`key_id` is an empty list: no key is meant, and there is nothing to do.',
      });
      expect(warnings).toEqual([]);
    }
  },
);

describe('a name that no key has', () => {
  test.each([
    [`${name} `, `A key named "${name} " (`],
    [name.toUpperCase(), `A key named "${name.toUpperCase()}" (`],
  ])('is said to be nearly that of %p', async (existing, said) => {
    const world = setting();
    await world.plant([{ name: existing }, { name: `${name}/2` }]);
    for (const operation of ['delete', 'deactivate'] as const) {
      const { outcome, warnings } = await play(world, byName(operation));
      expect(outcome?.changed).toBe(false);
      expect(warnings).toEqual([expect.stringContaining(said)]);
    }
    expect((await play(world, byName('activate'))).failure?.hint).toContain(said);
    expect(stored(world)).toHaveLength(2);
  });

  test.each(['delete', 'deactivate'] as const)(
    'is no pattern for %s, and it says who takes one',
    async (operation) => {
      const world = setting();
      await world.plant([{ name: 'x/1' }]);
      const { outcome, warnings } = await play(world, {
        ...byName(operation),
        keys: { by: 'name', name: 'x/*' },
      });
      expect(outcome?.changed).toBe(false);
      expect(warnings).toEqual([expect.stringContaining('Only `list` takes patterns')]);
    },
  );

  test('is one that a key may well have, with a star in it', async () => {
    const world = setting();
    await world.plant([{ name: 'x/*' }, { name: 'x/1' }]);
    const { warnings } = await play(world, {
      ...byName('delete'),
      keys: { by: 'name', name: 'x/*' },
    });
    expect(warnings).toEqual([]);
    expect(stored(world)).toEqual([{ name: 'x/1', active: true }]);
  });
});

describe('by name', () => {
  test.each([
    [
      'deactivate',
      [
        { name, active: false },
        { name, active: false },
      ],
    ],
    ['delete', []],
  ] as const)('%s acts on every key with exactly that name', async (operation, expected) => {
    const world = setting();
    const other = `${name}/2`;
    const ids = await world.plant([{ name }, { name, active: false }, { name: other }]);
    const { outcome, calls } = await play(world, byName(operation));
    expect(calls).toHaveLength(3);
    expect(outcome).toMatchObject({ changed: true, keyIds: ids.slice(0, 2) });
    expect(stored(world)).toEqual([...expected, { name: other, active: true }]);
  });

  test('activate acts on every key with that name where none is active, and warns', async () => {
    const world = setting();
    const ids = await world.plant([
      { name, active: false },
      { name, active: false },
    ]);
    const { outcome, calls, warnings } = await play(world, byName('activate'));
    expect(calls).toEqual(['List', 'Update', 'Update']);
    expect(outcome).toMatchObject({ changed: true, keyIds: ids });
    expect(warnings).toEqual([expect.stringContaining('give its `key_id`')]);
    expect(stored(world).map(({ active }) => active)).toEqual([true, true]);
  });

  test('activate does nothing where a key with that name is active: the others were retired', async () => {
    const world = setting();
    const [id = ''] = await world.plant([{ name }, { name, active: false }]);
    const { outcome, calls, warnings } = await play(world, byName('activate'));
    expect(calls).toEqual(['List']);
    expect(outcome).toMatchObject({ changed: false, keyIds: [id], key: { id, active: true } });
    expect(outcome?.sentence).toBe(
      `Nothing to do for 1 key named "${name}" (already activated: ${id}).`,
    );
    expect(warnings).toEqual([]);
    expect(stored(world).map(({ active }) => active)).toEqual([true, false]);
  });

  test.each(['deactivate', 'delete'] as const)(
    '%s of what is gone looks for it for three seconds, and is a success',
    async (operation) => {
      const { outcome, calls, lastedMs } = await play(setting(), byName(operation));
      expect(calls).toEqual(['List', 'List', 'List']);
      expect(lastedMs).toBe(3000 + 3 * 2 * oneWayMs);
      expect(outcome).toMatchObject({ changed: false, keyIds: [] });
      expect(outcome?.sentence).toContain('nothing to do');
    },
  );

  test('activate of what is gone fails, as the workflow would go on without a key', async () => {
    const { failure, calls } = await play(setting(), byName('activate'));
    expect(failure?.kind).toBe('not_found');
    expect(calls).toEqual(['List', 'List', 'List']);
  });

  test.each([
    ['deactivate', [{ name, active: false }]],
    ['activate', [{ name, active: true }]],
    ['delete', []],
  ] as const)('%s finds a key that reads do not show yet', async (operation, expected) => {
    const world = setting({ readLagMs: 2500 });
    world.store.create(token, fresh);
    const { outcome } = await play(world, byName(operation));
    expect(outcome?.keyIds).toHaveLength(1);
    expect(stored(world)).toEqual(expected);
  });

  test('deactivate of what is inactive already sends it all the same, and changes nothing', async () => {
    const world = setting();
    await world.plant([{ name, active: false }]);
    const { outcome, calls } = await play(world, byName('deactivate'));
    // What was read may be older than the last change.
    expect(calls).toEqual(['List', 'Update']);
    expect(outcome?.changed).toBe(false);
  });
});

describe('by id', () => {
  test.each([
    ['deactivate', ['Get', 'Update', 'Update', 'Update', 'Update', 'List']],
    ['delete', ['Delete', 'Delete', 'Delete', 'Delete', 'List']],
  ] as const)('%s of what is gone asks for five seconds', async (operation, expected) => {
    const { outcome, calls, warnings } = await play(setting(), byIds(operation, [unknownId]));
    expect(calls).toEqual(expected);
    expect(outcome).toMatchObject({ changed: false, keyIds: [unknownId], key: { id: unknownId } });
    expect(outcome?.key).not.toHaveProperty('active');
    expect(warnings).toEqual([expect.stringContaining(`knows no key ${unknownId}`)]);
  });

  test('activate of what is gone fails', async () => {
    const { failure } = await play(setting(), byIds('activate', [unknownId]));
    expect(failure?.kind).toBe('not_found');
  });

  test.each([
    ['deactivate', [{ name, active: false }]],
    ['activate', [{ name, active: true }]],
    ['delete', []],
  ] as const)('%s finds a key that the service does not know yet', async (operation, expected) => {
    const world = setting({ readLagMs: 4000 });
    const { keyId } = world.store.create(token, fresh);
    const { outcome, warnings } = await play(world, byIds(operation, [keyId]));
    expect(outcome).toMatchObject({ changed: true, keyIds: [keyId] });
    expect(warnings).toEqual([]);
    expect(stored(world)).toEqual(expected);
  });

  test('tells of several which ones changed', async () => {
    const world = setting();
    const [on = '', off = ''] = await world.plant([{ name }, { name, active: false }]);
    const { outcome } = await play(world, byIds('deactivate', [on, off, unknownId]));
    expect(outcome).toMatchObject({ changed: true, keyIds: [on, off, unknownId] });
    expect(outcome?.sentence).toBe(
      `1 key deactivated: ${on} (already deactivated: ${off}; not found: ${unknownId}).`,
    );
  });

  test('a delete whose answer was lost did change something', async () => {
    const world = setting({ faults: scripted({ Delete: [dropped(10, 20)] }) });
    const ids = await world.plant([{ name }]);
    const { outcome, calls } = await play(world, byIds('delete', ids));
    // Nothing that the service says to the same call again tells its own work from the lag.
    expect(calls).toEqual(['Delete', 'Delete', 'Delete', 'Delete', 'Delete', 'List']);
    expect(outcome?.changed).toBe(true);
  });
});

describe('in a dry run', () => {
  test.each(['delete', 'deactivate', 'activate'] as const)('%s reads only', async (operation) => {
    const world = setting();
    const ids = await world.plant([{ name, active: operation !== 'activate' }]);
    const before = stored(world);
    const one = await play(world, byName(operation, true));
    const other = await play(world, byIds(operation, ids, true));
    expect([...one.calls, ...other.calls]).toEqual(['List', 'Get']);
    expect([one.outcome?.changed, other.outcome?.changed]).toEqual([true, true]);
    expect(one.outcome?.sentence).toContain('would be');
    expect(stored(world)).toEqual(before);
  });
});

test('a dry run by several ids tells of keys of any kind, as the run itself would act on them', async () => {
  const world = setting();
  const [ours, management] = world.store.add(
    { teamId: 1, name },
    { teamId: 1, name: 'ci', presets: ['APIKeys'] },
  );
  const gone = 'c8d84762-9aff-4f90-93ef-1762757e0c2c';
  const ids = [ours?.id ?? '', management?.id ?? '', gone];
  const { outcome, calls } = await play(world, byIds('deactivate', ids, true));
  expect(calls).toEqual(['List', 'Get', 'Get']);
  expect(outcome?.sentence).toMatch(
    /^2 keys would be deactivated: \S+, \S+ \(not found: \S+\)\.$/u,
  );
});

describe('many keys', () => {
  const many = 1000;
  const ids = (world: ReturnType<typeof setting>): readonly string[] =>
    world.store.seed(many, 'key-', { teamId: 1 }).map(({ id }) => id);

  test('are deactivated eight at a time', async () => {
    const world = setting();
    const { outcome, lastedMs, infos } = await play(world, byIds('deactivate', ids(world)));
    expect(stored(world).filter(({ active }) => active)).toEqual([]);
    expect(outcome?.keyIds).toHaveLength(many);
    // One list, and the rest in eight lanes, each round trip twice the way.
    expect(lastedMs).toBe(2 * oneWayMs * (1 + many / 8));
    expect(infos.every((line) => /^\d+ of 1000 keys deactivated\.$/u.test(line))).toBe(true);
    expect(infos.length).toBeLessThanOrEqual(lastedMs / 1000);
  });

  test('of which one fails in the middle: what was done and what was not is told', async () => {
    const faults = scripted({
      Update: [...Array.from({ length: 99 }, () => undefined), status('PERMISSION_DENIED', 20)],
    });
    const world = setting({ faults });
    const { failure, infos, groups } = await play(world, byIds('deactivate', ids(world)));
    const inactive = world.store.keys().filter(({ active }) => !active);
    const left = world.store.keys().filter(({ active }) => active);
    // Those that were under way when it failed were finished, and none begun.
    expect(inactive.length).toBeGreaterThanOrEqual(99);
    expect(inactive.length).toBeLessThan(99 + 8);
    expect(failure?.kind).toBe('permission');
    expect(failure?.keyIds).toEqual(left.map(({ id }) => id));
    expect(failure?.message).toContain(`${inactive.length} of 1000 keys were deactivated before`);
    expect(groups.slice(-2)).toEqual([
      `${inactive.length} keys deactivated, before it failed`,
      `${left.length} keys not deactivated`,
    ]);
    // As many to a line as `key_id` takes without being cut.
    const told = infos.join(', ').match(/[0-9a-f-]{36}/gu) ?? [];
    expect(new Set(told.slice(0, inactive.length))).toEqual(new Set(inactive.map(({ id }) => id)));
    expect(told.slice(inactive.length)).toEqual(left.map(({ id }) => id));
  });

  test('slow down when the service asks for it', async () => {
    const busy = status('RESOURCE_EXHAUSTED', 20, { retryAfterMs: 1000 });
    const world = setting({ faults: scripted({ Delete: [busy, busy, busy] }) });
    const { outcome, failure } = await play(world, byIds('delete', ids(world).slice(0, 20)));
    expect(failure).toBeUndefined();
    expect(outcome?.changed).toBe(true);
    expect(world.store.keys()).toHaveLength(many - 20);
  });
});
