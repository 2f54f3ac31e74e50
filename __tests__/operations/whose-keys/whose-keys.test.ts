import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Key } from '../../../src/core/ports.ts';
import type { Ports } from '../../../src/operations/operation.ts';
import type { StoredKey } from '../../../tools/emulator/key.ts';
import type { World } from '../simulation/world.ts';
import { play, setting, type Played } from '../setting.ts';
import { keyOfShape, otherTeamId, shapes, type Shape } from './shapes.ts';
import { steps, type NamedStep } from './steps.ts';

/** Each kind of key under each step that finds it by name: `docs/whose-keys.md` shows what comes of it. */

/** A world whose list shows every key of the account: nothing may rest on what the list leaves out. */
function openWorld(): World {
  const world: World = setting({
    tamper: (ports: Ports): Ports => ({
      ...ports,
      keys: {
        ...ports.keys,
        list: async () => {
          const listed = await ports.keys.list();
          const known = new Set(listed.map(({ id }) => id));
          const hidden = world.store.keys().filter(({ id }) => !known.has(id));
          const more: Key[] = [];
          for (const { id } of hidden) more.push(await ports.keys.get(id));
          return [...listed, ...more];
        },
      },
    }),
  });
  return world;
}

interface Seen {
  readonly world: World;
  readonly before: StoredKey;
  readonly played: Played;
  /** What became of the key, in words. */
  readonly told: string;
}

async function run(shape: Shape, step: NamedStep): Promise<Seen> {
  const world = openWorld();
  const [before] = world.store.add(keyOfShape(shape, step.isForInactive !== true));
  if (before === undefined) throw new Error('no key was planted');
  const played = await play(world, step.request, step.plan ?? {});
  return { world, before, played, told: toldOf(world, before, played) };
}

function toldOf({ store }: World, before: StoredKey, { outcome, failure }: Played): string {
  const after = store.keys().find(({ id }) => id === before.id);
  const isHandedOut = outcome?.value !== undefined && outcome.value.reveal() === before.value;
  const fate =
    after === undefined
      ? 'deleted'
      : after.name !== before.name
        ? 'renamed'
        : after.active !== before.active
          ? after.active
            ? 'activated'
            : 'deactivated'
          : isHandedOut
            ? 'handed out'
            : 'left';
  const more = [
    ...(outcome?.created === true ? ['a new one made'] : []),
    ...(failure === undefined ? [] : [`\`${failure.kind}\``]),
  ];
  return [fate, ...more].join('; ');
}

const cells = shapes.flatMap((shape) => steps.map((step) => ({ shape, step })));
const results = new Map<string, Seen>();
const idOf = ({ shape, step }: { shape: Shape; step: NamedStep }): string =>
  `${shape.what}: ${step.what}`;

beforeAll(async () => {
  for (const cell of cells) results.set(idOf(cell), await run(cell.shape, cell.step));
});

function seen(cell: { shape: Shape; step: NamedStep }): Seen {
  const result = results.get(idOf(cell));
  if (result === undefined) throw new Error('The case did not run.');
  return result;
}

describe('a key that is not ours', () => {
  const foreign = cells.filter(({ shape }) => !shape.isOurs);

  test.each(foreign.map((cell) => [idOf(cell), cell] as const))('%s', (_, cell) => {
    const { world, before, played, told } = seen(cell);
    expect(told).toBe(cell.step.others);
    // Not a single field of it, at no moment.
    expect(world.store.keys().filter(({ id }) => id === before.id)).toEqual([before]);
    expect(world.history.changes.filter(({ key }) => key.id === before.id)).toHaveLength(1);
    const { outcome, jobEndPlan, warnings, infos, failure } = played;
    const { keyIds = [], previousKeyIds = [], keys = [], key } = outcome ?? {};
    expect([...keyIds, ...previousKeyIds, key?.id]).not.toContain(before.id);
    expect(keys).toEqual([]);
    expect(outcome?.value?.reveal() === before.value).toBe(false);
    expect(JSON.stringify(jobEndPlan ?? {})).not.toContain(before.id);
    // It is said, once, with whose it is.
    const said = [...warnings, ...infos, ...(failure === undefined ? [] : [failure.message])];
    const about = said.filter((sentence) => sentence.includes(before.id));
    expect(about).toEqual([expect.stringMatching(cell.shape.why ?? /^nothing is said of it/u)]);
  });
});

describe('a key that is ours', () => {
  const ours = cells.filter(({ shape }) => shape.isOurs);

  test.each(ours.map((cell) => [idOf(cell), cell] as const))('%s', (_, cell) => {
    const { before, told, played } = seen(cell);
    const { ours: usual, oursInactive = usual, isForInactive } = cell.step;
    expect(told).toBe(before.active || isForInactive === true ? usual : oursInactive);
    expect(played.warnings).toEqual([]);
  });
});

test("another team's key is meant by name where no `team_id` is given", async () => {
  const world = openWorld();
  const shape = shapes.find(({ key }) => key.owner?.kind === 'team');
  if (shape === undefined) throw new Error('no such shape');
  const [before] = world.store.add(keyOfShape(shape, true));
  const keys = { by: 'name', name: before?.name ?? '' } as const;
  await play(world, { operation: 'delete', keys, dryRun: false });
  expect(before?.owner).toEqual({ kind: 'team', teamId: otherTeamId });
  expect(world.store.keys()).toEqual([]);
});

test('docs/whose-keys.md shows what this run gave (UPDATE_DOCS=1 writes it)', async () => {
  const facts = cells.map((cell) => ({
    key: cell.shape.what,
    step: cell.step.what,
    told: seen(cell).told,
  }));
  await mkdir('build', { recursive: true });
  await writeFile('build/whose-keys.json', `${JSON.stringify(facts, null, 2)}\n`);
  const mode = process.env['UPDATE_DOCS'] === '1' ? [] : ['--check'];
  await promisify(execFile)(process.execPath, ['scripts/whose-keys.mjs', ...mode]);
});
