import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Key } from '../../src/core/ports.ts';
import { createMatcher, type NameMatcher } from '../../src/names/matcher.ts';
import { nameWithEnd, provisionalName } from '../../src/names/stamp.ts';
import {
  inWords,
  keyStates,
  takeInventory,
  type InventoryContext,
  type KeyState,
} from '../../src/operations/inventory.ts';
import type { ListRequest } from '../../src/operations/list.ts';
import type { PruneRequest } from '../../src/operations/prune.ts';
import { parsed, values } from '../support/github-template.ts';
import { play, setting } from './setting.ts';
import type { World } from './simulation/world.ts';

const minute = 60_000;
const hour = 60 * minute;
const nonce = '0123456789abcdef';

function reader(text: string): NameMatcher {
  const template = createMatcher(parsed(text), values());
  if (!template.ok) throw new Error(template.problems.join(' '));
  return template.value;
}

const listing = (change: Partial<ListRequest> = {}): ListRequest => ({
  operation: 'list',
  name: undefined,
  ...change,
});
const byBranch = { template: reader('shop/{branch}'), asksGitHub: true } as const;
const existing = new Set(['main']);

interface Planted {
  readonly name: string;
  readonly state: KeyState;
  readonly active?: boolean;
  readonly words: RegExp;
}

/** A key in each state, as the clock of the world has it. */
function oneOfEach(world: World): readonly Planted[] {
  const now = world.wallClock();
  const until = (name: string, ms: number): string => nameWithEnd(name, now + ms);
  const pending = (name: string, ms: number): string => provisionalName(name, now - ms, nonce);
  return [
    { name: 'shop/main', state: 'active', words: /^active$/u },
    { name: 'shop/off', active: false, state: 'inactive', words: /^inactive$/u },
    { name: 'shop/gone', state: 'gone', words: /^of the branch "gone", which is gone$/u },
    { name: until('shop/main', hour), state: 'ending', words: /^ends on 20\d\d-.*Z$/u },
    { name: until('shop/main', -hour), state: 'ended', words: /^ended on 20\d\d-.*Z$/u },
    { name: until('shop/gone', hour), state: 'gone', words: /^of the branch "gone"/u },
    { name: until('shop/gone', -hour), state: 'ended', words: /^ended on/u },
    { name: until('shop/main', -2 * hour), active: false, state: 'inactive', words: /^inactive$/u },
    { name: pending('shop/main', minute), state: 'pending', words: /^being made since 20\d\d-/u },
    { name: pending('shop/main', 2 * hour), state: 'abandoned', words: /^abandoned, begun on 20/u },
    {
      name: pending(until('shop/main', -hour), 2 * hour),
      active: false,
      state: 'abandoned',
      words: /^abandoned, begun on 20/u,
    },
  ];
}

