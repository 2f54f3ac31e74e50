import type { Request } from '../../../src/operations/index.ts';
import { crashPoint } from './concurrent-runs.ts';
import { occasionalFaults } from './fault-schedule.ts';
import { Prng } from './prng.ts';
import { creating, ensuring, pruning, rotating } from './requests.ts';
import { arrange, runAlone } from './run.ts';
import type { RunPlan } from './run-plan.ts';
import { World, type WorldOptions } from './world.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** The last night comes after so many days. */
const days = 30;
const environments = ['production', 'staging', 'development'] as const;
const branchCount = 40;
/** Which share of the jobs is marked to be killed: a third of them at a call that they never make. */
const killed = 0.075;
/** Of so many deletions the event of one starts no workflow. */
const lostEvery = 8;

/** A branch: when it is pushed first, and when it is deleted. Virtual time. */
export interface Branch {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Whether the event of its deletion never starts a workflow. */
  readonly isEventLost: boolean;
}

/** A month that was lived. */
export interface Month {
  readonly world: World;
  readonly branches: readonly Branch[];
}

/** The key of an environment, or of a branch. */
export const environmentKey = (environment: string): string =>
  `acme/shop/environment/${environment}`;
export const branchKey = (branch: string): string => `acme/shop/branch/${branch}`;

/** Whether a branch exists at a moment, and has been pushed a while ago. */
export const isThere = ({ from, to }: Branch, now: number): boolean => from <= now && now < to;

/**
 * A month of a team: three environments whose keys are rotated every week, with a grace period of two
 * days; branches that come and go; jobs of an hour with a key of their own; a prune of both kinds every
 * night. Some jobs are killed at a random point, and of some branches the event of the deletion is lost.
 *
 * @param seed   which of many
 * @param change breaks something on purpose
 */
export async function liveMonth(
  seed: number,
  change: Pick<WorldOptions, 'tamper'> = {},
): Promise<Month> {
  const prng = new Prng(`month ${seed}`);
  const world = new World({
    seed: `month ${seed}`,
    readLagMs: 300,
    hideValues: true,
    faults: occasionalFaults(300, 0.03),
    ...change,
  });
  const branches = branchesOf(prng);
  const jobs = [
    ...environments.flatMap((environment) => ofEnvironment(prng, environment)),
    ...branches.flatMap((branch) => ofBranch(prng, branch)),
    ...testJobs(prng),
    ...Array.from({ length: days }, (_, night) =>
      pruned(night * dayMs + 2 * hourMs, branches),
    ).flat(),
  ];
  for (const [index, job] of jobs.entries()) arrange(world, planOf(prng, job, index));
  await world.time.run();
  const [lastByBranch, lastByTime] = pruned(0, branches);
  for (const last of [lastByBranch, lastByTime]) {
    await runAlone(world, { ...last.plan, name: `${last.kind}, the last`, request: last.request });
  }
  return { world, branches };
}

/** What is known of a job but for what chance makes of it. */
interface Job {
  readonly kind: string;
  readonly at: number;
  readonly request: Request;
  /** How many calls its main makes, and the end of the job, where nothing fails. */
  readonly calls: readonly [main: number, jobEnd: number];
  /** After how long a person, or the next morning, starts it again if it was killed or has failed. */
  readonly againAfterMs?: number;
  readonly plan?: Partial<RunPlan>;
}

/** A job is killed in its main, or after that: then nothing of the end of the job is done, or a part. */
function planOf(
  prng: Prng,
  { kind, at, request, calls, againAfterMs, plan }: Job,
  index: number,
): RunPlan {
  const isKilled = prng.happens(killed);
  const isInMain = calls[1] === 0 || prng.happens(0.5);
  const point = crashPoint(prng, calls[isInMain ? 0 : 1]);
  const usual: RunPlan = {
    name: `${kind} ${index}`,
    request,
    skewMs: prng.between(-2 * minuteMs, 2 * minuteMs),
    jobStatus: 'success',
    jobLastsMs: prng.between(minuteMs, 20 * minuteMs),
    ...plan,
  };
  return {
    ...usual,
    startsAfter: at,
    ...(isKilled ? { hasJobEnd: !isInMain } : {}),
    ...(isKilled && isInMain ? { crash: point } : {}),
    ...(isKilled && !isInMain ? { jobEndCrash: point } : {}),
    ...(againAfterMs === undefined
      ? {}
      : { rerun: { ...usual, name: `${usual.name} again`, startsAfter: againAfterMs } }),
  };
}

