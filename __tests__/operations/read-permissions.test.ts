import { expect, test } from '@jest/globals';
import type { ByKeyRequest } from '../../src/operations/by-key-request.ts';
import type { Ports } from '../../src/operations/operation.ts';
import { play, setting } from './setting.ts';
import { ensuring, name } from './simulation/requests.ts';
import type { World } from './simulation/world.ts';

/** A service whose list tells of no key what it may do, as the vendor's command line says of it. */
function silentList(): World {
  return setting({
    tamper: (ports: Ports): Ports => ({
      ...ports,
      keys: {
        ...ports.keys,
        list: async () =>
          (await ports.keys.list()).map((key) => ({ ...key, presets: [], permissions: [] })),
      },
    }),
  });
}

const deleting: ByKeyRequest = { operation: 'delete', keys: { by: 'name', name }, dryRun: false };

test('where a list does not tell what a key may do, the keys of the name are read', async () => {
  const world = silentList();
  const [ours, management] = world.store.add(
    { teamId: 1, name },
    { teamId: 1, name, presets: ['SendData', 'APIKeys'] },
    { teamId: 1, name: `${name}2`, presets: ['SendData', 'APIKeys'] },
  );
  const { outcome, calls, warnings } = await play(world, deleting);
  expect(calls).toEqual(['List', 'Get', 'Get', 'Delete']);
  expect(outcome?.keyIds).toEqual([ours?.id]);
  expect(warnings).toEqual([expect.stringContaining(management?.id ?? 'no id')]);
});

test('a key of which nothing is told anywhere counts: the list has none but those that may send', async () => {
  const world = silentList();
  const [key] = world.store.add({ teamId: 1, name, untold: ['key_permissions'] });
  const { outcome } = await play(world, deleting);
  expect(outcome?.keyIds).toEqual([key?.id]);
});

test("keys that are being made are not read: their names are this action's own", async () => {
  const world = silentList();
  const { outcome, calls } = await play(world, ensuring());
  expect(outcome?.created).toBe(true);
  expect(calls).toEqual(['List', 'Create', 'List', 'Update']);
});
