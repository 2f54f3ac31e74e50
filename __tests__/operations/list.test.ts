import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { play, setting } from './setting.ts';

const listing = (name?: string) => ({ operation: 'list', name }) as const;

/** The names that a pattern finds among these. */
async function found(pattern: string | undefined, names: readonly string[]): Promise<unknown> {
  const world = setting();
  await world.plant(names.map((name) => ({ name })));
  const { outcome } = await play(world, listing(pattern));
  return outcome?.keys?.map(({ name }) => name);
}

describe('list', () => {
  test('costs one call, and counts the active ones', async () => {
    const world = setting();
    const ids = await world.plant([{ name: 'a' }, { name: 'b', active: false }]);
    const { outcome, calls } = await play(world, listing());
    expect(calls).toEqual(['List']);
    expect(outcome).toMatchObject({ keyIds: ids, created: false, changed: false });
    expect(outcome?.sentence).toBe('Found 2 Send-Your-Data keys, 1 of them active.');
  });

  test('counts those with an access policy, and lists the keys of others too', async () => {
    const world = setting();
    const keys = world.store.add(
      { teamId: 1, name: 'a', accessPolicy: '{}' },
      { teamId: 1, name: 'b', owner: { kind: 'user', userId: 'u' }, presets: ['SendData', 'APM'] },
    );
    const { outcome } = await play(world, listing());
    expect(outcome?.keyIds).toEqual(keys.map(({ id }) => id));
    expect(outcome?.sentence).toBe(
      'Found 2 Send-Your-Data keys, 2 of them active, 1 with an access policy. By state: 1 foreign, 1 active.',
    );
    expect(outcome?.keys?.[0]?.accessPolicy).toBe('{}');
  });

  test.each([
    ['app', ['app']],
    ['app*', ['app', 'app/1', 'app/1/x']],
    ['*1', ['app/1']],
    ['app/*/x', ['app/1/x']],
    ['*p*1*', ['app/1', 'app/1/x']],
    ['*', ['app', 'app/1', 'app/1/x', 'APP', '']],
    ['**', ['app', 'app/1', 'app/1/x', 'APP', '']],
    ['app/1*1/x', []],
    ['a.p', []],
    ['', ['']],
  ])('finds by the pattern %j', async (pattern, expected) => {
    expect(await found(pattern, ['app', 'app/1', 'app/1/x', 'APP', ''])).toEqual(expected);
  });

  test('finds by a pattern what a regular expression would find', async () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
    const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 }));
    await fc.assert(
      fc.asyncProperty(letters, names, async (pattern, all) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'u');
        expect(await found(pattern, all)).toEqual(all.filter((each) => expression.test(each)));
      }),
      { numRuns: 300 },
    );
  });

  test('is not slowed down by a pattern of many stars', async () => {
    const names = ['a'.repeat(5000)];
    expect(await found(`${'*a'.repeat(1000)}*b`, names)).toEqual([]);
  });
});
