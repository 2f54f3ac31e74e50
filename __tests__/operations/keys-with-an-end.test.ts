import { describe, expect, test } from '@jest/globals';
import type { Request } from '../../src/operations/index.ts';
import { nameWithEnd, provisionalName } from '../../src/names/stamp.ts';
import { play, setting, stored } from './setting.ts';
import { ensuring, name, rotating } from './simulation/requests.ts';

/** What by name is, and is not, meant of the keys that go by a name until their end. */

const end = Date.UTC(2026, 11, 3, 2, 10);
const ending = nameWithEnd(name, end);
const byHand = `${name} ~until-20261303T0210Z`;
const beingMade = provisionalName(ending, Date.UTC(2026, 11, 1), '0123456789abcdef');
const others = [`${name}/2`, nameWithEnd(`${name}/2`, end), byHand, beingMade, `${ending} `];

const change = { newName: 'other', active: undefined, accessPolicy: undefined } as const;
const asking: Readonly<Record<string, Request>> = {
  get: { operation: 'get', key: { by: 'name', name } },
  update: { operation: 'update', key: { by: 'name', name }, ...change, dryRun: false },
  activate: { operation: 'activate', keys: { by: 'name', name }, dryRun: false },
};

describe.each(['delete', 'deactivate'] as const)('%s of a name', (operation) => {
  const request = (named = name): Request => ({
    operation,
    keys: { by: 'name', name: named },
    dryRun: false,
  });
  const gone = operation === 'delete' ? [] : [false, false];

  test('takes the keys with it that go by the name until their end, and no others', async () => {
    const world = setting();
    const ids = await world.plant([name, ending, ...others].map((each) => ({ name: each })));
    const { outcome, warnings } = await play(world, request());
    expect(outcome).toMatchObject({ changed: true, keyIds: ids.slice(0, 2) });
    expect(outcome?.sentence).toMatch(
      new RegExp(`^2 keys named "${name}" \\(1 with an end\\) ${operation}d: `, 'u'),
    );
    expect(warnings).toEqual([]);
    const left = stored(world);
    expect(
      left.filter((key) => [name, ending].includes(key.name)).map((key) => key.active),
    ).toEqual(gone);
    expect(left.filter((key) => key.active).map((key) => key.name)).toEqual(others);
  });

  test('finds them also where nothing else has the name', async () => {
    const world = setting();
    const ids = await world.plant([{ name: ending }, { name: nameWithEnd(name, end + 60_000) }]);
    const { outcome } = await play(world, request());
    expect(outcome).toMatchObject({ changed: true, keyIds: ids });
    expect(outcome?.sentence).toContain('(2 with an end)');
  });

  test('with its end takes just the one that has it', async () => {
    const world = setting();
    const ids = await world.plant([name, ending, ...others].map((each) => ({ name: each })));
    const { outcome } = await play(world, request(ending));
    expect(outcome?.keyIds).toEqual([ids[1]]);
    expect(outcome?.sentence).not.toContain('with an end');
  });

  test('leaves those of a user, and one that may do more, until their end', async () => {
    const world = setting();
    world.store.add(
      { teamId: 1, name: ending },
      { teamId: 1, name: ending, owner: { kind: 'user', userId: 'u' } },
      { teamId: 1, name: ending, presets: ['SendData', 'APM'] },
    );
    const { outcome } = await play(world, {
      operation,
      keys: { by: 'name', name, teamId: 1 },
      dryRun: true,
    });
    expect(outcome?.keyIds).toEqual([world.store.keys()[0]?.id]);
  });
});

describe.each(Object.entries(asking))('%s of a name', (operation, request) => {
  test('never means a key with an end, and says that there is one', async () => {
    const world = setting();
    const [id = ''] = await world.plant([
      { name: ending, active: operation !== 'activate' },
      ...others.map((each) => ({ name: each })),
    ]);
    const before = stored(world);
    const { failure } = await play(world, request);
    expect(failure?.kind).toBe('not_found');
    expect(failure?.hint).toContain(
      `A key that goes by this name has an end: "${ending}" (${id}). Give that name, or`,
    );
    expect(stored(world)).toEqual(before);
  });
});

describe('ensure and rotate', () => {
  const planted = [ending, ...others].map((each) => ({ name: each }));

  test('make a key where only keys with an end go by the name', async () => {
    for (const request of [ensuring(), rotating()]) {
      const world = setting();
      const ids = await world.plant(planted);
      const { outcome } = await play(world, request);
      expect(outcome).toMatchObject({ created: true, key: { name } });
      expect(outcome?.previousKeyIds ?? []).toEqual([]);
      expect(stored(world).slice(0, ids.length)).toEqual(
        planted.map((key) => ({ ...key, active: true })),
      );
    }
  });
});

test('what somebody wrote by hand is an ordinary name, which can be meant as it stands', async () => {
  for (const odd of [
    byHand,
    `${name} ~until-20261203T0210+0100`,
    `${name} ~until-20261203t0210z`,
    `${ending} ~until-20271203T0210Z`,
    `${name}  ~until-20261203T0210Z `,
    `${name}\u00a0~until-20261203T0210Z`,
  ]) {
    const world = setting();
    const [id] = await world.plant([{ name: odd }, { name }]);
    const got = await play(world, { operation: 'get', key: { by: 'name', name: odd } });
    expect(got.outcome?.keyIds).toEqual([id]);
    const keys = { by: 'name', name: odd } as const;
    await play(world, { operation: 'delete', keys, dryRun: false });
    expect(stored(world).map((key) => key.name)).toEqual([name]);
  }
});
