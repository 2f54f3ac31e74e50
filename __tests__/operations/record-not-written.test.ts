import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import type { GitHub, SecretReference } from '../../src/core/ports.ts';
import { play, setting, type Played } from './setting.ts';
import { ensuring, rotating, secret } from './simulation/requests.ts';
import type { World } from './simulation/world.ts';

type Write = GitHub['writeRecord'];

/** A world in which the record says that a value is on its way, and cannot be written again until it is mended. */
function breaking(refuse: () => ReturnType<Write>): { world: World; mend: () => void } {
  let isBroken = true;
  const world = setting({
    hideValues: true,
    tamper: (ports) => ({
      ...ports,
      github: {
        ...ports.github,
        writeRecord: (where, text) =>
          isBroken && text.includes('"stored"') ? refuse() : ports.github.writeRecord(where, text),
      },
    }),
  });
  return { world, mend: () => (isBroken = false) };
}

const refused = (hint?: string): ReturnType<Write> =>
  Promise.reject(
    new Failure(
      'github',
      'GitHub refused to write the record.',
      hint === undefined ? {} : { hint },
    ),
  );

async function warned(
  refuse: () => ReturnType<Write>,
  where: SecretReference = secret,
): Promise<readonly string[]> {
  const { world } = breaking(refuse);
  return (await play(world, rotating({ secret: where }))).warnings;
}

const ofRepository = { secretName: 'SHOP_KEY', environment: undefined };

describe('a record that cannot be written once the value is stored', () => {
  test.each([
    ['an environment', secret, 'Environments: write'],
    ['a repository', ofRepository, 'Variables: write'],
  ])('names the permission: of %s', async (_what, where, permission) => {
    expect(await warned(refused, where)).toEqual([
      expect.stringContaining(
        `GitHub refused to write the record. Writing it takes the permission ${permission}.`,
      ),
    ]);
  });

  test('names the permission once where the refusal does', async () => {
    const [said = '', ...more] = await warned(() => refused('Give it Environments: write.'));
    expect(said.match(/Environments: write/gu)).toHaveLength(1);
    expect(more).toEqual([]);
  });

  test('is told also where GitHub no longer shows its variables', async () => {
    expect(await warned(() => Promise.resolve(false))).toEqual([
      expect.stringContaining('404 Not Found'),
    ]);
  });

  test('loses nothing: the next run finds the value, as the warning says', async () => {
    const { world } = breaking(refused);
    const first = await play(world, rotating({ secret }));
    expect(first.warnings.join('\n')).toContain('the next runs find the value all the same');
    const keeping = await play(world, ensuring({ secret }));
    expect(keeping.outcome?.gist).toBe('exists, and its value is kept');
    const value = world.github.secret?.value;
    const passing = await play(world, ensuring({ secret, storedValue: { isPassed: true, value } }));
    expect(passing.outcome?.value?.reveal()).toBe(value?.reveal());
    expect([...keeping.warnings, ...passing.warnings]).toEqual([]);
  });

  const job = { hasJobEnd: true, jobStatus: 'success' } as const;

  /** What a rotation at the moment that the warning names leaves active, and earlier. */
  async function rotatedAt(
    pick: (over: number, now: number) => number,
  ): Promise<Played & { readonly active: number; readonly record: string }> {
    const { world, mend } = breaking(refused);
    const { warnings } = await play(world, rotating({ secret }), job);
    mend();
    const [, day = '', time = ''] =
      /after (\S+), (\S+) UTC writes the record anew/u.exec(warnings.join('\n')) ?? [];
    const over = Date.parse(`${day}T${time}:00Z`);
    await world.pass(pick(over, world.wallClock()) - world.wallClock());
    const played = await play(world, rotating({ secret }), job);
    const active = world.store.keys().filter((key) => key.active).length;
    return { ...played, active, record: world.github.record?.text ?? '' };
  }

  test('is mended by a rotation from the moment on that the warning names', async () => {
    const { active, warnings, record } = await rotatedAt((over) => over);
    expect(warnings).toEqual([]);
    expect(active).toBe(1);
    expect(record).toContain('"state":"stored"');
  });

  test('keeps the key active in a rotation right after', async () => {
    const { active, warnings, record } = await rotatedAt((_over, now) => now + 1000);
    expect(warnings).toEqual([expect.stringContaining('Another run may be storing the value of')]);
    expect(active).toBe(2);
    expect(record).toContain('"state":"stored"');
  });
});

test('a GitHub that shows the token no variables is told what to give it, and what mends it', async () => {
  const world = setting({
    tamper: (ports) => ({
      ...ports,
      github: { ...ports.github, writeRecord: () => Promise.resolve(false) },
    }),
  });
  const { warnings } = await play(world, rotating({ secret }));
  expect(warnings).toEqual([
    expect.stringMatching(
      /the permission Environments: write; the next `rotate` then writes the record\.$/u,
    ),
  ]);
});
