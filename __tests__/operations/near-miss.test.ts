import { describe, expect, test } from '@jest/globals';
import { quote } from '../../src/core/text.ts';
import type { Request } from '../../src/operations/index.ts';
import { play, setting } from './setting.ts';
import { rotating } from './simulation/requests.ts';

/** What each operation tells of a name that no key has: its failure, or its warnings. */
const asking: Readonly<Record<string, (name: string) => Request>> = {
  get: (name) => ({ operation: 'get', key: { by: 'name', name } }),
  update: (name) => ({
    operation: 'update',
    key: { by: 'name', name },
    newName: 'other',
    active: undefined,
    accessPolicy: undefined,
    dryRun: false,
  }),
  delete: (name) => ({ operation: 'delete', keys: { by: 'name', name }, dryRun: false }),
  activate: (name) => ({ operation: 'activate', keys: { by: 'name', name }, dryRun: false }),
  deactivate: (name) => ({ operation: 'deactivate', keys: { by: 'name', name }, dryRun: false }),
  rotate: (name) => rotating({ name, dryRun: true }),
};

async function told(operation: string, name: string, planted: readonly string[]): Promise<string> {
  const world = setting();
  await world.plant(planted.map((each) => ({ name: each })));
  const request = asking[operation]?.(name);
  if (request === undefined) throw new Error(`no such operation: ${operation}`);
  const { failure, warnings, notices } = await play(world, request);
  return failure?.report ?? [...warnings, ...notices].join('\n');
}

describe.each(Object.keys(asking))('%s of a name that no key has', (operation) => {
  test.each([
    ['shop/production ', 'a blank at its end'],
    ['Shop/Production', 'another case'],
    ['SHOP/PRODUCTION\u00a0', 'a blank of another kind'],
    ['shop/production\u200b', 'a sign that nobody sees'],
  ])('names the key whose name has %j: %s', async (theirs) => {
    const said = await told(operation, 'shop/production', [theirs, 'shop/production/2']);
    expect(said).toContain(`A key named ${quote(theirs)} (`);
    expect(said).toMatch(/\) exists: names are compared exactly/u);
    expect(said).not.toContain('production/2');
  });

  test.each([
    ['shop/prodution', 'a letter is missing'],
    ['shop/prodcution', 'two letters are swapped'],
    ['shop/productioms', 'two letters are wrong'],
    ['sHop / producttion', 'a letter too many, blanks inside, and another case'],
  ])('asks whether another one was meant: %s, where %s', async (written) => {
    expect(await told(operation, written, ['shop/production', 'shop/staging'])).toContain(
      'Did you mean "shop/production"? Names are compared exactly.',
    );
  });

  test('asks for three at most, the nearest ones, each once', async () => {
    const planted = ['shop/web-a', 'shop/web-b', 'shop/web-b', 'shop/web-c', 'shop/web'];
    expect(await told(operation, 'shop/web-', planted)).toContain(
      'Did you mean "shop/web", "shop/web-a" or "shop/web-b"? Names',
    );
  });

  test('asks in one line, whatever is in a name', async () => {
    const theirs = 'shop/produc\n::error::x';
    expect(await told(operation, 'shop/produc::error::', [theirs])).toContain(
      'Did you mean "shop/produc\\n::error::x"?',
    );
  });

  test.each([
    [
      'one that is still being made',
      'shop/a ~pending-20260131T235900Z-abcdefgh',
      'shop/b ~pending-20260131T235900Z-abcdefgh',
    ],
    ['one with an end', 'shop/a ~until-20270131T2359Z', 'shop/b ~until-20270131T2359Z'],
    ['the key of another pull request', 'shop/pr-12', 'shop/pr-13'],
    ['a word that is another one', 'web', 'app'],
  ])('does not ask for %s', async (_what, theirs, written) => {
    expect(await told(operation, written, [theirs])).not.toContain('Did you mean');
  });

  test('says that a pattern is none here', async () => {
    const said = await told(operation, 'shop/*', ['shop/production']);
    expect(said).toMatch(/Only `list` takes patterns: /u);
  });

  test('says no more where there is nothing like it', async () => {
    expect(await told(operation, 'shop/production', ['shop/staging'])).not.toMatch(
      /exists:|exist:|patterns/u,
    );
  });

  test('is silent about others where a key has the name', async () => {
    const said = await told(operation, 'Shop/*', ['Shop/*', 'shop/*']);
    expect(said).not.toMatch(/patterns|compared exactly/u);
  });
});

test('a key that is not meant by name is not offered', async () => {
  const world = setting();
  world.store.seed(1, 'Shop/', { teamId: 7 });
  const request: Request = {
    operation: 'get',
    key: { by: 'name', name: 'shop/0', teamId: 1 },
  };
  const { failure } = await play(world, request);
  expect(failure?.kind).toBe('not_found');
  expect(failure?.report).not.toContain('Shop');
});

test('a name that only keys bear that do not count is not offered', async () => {
  const world = setting();
  world.store.seed(1, 'shop/prodution', { teamId: 7 });
  const request: Request = {
    operation: 'get',
    key: { by: 'name', name: 'shop/production', teamId: 1 },
  };
  const { failure } = await play(world, request);
  expect(failure?.kind).toBe('not_found');
  expect(failure?.report).not.toMatch(/Did you mean|prodution/u);
});

test.each(['delete', 'deactivate'] as const)(
  '%s of a name that is off by a letter succeeds, with a notice and no warning',
  async (operation) => {
    const world = setting();
    await world.plant([{ name: 'shop/production' }]);
    const request: Request = {
      operation,
      keys: { by: 'name', name: 'shop/prodution' },
      dryRun: false,
    };
    const { failure, warnings, notices, outcome } = await play(world, request);
    expect([failure, warnings]).toEqual([undefined, []]);
    expect(notices).toEqual([
      'No key is named "shop/prodution", so nothing was done. Did you mean "shop/production"? Names are compared exactly.',
    ]);
    expect(outcome?.changed).toBe(false);
    expect(world.store.keys().map(({ active }) => active)).toEqual([true]);
  },
);
