import { describe, expect, test } from '@jest/globals';
import type { UpdateRequest } from '../../src/operations/update.ts';
import { play, scripted, setting, stored } from './setting.ts';
import { dropped } from './simulation/outcome.ts';
import { name } from './simulation/requests.ts';

const updating = (change: Partial<UpdateRequest>): UpdateRequest => ({
  operation: 'update',
  key: { by: 'name', name },
  newName: undefined,
  active: undefined,
  dryRun: false,
  ...change,
});

describe('update', () => {
  test('by id costs one call, and changes what is given and nothing else', async () => {
    const world = setting();
    const [id = ''] = await world.plant([{ name, active: false }]);
    const request = updating({ key: { by: 'id', id }, newName: 'new' });
    const { outcome, calls } = await play(world, request);
    expect(calls).toEqual(['Update']);
    expect(outcome).toMatchObject({ key: { id, name: 'new' }, changed: true, keyIds: [id] });
    expect(stored(world)).toEqual([{ name: 'new', active: false }]);
  });

  test('by name looks for the key first', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const { outcome, calls } = await play(world, updating({ active: false }));
    expect(calls).toEqual(['List', 'Update']);
    expect(outcome).toMatchObject({ key: { name, active: false }, changed: true });
    expect(stored(world)).toEqual([{ name, active: false }]);
  });

  test('to what is so already is sent all the same, and says that nothing changed', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const { outcome, calls } = await play(world, updating({ active: true, newName: name }));
    expect(calls).toEqual(['List', 'Update']);
    expect(outcome?.changed).toBe(false);
  });

  test('whose answer was lost is sent again', async () => {
    const world = setting({ faults: scripted({ Update: [dropped(10, 20)] }) });
    await world.plant([{ name }]);
    const { outcome, calls } = await play(world, updating({ newName: 'new' }));
    expect(calls).toEqual(['List', 'Update', 'Update']);
    expect(outcome?.changed).toBe(true);
  });

  test.each(['name', 'id'] as const)('reads and changes nothing in a dry run by %s', async (by) => {
    const world = setting();
    const [id = ''] = await world.plant([{ name }]);
    const key = by === 'id' ? { by, id } : { by, name };
    const { outcome, calls } = await play(world, updating({ key, active: false, dryRun: true }));
    expect(calls).toEqual([by === 'id' ? 'Get' : 'List']);
    expect(outcome).toMatchObject({ changed: true });
    expect(stored(world)).toEqual([{ name, active: true }]);
  });

  test('refuses to choose between keys of the same name', async () => {
    const world = setting();
    const keyIds = await world.plant([{ name }, { name }]);
    const { failure, calls } = await play(world, updating({ active: false }));
    expect(failure).toMatchObject({ kind: 'ambiguous', keyIds });
    expect(calls).toEqual(['List']);
  });

  test('of what is not there fails', async () => {
    const id = '00000000-0000-4000-8000-000000000000';
    const byId = await play(setting(), updating({ key: { by: 'id', id }, active: true }));
    const byName = await play(setting(), updating({ active: true }));
    expect([byId.failure?.kind, byName.failure?.kind]).toEqual(['not_found', 'not_found']);
  });
});
