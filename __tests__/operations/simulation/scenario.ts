import { provisionalName } from '../../../src/names/stamp.ts';
import { Prng } from './prng.ts';
import { name } from './requests.ts';
import { arrange } from './run.ts';
import type { RunPlan } from './run-plan.ts';
import { World, type WorldOptions } from './world.ts';

/** What is set up, and what is let loose on it. */
export interface Scenario {
  readonly options: WorldOptions;
  /** How many active keys bear the name before. */
  readonly original: number;
  readonly plans: readonly RunPlan[];
}

/**
 * Lets a scenario happen, to its end.
 *
 * @param scenario what is to happen
 * @param change   other options than those of the scenario
 */
export async function play(
  { options, original, plans }: Scenario,
  change: Partial<WorldOptions> = {},
): Promise<World> {
  const world = new World({ ...options, ...change });
  await world.plant([...bystanders(world), ...Array.from({ length: original }, () => ({ name }))]);
  for (const plan of plans) arrange(world, plan);
  await world.time.run();
  return world;
}

const minuteMs = 60_000;

/** Keys that look like those that the runs work on, and are none of their business. */
function bystanders(world: World): readonly { readonly name: string; readonly active?: boolean }[] {
  const pending = (of: string, ageMs: number): { readonly name: string } => ({
    name: provisionalName(of, world.wallClock() - ageMs, new Prng(of).digits(16)),
  });
  return [
    { name, active: false },
    { name: `${name}-2` },
    { name: `${name} ` },
    { name: name.toUpperCase() },
    { name: `${name} ~pending-yesterday` },
    pending(`${name}-2`, 120 * minuteMs),
    // Too old for anybody to wait for, too young to be swept.
    pending(name, 30 * minuteMs),
  ];
}
