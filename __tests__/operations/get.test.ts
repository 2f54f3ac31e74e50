import { describe, expect, test } from '@jest/globals';
import { nameWithEnd } from '../../src/names/stamp.ts';
import { play, setting } from './setting.ts';
import { name } from './simulation/requests.ts';

const byId = (id: string) => ({ operation: 'get', key: { by: 'id', id } }) as const;
const byName = { operation: 'get', key: { by: 'name', name } } as const;
const unknownId = '00000000-0000-4000-8000-000000000000';

describe('get', () => {
  test('by id costs one call', async () => {
    const world = setting();
    const [id = ''] = await world.plant([{ name }]);
    const { outcome, calls, warnings } = await play(world, byId(id));
    expect(calls).toEqual(['Get']);
    expect(outcome).toMatchObject({
      key: { id, name, active: true },
      changed: false,
      keyIds: [id],
    });
    expect(outcome?.value?.reveal() === world.store.keys()[0]?.value).toBe(true);
    expect(warnings).toEqual([]);
  });

  test('by name costs one call, and finds an inactive key too', async () => {
    const world = setting();
    const [id] = await world.plant([{ name, active: false }, { name: `${name}2` }]);
    const { outcome, calls } = await play(world, byName);
    expect(calls).toEqual(['List']);
    expect(outcome).toMatchObject({ key: { id, active: false }, keys: [{ id }] });
  });

  test('by name means the active key, however many inactive ones bear the name', async () => {
    const world = setting();
    const [, id] = await world.plant([{ name, active: false }, { name }, { name, active: false }]);
    expect((await play(world, byName)).outcome).toMatchObject({ keyIds: [id] });
  });

  test('never takes a key with an end for the one without', async () => {
    const world = setting();
    await world.plant([{ name: nameWithEnd(name, world.wallClock() + 60_000) }]);
    expect((await play(world, byName)).failure?.kind).toBe('not_found');
  });

  test('refuses to choose between keys of the same name, and gives their ids', async () => {
    const world = setting();
    const inactive = await world.plant([
      { name, active: false },
      { name, active: false },
    ]);
    const first = await play(world, byName);
    expect(first.failure).toMatchObject({ kind: 'ambiguous', keyIds: inactive });
    expect(first.failure?.message).toContain(`${inactive[1] ?? ''} (inactive)`);
    const active = await world.plant([{ name }, { name }]);
    const second = await play(world, byName);
    expect(second.failure).toMatchObject({ kind: 'ambiguous', keyIds: active });
  });

  test.each([byName, byId(unknownId)])('of what is not there fails: %j', async (request) => {
    expect((await play(setting(), request)).failure?.kind).toBe('not_found');
  });

  test('says that a value is not disclosed, without a warning at every run', async () => {
    const world = setting({ hideValues: true });
    await world.plant([{ name }]);
    const { outcome, warnings, infos } = await play(world, byName);
    expect(outcome && 'value' in outcome).toBe(false);
    expect(infos).toEqual([expect.stringMatching(/`value` is empty: the service discloses/u)]);
    expect(warnings).toEqual([]);
  });

  test('says that a key is hashed whose value was disclosed once', async () => {
    const world = setting();
    const [seeded] = world.store.seed(1, 'hashed-', { teamId: 1, hashed: true });
    const { infos } = await play(world, byId(seeded?.id ?? ''));
    expect(infos).toEqual([expect.stringContaining('the key is stored hashed, and')]);
  });
});