describe('list', () => {
  test('says of each key what it is, counts first, and asks GitHub once', async () => {
    const world = setting();
    const planted = oneOfEach(world);
    await world.plant(planted.map(({ name, active = true }) => ({ name, active })));
    const { outcome, calls, infos } = await play(world, listing(byBranch), { existing });
    expect(calls).toEqual(['List']);
    const states = outcome?.keys?.map((key) => ('standing' in key ? key.standing.state : 'none'));
    expect(states).toEqual(planted.map(({ state }) => state));
    expect(outcome?.sentence).toBe(
      'Found 11 Send-Your-Data keys like "shop/{branch}", 8 of them active. By state: 2 abandoned, 2 ended, 2 gone, 1 pending, 1 ending, 1 active, 2 inactive.',
    );
    const said = new Map(outcome?.shown?.map(({ name, is = '' }) => [name, is]));
    for (const { name, words } of planted) expect(said.get(name)).toMatch(words);
    // Those that somebody should look at come first, and the others are not in the log.
    expect(outcome?.shown?.map(({ is = '' }) => /^[a-z]+/u.exec(is)?.[0])).toEqual([
      'abandoned',
      'abandoned',
      'ended',
      'ended',
      'of',
      'of',
      'being',
      'ends',
      'active',
      'inactive',
      'inactive',
    ]);
    expect(infos).toHaveLength(8);
    expect(infos.join()).not.toContain('"shop/off"');
  });

  test('shows only those in a state, or active ones, and says so', async () => {
    const world = setting();
    const planted = oneOfEach(world);
    await world.plant(planted.map(({ name, active = true }) => ({ name, active })));
    const namesOf = async (change: Partial<ListRequest>): Promise<readonly string[]> => {
      const { outcome } = await play(world, listing({ ...byBranch, ...change }), { existing });
      expect(outcome?.keyIds).toHaveLength(outcome?.keys?.length ?? -1);
      return outcome?.keys?.map(({ name }) => name) ?? [];
    };
    const expected = (isMeant: (one: Planted) => boolean): readonly string[] =>
      planted.filter(isMeant).map(({ name }) => name);
    for (const state of keyStates) {
      expect(await namesOf({ states: [state] })).toEqual(expected((one) => one.state === state));
    }
    expect(await namesOf({ active: false })).toEqual(expected((one) => one.active === false));
    expect(await namesOf({ active: false, states: ['abandoned', 'gone'] })).toEqual(
      expected((one) => one.active === false && one.state === 'abandoned'),
    );
    const { outcome } = await play(world, listing({ active: true, states: ['ended', 'gone'] }));
    expect(outcome?.sentence).toBe(
      'Found 2 Send-Your-Data keys with `is_active: true` and `state: ended, gone`, 2 of them active. By state: 2 ended.',
    );
  });

  test('asks GitHub nothing without a token, or where no key fits, and says then of none that it is gone', async () => {
    const world = setting();
    await world.plant([{ name: 'shop/gone' }]);
    const silent = await play(world, listing({ template: byBranch.template }));
    expect(silent.outcome?.sentence).toBe(
      'Found 1 Send-Your-Data key like "shop/{branch}", 1 of them active.',
    );
    const none = await play(world, listing({ ...byBranch, template: reader('other/{branch}') }));
    expect(none.outcome?.keys).toEqual([]);
  });

  test('fails where GitHub gives no answer, and says how to do without', async () => {
    const world = setting();
    await world.plant([{ name: 'shop/gone' }]);
    const { failure } = await play(world, listing(byBranch));
    expect(failure).toMatchObject({
      kind: 'github',
      hint: "To list without asking GitHub, give `github_token: ''`.",
    });
  });

  test('says whose the keys are that are not ours, whatever their names say', async () => {
    const world = setting();
    const ended = nameWithEnd('shop/main', world.wallClock() - hour);
    world.store.add(
      { teamId: 1, name: 'shop/main' },
      { teamId: 1, name: ended, owner: { kind: 'user', userId: 'u' } },
      { teamId: 1, name: 'shop/main', presets: ['SendData', 'APM'] },
    );
    const { outcome } = await play(world, listing());
    expect(outcome?.shown?.map(({ is }) => is)).toEqual([
      'not ours, belongs to a user',
      'not ours, may do more than send data ("APM")',
      'active',
    ]);
  });

  test('has no more than twenty lines on single keys in the log', async () => {
    const world = setting();
    const names = Array.from({ length: 25 }, (_, index) => ({
      name: nameWithEnd(`shop/${index}`, world.wallClock() - hour),
    }));
    await world.plant(names);
    const { infos, groups } = await play(world, listing());
    expect(groups).toEqual(['25 keys to look at']);
    expect(infos).toHaveLength(21);
    expect(infos.at(-1)).toBe('And 5 keys more, which the output `keys_file` has.');
  });
});

const now = Date.UTC(2026, 11, 3);
const context: InventoryContext = {
  teamId: undefined,
  template: undefined,
  existing: undefined,
  now,
};

const key = (id: string, more: Partial<Key> = {}): Key => ({
  id,
  name: 'n',
  active: true,
  hashed: false,
  owner: { kind: 'team', teamId: 1 },
  presets: [],
  permissions: [],
  accessPolicy: undefined,
  value: undefined,
  ...more,
});

