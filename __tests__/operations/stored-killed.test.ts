import { describe, expect, jest, test } from '@jest/globals';
import type { IfValueLost } from '../../src/operations/ensure-request.ts';
import type { Request } from '../../src/operations/index.ts';
import { play, setting, type Played } from './setting.ts';
import type { CrashPoint } from './simulation/process.ts';
import { ensuring, rotating, secret } from './simulation/requests.ts';
import type { RunPlan } from './simulation/run-plan.ts';
import type { World } from './simulation/world.ts';

/**
 * Runs that make a key and store its value, cut off at each of their calls to the service and to GitHub,
 * and what the next run makes of what they left: the secret never holds a dead value without a word.
 */

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

/** An `ensure` that is given what the secret holds when the workflow begins. */
function ensuringWith({ github }: World, ifValueLost: IfValueLost): Request {
  const value = github.secret?.value;
  return ensuring({ secret, ifValueLost, storedValue: { isPassed: true, value } });
}

const rotation = rotating({ secret });
const atOnce = rotating({ secret, retireWhen: 'now' });

interface Case {
  readonly what: string;
  /** What there is before. */
  readonly before: 'nothing' | 'a stored key' | 'a lost value';
  readonly request: (world: World) => Request;
  /** How many calls its main makes, and its job's end. */
  readonly calls: number;
  readonly jobEndCalls: number;
}

const runs: readonly Case[] = [
  {
    what: 'a first `ensure`',
    before: 'nothing',
    request: (world) => ensuringWith(world, 'fail'),
    calls: 9,
    jobEndCalls: 0,
  },
  {
    what: 'an `ensure` that rotates',
    before: 'a lost value',
    request: (world) => ensuringWith(world, 'rotate'),
    calls: 10,
    jobEndCalls: 3,
  },
  {
    what: 'a first rotation',
    before: 'nothing',
    request: () => rotation,
    calls: 9,
    jobEndCalls: 0,
  },
  {
    what: 'a rotation',
    before: 'a stored key',
    request: () => rotation,
    calls: 7,
    jobEndCalls: 3,
  },
  {
    what: 'a rotation that retires at once',
    before: 'a stored key',
    request: () => atOnce,
    calls: 8,
    jobEndCalls: 0,
  },
];

/** Every point of a process that makes so many calls. */
function points(calls: number): readonly CrashPoint[] {
  return Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) =>
    (['before', 'sent', 'answered'] as const).map((moment) => ({ call, moment })),
  );
}

type Cut = Pick<RunPlan, 'crash' | 'jobEndCrash' | 'hasJobEnd'>;

/** Where a run is cut off, on a machine that goes on to the job's end, or dies with it. */
function cuts({ calls, jobEndCalls }: Case): readonly Cut[] {
  return [
    ...points(calls + 1).flatMap((crash) => [
      { crash, hasJobEnd: true },
      { crash, hasJobEnd: false },
    ]),
    ...points(jobEndCalls).map((jobEndCrash) => ({ jobEndCrash, hasJobEnd: true })),
  ];
}

async function begin(before: Case['before']): Promise<World> {
  const world = setting({ hideValues: true });
  if (before === 'nothing') return world;
  await play(world, rotation, { hasJobEnd: true, jobStatus: 'success' });
  if (before === 'a lost value') world.github.secret = undefined;
  // Long ago.
  await world.pass(86_400_000);
  return world;
}

/** What is wrong with a run, by what it told and by what there is after it. */
function wrongWith(world: World, { outcome, failure, warnings }: Played): readonly string[] {
  const value = outcome?.value?.reveal();
  const active = world.store.keys().filter((key) => key.active);
  const isAlive = active.some((key) => key.value === world.github.secret?.value.reveal());
  if (failure !== undefined) {
    const isTold = ['value_hidden', 'unsafe', 'timeout'].includes(failure.kind);
    return isTold && failure.hint !== undefined ? [] : [`it failed with ${failure.report}`];
  }
  return [
    ...(value === undefined ? ['it is green without a value'] : []),
    ...(active.some((key) => key.value === value) ? [] : ['its value is of no active key']),
    ...(isAlive || warnings.length > 0
      ? []
      : ['the secret holds a dead value, and nobody says so']),
  ];
}

/** What a person, or a schedule, starts next. */
const nextRuns = ['ensure', 'ensure, or rotate', 'rotate'] as const;

async function next(world: World, what: (typeof nextRuns)[number]): Promise<Played> {
  const request =
    what === 'rotate' ? rotation : ensuringWith(world, what === 'ensure' ? 'fail' : 'rotate');
  return play(world, request, { hasJobEnd: true, jobStatus: 'success' });
}

/** Soon, and when all that may have been under way is surely over, in milliseconds. */
const pauses = [5000, 2 * 3_600_000];

describe('what is cut off is put right by the next run, or that says what to do', () => {
  test.each(runs)('$what', async (one) => {
    const found: string[] = [];
    let wereCutOff = 0;
    for (const cut of cuts(one)) {
      for (const pauseMs of pauses) {
        for (const what of nextRuns) {
          const world = await begin(one.before);
          const hurt = await play(world, one.request(world), { jobStatus: 'success', ...cut });
          if (hurt.ending === 'crashed') wereCutOff += 1;
          await world.pass(pauseMs);
          const wrong = wrongWith(world, await next(world, what)).map((each) => `${what}: ${each}`);
          // A rotation in a quiet hour is what every hint leads to, and then all is well.
          await world.pass(2 * 3_600_000);
          for (const last of ['rotate', 'ensure'] as const) {
            const played = await next(world, last);
            wrong.push(
              ...wrongWith(world, played).map((each) => `in the end, ${last}: ${each}`),
              ...(played.failure === undefined ? [] : [`in the end, ${last} fails`]),
            );
          }
          const left = world.store.keys().filter(({ active }) => active).length;
          if (left !== 1) wrong.push(`${left} keys are active in the end`);
          const where = `${JSON.stringify(cut)}, ${pauseMs} ms later`;
          found.push(...wrong.map((each) => `${where}: ${each}`));
        }
      }
    }
    expect(found).toEqual([]);
    // All of its calls, and no more: the one after the last was not reached.
    expect(wereCutOff / (3 * 2 * pauses.length * nextRuns.length)).toBe(one.calls);
  });
});
