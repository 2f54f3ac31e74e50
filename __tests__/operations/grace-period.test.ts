import { describe, expect, test } from '@jest/globals';
import { clockDifferenceMs, nameWithEnd, readStamp } from '../../src/names/stamp.ts';
import { status } from './simulation/outcome.ts';
import { creating, ensuring, name, rotating, secret } from './simulation/requests.ts';
import type { RunPlan } from './simulation/run-plan.ts';
import type { World } from './simulation/world.ts';
import { play, scripted, setting, stored, type Played } from './setting.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const succeeds: Partial<RunPlan> = { hasJobEnd: true, jobStatus: 'success' };

/** A rotation with a grace period of two days, in a job that ends so. */
function rotate(world: World, plan: Partial<RunPlan> = succeeds): Promise<Played> {
  return play(world, rotating({ graceMs: 2 * day }), plan);
}

/** Names and whether they are active, in the order in which the keys were made. */
function names(world: World): readonly string[] {
  return stored(world).map((key) => `${key.name}${key.active ? '' : ' (inactive)'}`);
}

describe('the grace period of a rotation', () => {
  test('begins when the job has succeeded: the previous key is renamed, and works', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const jobLastsMs = 3 * hour;
    const { outcome, jobEndCalls, jobEndSentences } = await rotate(world, {
      ...succeeds,
      jobLastsMs,
    });
    expect(outcome?.sentence).toMatch(
      /The previous key \(\S+\) stays active for 2d after the job has succeeded\.$/u,
    );
    expect(jobEndCalls).toEqual(['List', 'Update']);
    const [old, made] = stored(world);
    expect(made).toEqual({ name, active: true });
    expect(old?.active).toBe(true);
    const stamp = readStamp(old?.name ?? '');
    if (stamp?.kind !== 'until') throw new Error('It has no end.');
    expect(stamp.name).toBe(name);
    const end = world.wallClock() + 2 * day;
    expect(stamp.until).toBeGreaterThanOrEqual(end - minute);
    expect(stamp.until).toBeLessThanOrEqual(end + minute);
    expect(jobEndSentences).toEqual([
      expect.stringMatching(/1 previous key \(\S+\) stays active, as "shop\/production ~until-/u),
    ]);
  });

  test.each(['failure', 'cancelled', 'unknown'] as const)(
    'does not begin when the job has ended otherwise: %s',
    async (jobStatus) => {
      const world = setting();
      await world.plant([{ name }]);
      await rotate(world, { hasJobEnd: true, jobStatus });
      const [old] = names(world);
      expect(old).toBe(name);
    },
  );

  test('is each key’s own: a later rotation does not lengthen it, and retires what is due', async () => {
    const world = setting();
    await world.plant([{ name }]);
    await rotate(world);
    const first = names(world)[0] ?? '';
    await world.pass(day);
    await rotate(world);
    // Three generations at once, each with its own end.
    expect(names(world)).toEqual([first, expect.stringContaining(' ~until-'), name]);
    const second = names(world)[1] ?? '';
    expect(second).not.toBe(first);
    await world.pass(day + hour);
    const { infos } = await rotate(world);
    expect(names(world)).toEqual([
      `${first} (inactive)`,
      second,
      expect.stringContaining(' ~until-'),
      name,
    ]);
    expect(infos).toEqual([
      expect.stringMatching(/^The time of 1 earlier key .* was over: deactivated\.$/u),
    ]);
  });

  test('is not over before it is over by every clock that may be right', async () => {
    const world = setting();
    await world.plant([{ name }, { name: nameWithEnd(name, world.wallClock() + hour) }]);
    await world.pass(hour + clockDifferenceMs - minute);
    await rotate(world);
    expect(names(world)[1]).not.toContain('(inactive)');
    await world.pass(2 * minute);
    await rotate(world);
    expect(names(world)[1]).toContain('(inactive)');
  });

  test('hides the key from `ensure`: it is never taken for one of that name', async () => {
    const world = setting();
    const [old] = await world.plant([{ name: nameWithEnd(name, world.wallClock() + hour) }]);
    const { outcome } = await play(world, ensuring());
    expect(outcome?.created).toBe(true);
    expect(outcome?.key?.id).not.toBe(old);
  });

  test('of another team’s key, or of another name’s, is none of ours', async () => {
    const world = setting();
    const end = nameWithEnd(`${name}-2`, world.wallClock() - day);
    await world.plant([{ name }, { name: end }]);
    await rotate(world);
    expect(names(world)).toContain(end);
  });

  test('of keys that cannot be retired when it is over is told, and does not fail the step', async () => {
    const refused = status('PERMISSION_DENIED', 20);
    // The first update names the new key.
    const world = setting({ faults: scripted({ Update: [undefined, refused] }) });
    await world.plant([{ name: nameWithEnd(name, world.wallClock() - day) }]);
    const { failure, warnings } = await rotate(world, {});
    expect(failure).toBeUndefined();
    expect(warnings).toContainEqual(
      expect.stringMatching(
        /^Not all earlier keys of "shop\/production" whose time is over could be deactivated\./u,
      ),
    );
  });

  test.each([false, true])(
    'is given only while the record of the secret names the new key; names another: %p',
    async (isAnother) => {
      const world = setting();
      await world.plant([{ name }]);
      world.time.after(30 * minute, () => {
        const { record } = world.github;
        if (!isAnother || record === undefined) return;
        const other = record.text.replace(/[0-9a-f-]{36}/u, 'c8d84762-9aff-4f90-93ef-1762757e0c2c');
        world.github.record = { ...record, text: other };
      });
      const request = rotating({ graceMs: day, secret });
      const { jobEndFailure } = await play(world, request, { ...succeeds, jobLastsMs: hour });
      expect(jobEndFailure?.message.includes('names another key by now')).toBe(
        isAnother ? true : undefined,
      );
      expect(names(world)[0]?.includes('~until-')).toBe(!isAnother);
    },
  );

  test('is told in a dry run, and nothing is changed', async () => {
    const world = setting();
    await world.plant([{ name }]);
    const { outcome } = await play(world, rotating({ graceMs: 90 * minute, dryRun: true }));
    expect(outcome?.sentence).toContain('would stay active for 90m after the job has succeeded.');
    expect(names(world)).toEqual([name]);
  });
});

test('where `ensure` rotates, the previous key stays for the grace period', async () => {
  const world = setting({ hideValues: true });
  await play(world, creating());
  const request = ensuring({ ifValueLost: 'rotate', graceMs: 2 * day });
  await play(world, request, succeeds);
  expect(names(world)).toEqual([expect.stringContaining(`${name} ~until-`), name]);
});
