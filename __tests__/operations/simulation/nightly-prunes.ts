import { crashPoint } from './concurrent-runs.ts';
import { noFaults } from './fault-schedule.ts';
import type { Prng } from './prng.ts';
import { name, pruning } from './requests.ts';
import { runAlone } from './run.ts';
import type { RunPlan } from './run-plan.ts';
import type { World } from './world.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The branches of the simulated repository: that of the name, and that of a bystander. */
const branches: ReadonlySet<string> = new Set(['production', 'production-2']);
const withoutOurs: ReadonlySet<string> = new Set(['production-2']);

/** The templates of the two ways to prune: by what GitHub has, and by time alone. */
const templates = ['shop/{branch}', 'shop/*'] as const;

/** One every night, and more beside what the others do: their start, the end of their job, the end of a key. */
export function prunes(
  prng: Prng,
  runs: readonly RunPlan[],
  wholeMs: number,
  goneAt: number,
): readonly RunPlan[] {
  const nights = Array.from({ length: wholeMs / dayMs }, (_, night) => night * dayMs);
  const beside = runs.flatMap(({ request, startsAfter = 0, jobLastsMs = 0 }) => {
    const jobEnd = startsAfter + jobLastsMs;
    const moments = [startsAfter, jobEnd].map((moment) => moment + prng.between(-2000, 8000));
    // To the minute, and as far before and after it as clocks may differ, twice.
    const about = prng.between(-12, 12) * minuteMs;
    if ('graceMs' in request) moments.push(jobEnd + (request.graceMs ?? 0) + about);
    if ('expiresAfterMs' in request) {
      moments.push(startsAfter + (request.expiresAfterMs ?? 0) + about);
    }
    return moments.filter(() => prng.happens(0.4));
  });
  return [...nights, ...beside].map((startsAfter, index) => ({
    ...pruneOf(index % 2 === 0 ? templates[0] : templates[1], goneAt),
    name: `prune ${index + 1}`,
    startsAfter: Math.max(0, startsAfter),
    crash: prng.happens(0.05) ? crashPoint(prng, 3) : undefined,
  }));
}

function pruneOf(template: string, goneAt: number): Omit<RunPlan, 'name'> {
  return {
    request: pruning(template),
    hasJobEnd: false,
    existing: (now) => (now < goneAt ? branches : withoutOurs),
  };
}

/**
 * Lets what is left be tidied up: nothing fails any more, all ends pass, and both kinds of prune run once.
 *
 * @param world     a world in which nothing is left to happen
 * @param isDeleted whether the branch is gone by now
 * @returns what should not be there by then
 */
export async function tidiedUp(world: World, isDeleted = false): Promise<readonly string[]> {
  world.faults = noFaults(20);
  await world.pass(3 * dayMs + world.readLagMs);
  for (const template of templates) {
    const plan = pruneOf(template, isDeleted ? 0 : Infinity);
    const { failure } = await runAlone(world, { ...plan, name: `tidying up ${template}` });
    if (failure !== undefined) return [`the last prune failed: ${failure.message}`];
  }
  return world.store.keys().flatMap((key) => {
    const isOurs = key.name === name || key.name.startsWith(`${name} ~`);
    const isPlanted = key.name.endsWith('~pending-yesterday');
    const isLeft = key.active && isOurs && !isPlanted && (isDeleted || key.name !== name);
    return isLeft ? [`"${key.name}" is left`] : [];
  });
}
