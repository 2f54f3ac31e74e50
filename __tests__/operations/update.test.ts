import { describe, expect, test } from '@jest/globals';
import type { UpdateRequest } from '../../src/operations/update.ts';
import { play, scripted, setting, stored } from './setting.ts';
import { dropped, status } from './simulation/outcome.ts';
import { name } from './simulation/requests.ts';

const policy = '{"version":"2025-01-01"}';

const updating = (change: Partial<UpdateRequest>): UpdateRequest => ({
  operation: 'update',
  key: { by: 'name', name },
  newName: undefined,
  active: undefined,
  accessPolicy: undefined,
  dryRun: false,
  ...change,
});

describe('update', () => {
  test('by id costs one call, and changes what is given and nothing else', async () => {
    const world = setting();
    const [id = ''] = await world.plant([{ name, active: false }]);
    const request = updating({ key: { by: 'id', id }, newName: 'new' });
    const { outcome, calls } = await play(world, request);
    // The list comes after it, to look who else bears the name.
    expect(calls).toEqual(['Update', 'List']);
    expect(outcome).toMatchObject({ key: { id, name: 'new' }, changed: true, keyIds: [id] });
    expect(stored(world)).toEqual([{ name: 'new', active: false }]);
  });

  test.each([
    ['sets', policy, policy],
    ['removes', '', undefined],
  ])('%s an access policy, and leaves the rest alone', async (_what, accessPolicy, expected) => {
    const world = setting();
    const [key] = world.store.add({ teamId: 1, name, accessPolicy: '{"old":true}' });
    const request = updating({ key: { by: 'id', id: key?.id ?? '' }, accessPolicy });
    const { outcome, calls } = await play(world, request);
    expect(calls).toEqual(['Update']);
    expect(outcome?.key?.accessPolicy).toBe(expected);
    expect(outcome?.sentence).toContain(`access policy ${accessPolicy === '' ? 'removed' : 'set'}`);
    expect(world.store.keys()).toEqual([{ ...key, accessPolicy: expected }]);
  });

  test.each(['name', 'id'] as const)(
    'by %s to a name that another active key has is a warning',
    async (by) => {
      const world = setting();
      const [id = '', other = ''] = await world.plant([
        { name },
        { name: 'new' },
        { name: 'new', active: false },
      ]);
      const key = by === 'id' ? { by, id } : { by, name };
      const { outcome, warnings } = await play(world, updating({ key, newName: 'new' }));
      expect(outcome?.changed).toBe(true);
      expect(warnings).toEqual([
        `Another active key is named "new", too: ${other}. By that name, none of them can be told from the other: rename or deactivate the one that is not in use.`,
      ]);
    },
  );

  test('does not fail where the list cannot be read afterwards', async () => {
    const world = setting({ faults: scripted({ List: [status('PERMISSION_DENIED', 20)] }) });
    const [id = ''] = await world.plant([{ name }]);
    const request = updating({ key: { by: 'id', id }, newName: 'new' });
    const { outcome, infos } = await play(world, request);
    expect(outcome?.changed).toBe(true);
    expect(infos).toEqual([expect.stringContaining('could not be looked up')]);
  });

  test('by name means the active key, however many inactive ones bear the name', async () => {
    const world = setting();
    const [, id] = await world.plant([{ name, active: false }, { name }, { name, active: false }]);
    const { outcome } = await play(world, updating({ active: false }));
    expect(outcome?.keyIds).toEqual([id]);
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
