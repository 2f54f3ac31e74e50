import type { RunPlan } from './run-plan.ts';
import { play, type Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** What is done with many seeds. */
export interface Examination {
  /** How many seeds, from 1 on. `SIMULATION_SCALE` multiplies it, `SIMULATION_SEED` picks one. */
  readonly seeds: number;
  readonly scenario: (seed: number) => Scenario;
  /** Looks at a world after everything has happened; may let more happen. Gives the breaches. */
  readonly check: (world: World) => readonly string[] | Promise<readonly string[]>;
}

/**
 * Plays a scenario with many seeds.
 *
 * @throws with the seed, the breaches and a log of the smallest such scenario, at the first breach
 */
export async function examine(examination: Examination): Promise<void> {
  const { seeds, scenario, check } = examination;
  for (const seed of chosen(seeds)) {
    const played = scenario(seed);
    const breaches = await check(await play(played));
    if (breaches.length > 0) throw new Error(await explained(seed, played, examination));
  }
}

/**
 * In how many of many seeds something is breached: for what must be noticed.
 *
 * @returns the share, from 0 to 1
 */
export async function shareOfBreaches({ seeds, scenario, check }: Examination): Promise<number> {
  let breached = 0;
  for (let seed = 1; seed <= seeds; seed += 1) {
    if ((await check(await play(scenario(seed)))).length > 0) breached += 1;
  }
  return breached / seeds;
}

function chosen(seeds: number): readonly number[] {
  const one = Number(process.env['SIMULATION_SEED'] ?? 0);
  const scale = Number(process.env['SIMULATION_SCALE'] ?? 1);
  return one > 0 ? [one] : Array.from({ length: seeds * scale }, (_, index) => index + 1);
}

/** What a reader needs to understand a breach. */
async function explained(seed: number, played: Scenario, { check }: Examination): Promise<string> {
  const fails = async (plans: readonly RunPlan[]): Promise<boolean> =>
    (await check(await play({ ...played, plans }))).length > 0;
  let plans = played.plans;
  for (const plan of played.plans) {
    const fewer = plans.filter((each) => each !== plan);
    if (fewer.length > 0 && (await fails(fewer))) plans = fewer;
  }
  const world = await play({ ...played, plans });
  const breaches = await check(world);
  return [
    `seed ${seed}, with ${plans.length} of ${played.plans.length} runs`,
    ...breaches,
    '',
    ...world.history.lines(),
  ].join('\n');
}