const statesOf = (
  keys: readonly Key[],
  change: Partial<InventoryContext> = {},
): readonly KeyState[] =>
  takeInventory(keys, { ...context, ...change }).map(({ standing }) => standing.state);

describe('several active keys of a name', () => {
  const team = (teamId: number): Partial<Key> => ({ owner: { kind: 'team', teamId } });

  test('are told, where they are of one team', () => {
    expect(statesOf([key('1'), key('2'), key('3', { name: 'm' })])).toEqual([
      'duplicate',
      'duplicate',
      'active',
    ]);
    expect(statesOf([key('1'), key('2', { active: false })])).toEqual(['active', 'inactive']);
    expect(statesOf([key('1'), key('2', team(2))])).toEqual(['active', 'active']);
    expect(statesOf([key('1', team(2)), key('2', team(2)), key('3')])).toEqual([
      'duplicate',
      'duplicate',
      'active',
    ]);
    expect(statesOf([key('1'), key('2', { owner: undefined })])).toEqual([
      'duplicate',
      'duplicate',
    ]);
  });

  test('are none where the others are not ours, or have an end', () => {
    const user = { owner: { kind: 'user', userId: 'u' } } as const;
    expect(statesOf([key('1'), key('2', user)])).toEqual(['active', 'foreign']);
    expect(statesOf([key('1'), key('2', team(2))], { teamId: 1 })).toEqual(['active', 'foreign']);
    const name = nameWithEnd('n', now + hour);
    expect(statesOf([key('1'), key('2', { name }), key('3', { name })])).toEqual([
      'active',
      'ending',
      'ending',
    ]);
  });
});

test('a name that only looks stamped is an ordinary one', () => {
  const names = [
    'n ~until-20241303T0210Z',
    'n  ~until-20240203T0210Z',
    'n ~PENDING-x',
    ' ~until-20240203T0210Z',
  ];
  expect(statesOf(names.map((name) => key(name, { name })))).toEqual(names.map(() => 'active'));
});

test('every key is in exactly one state, which has words, and holds no end that its name does not say', () => {
  const template = reader('shop/{branch}');
  const names = fc.array(
    fc.constantFrom(
      'shop/',
      'main',
      'gone',
      ' ~until-20261203T0210Z',
      ' ~until-20240203T0210Z',
      ' ~pending-20261202T235959Z-0123456789abcdef',
      ' ',
    ),
    { maxLength: 4 },
  );
  const keys = fc.array(fc.tuple(names, fc.boolean(), fc.constantFrom(1, 2, undefined)), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(keys, (all) => {
      const given = all.map(([pieces, active, teamId], index) =>
        key(String(index), {
          name: pieces.join(''),
          active,
          owner: teamId === undefined ? undefined : { kind: 'team', teamId },
        }),
      );
      const found = takeInventory(given, { ...context, teamId: 1, template, existing });
      expect(found).toMatchObject(given);
      expect(found).toHaveLength(given.length);
      for (const { name, standing } of found) {
        expect(keyStates).toContain(standing.state);
        expect(inWords(standing)).not.toMatch(/undefined|, $| {2}/u);
        if (standing.endsMs !== undefined) expect(name).toContain(' ~until-202');
      }
    }),
  );
});

test('what prune leaves, list calls neither abandoned nor ended nor gone', async () => {
  const world = setting();
  const planted = oneOfEach(world);
  await world.plant(planted.map(({ name, active = true }) => ({ name, active })));
  const pruning: PruneRequest = {
    operation: 'prune',
    template: byBranch.template,
    retire: 'deactivate',
    most: 20,
    dryRun: false,
  };
  const wanted = listing({ ...byBranch, states: ['abandoned', 'ended', 'gone'] });
  const before = await play(world, wanted, { existing });
  const { outcome } = await play(world, pruning, { existing });
  const after = await play(world, wanted, { existing });
  expect(before.outcome?.keys).toHaveLength(6);
  expect(outcome?.changed).toBe(true);
  expect(after.outcome?.keys).toEqual([]);
});
