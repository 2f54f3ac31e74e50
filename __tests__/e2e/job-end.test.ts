import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { pooled } from './harness.ts';
import { play, scenarios, type Scenario, type Seen } from './job-end/case.ts';
import { changes, factors, type Factor } from './job-end/factors.ts';

/**
 * Whatever a later step does to what main was given, the end of the job carries out main's plan on
 * main's connection, or names the keys: `docs/job-end.md` shows what comes of it.
 */

/** So many services at once. */
const atOnce = 4;

const results = new Map<Factor, readonly Seen[] | Error>();

beforeAll(async () => {
  await pooled(factors, atOnce, async (factor) => {
    const result = await play(factor).catch((error: unknown) =>
      error instanceof Error ? error : new Error(String(error)),
    );
    results.set(factor, result);
  });
}, 300_000);

function seen(factor: Factor): readonly Seen[] {
  const result = results.get(factor);
  if (result === undefined) throw new Error('The factor was not played.');
  if (result instanceof Error) throw result;
  return result;
}

/** Which keys are to be active where the plan is carried out, and where it cannot be. */
const expected: Readonly<Record<Scenario, { readonly done: string[]; readonly left: string[] }>> = {
  'a key for one job': { done: [], left: ['new'] },
  'a rotation, job succeeded': { done: ['new'], left: ['new', 'previous'] },
  'a rotation, job failed': { done: ['previous'], left: ['new', 'previous'] },
  'a key being made': { done: [], left: ['made'] },
};

const cells = factors.flatMap((factor) =>
  scenarios.flatMap((scenario) => changes.map((change) => ({ factor, scenario, change }))),
);

describe.each(cells)('$factor.name, $change: $scenario', ({ factor, scenario, change }) => {
  const cell = (): Seen | undefined =>
    seen(factor).find((each) => each.scenario === scenario && each.change === change);

  test('ends on the connection of main, or names what is left', () => {
    const isLeft = factor.isCredential === true;
    const { done, left } = expected[scenario];
    expect(cell()).toMatchObject({
      exitCode: 0,
      strayed: [],
      active: isLeft ? left : done,
      named: isLeft ? left : [],
    });
    if (isLeft) expect(cell()?.calls).toBe(0);
    else expect(cell()?.calls).toBeGreaterThan(0);
  });
});

test('docs/job-end.md shows what this run gave (UPDATE_DOCS=1 writes it)', async () => {
  const facts = factors.flatMap(seen).map(({ factor, change, scenario, active, named }) => {
    const { left } = expected[scenario];
    const isWarned = named.length === left.length && active.length === left.length;
    return { factor, change, scenario, verdict: isWarned ? 'warned' : 'done' };
  });
  await mkdir('build', { recursive: true });
  await writeFile('build/job-end.json', `${JSON.stringify(facts, null, 2)}\n`);
  const mode = process.env['UPDATE_DOCS'] === '1' ? [] : ['--check'];
  await promisify(execFile)(process.execPath, ['scripts/job-end.mjs', ...mode]);
});