function branchesOf(prng: Prng): readonly Branch[] {
  return Array.from({ length: branchCount }, (_, index): Branch => {
    const from = prng.between(0, (days - 2) * dayMs);
    return {
      name: `feature-${index + 1}`,
      from,
      to: from + prng.between(6 * hourMs, 10 * dayMs),
      isEventLost: index % lostEvery === 0,
    };
  });
}

/** A deploy every day, and a rotation every week: what is killed is started again when it is seen. */
function ofEnvironment(prng: Prng, environment: string): readonly Job[] {
  const secret = { secretName: 'SHOP_KEY', environment };
  const name = environmentKey(environment);
  const common = { name, secret, retire: 'delete' } as const;
  const deploys = Array.from({ length: days }, (_, day): Job => ({
    kind: 'deploy',
    at: day * dayMs + prng.between(9 * hourMs, 16 * hourMs),
    request: ensuring(common),
    calls: [3, 0],
    againAfterMs: 10 * minuteMs,
  }));
  const rotations = [1, 8, 15, 22].map((day): Job => ({
    kind: 'rotation',
    at: day * dayMs + prng.between(0, hourMs),
    request: rotating({ ...common, graceMs: 2 * dayMs }),
    calls: [7, 3],
    againAfterMs: 20 * hourMs,
  }));
  return [...deploys, ...rotations];
}

/** Two jobs at once with the first push, more with later ones, and one when the branch is deleted. */
function ofBranch(prng: Prng, { name: branch, from, to, isEventLost }: Branch): readonly Job[] {
  const name = branchKey(branch);
  const request = ensuring({ name, ifValueLost: 'ignore', retire: 'delete' });
  const pushed = (at: number): Job => ({
    kind: 'push',
    at,
    request,
    calls: [4, 0],
    againAfterMs: 10 * minuteMs,
  });
  const pushes = Array.from({ length: Math.ceil((to - from) / dayMs) }, () =>
    pushed(prng.between(from + hourMs, to)),
  );
  const deleted: Job = {
    kind: 'deletion',
    at: to + 5000,
    request: { operation: 'delete', keys: { by: 'name', name }, dryRun: false },
    calls: [2, 0],
  };
  return [
    pushed(from + 1000),
    pushed(from + 1000 + prng.between(0, 2000)),
    ...pushes.filter(({ at }) => at < days * dayMs),
    ...(isEventLost || to >= days * dayMs ? [] : [deleted]),
  ];
}

function testJobs(prng: Prng): readonly Job[] {
  return Array.from({ length: 2 * days }, (_, index): Job => ({
    kind: 'test',
    at: prng.between(0, (days - 2) * dayMs),
    request: creating({
      name: `acme/shop/test/${index + 1}`,
      lifetime: 'job',
      expiresAfterMs: 12 * hourMs,
      retire: 'delete',
    }),
    calls: [2, 1],
    plan: { jobLastsMs: hourMs },
  }));
}

/** Both kinds of prune; the second half an hour later. */
function pruned(at: number, branches: readonly Branch[]): readonly [Job, Job] {
  const retire = 'delete';
  const existing = (now: number): ReadonlySet<string> =>
    new Set(branches.filter((branch) => isThere(branch, now)).map(({ name }) => name));
  const most = 200;
  return [
    {
      kind: 'prune by branch',
      at,
      request: pruning('acme/shop/branch/{branch}', { retire, most }),
      calls: [3, 0],
      plan: { existing },
    },
    {
      kind: 'prune by time',
      at: at + hourMs / 2,
      request: pruning('acme/shop/*', { retire, most }),
      calls: [3, 0],
    },
  ];
}
