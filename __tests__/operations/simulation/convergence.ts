import { plural } from '../../../src/core/text.ts';
import { activeIn, keyOf, provisionalKeys } from './guarantees.ts';
import { ensuring } from './requests.ts';
import { runAlone } from './run.ts';
import { noFaults } from './fault-schedule.ts';
import type { World } from './world.ts';

/**
 * G4: once nothing fails any more, runs that come one after another all use the same key, which is
 * active; where there are several, each of them says so. And what crashed runs left behind is swept
 * by a run that comes more than an hour later.
 *
 * @param world a world in which nothing is left to happen
 */
export async function convergesLater(world: World): Promise<readonly string[]> {
  world.faults = noFaults(20);
  await world.pass(world.readLagMs + 1000);
  const breaches = await allUseOne(world);
  await world.pass(70 * 60_000);
  breaches.push(...(await allUseOne(world)));
  await world.pass(world.readLagMs);
  const left = provisionalKeys(world).length;
  if (left > 0) breaches.push(`${plural(left, 'provisional key')} left after more than an hour`);
  return breaches;
}

async function allUseOne(world: World): Promise<string[]> {
  const breaches: string[] = [];
  const used = new Set<string>();
  for (let count = 1; count <= 3; count += 1) {
    const before = activeIn(world.store.keys());
    const name = `late ${world.reports.length}`;
    const report = await runAlone(world, { name, request: ensuring() });
    const { failure, warnings } = report;
    const key = keyOf(report);
    if (key === undefined) {
      breaches.push(`G4: ${name} failed: ${failure?.message ?? 'it never came to an end'}`);
      continue;
    }
    used.add(key);
    if (!activeIn(world.store.keys()).includes(key)) breaches.push(`G4: ${name} uses a dead key`);
    const warning = `${before.length} active keys are named`;
    if (before.length > 1 && !warnings.some((text) => text.startsWith(warning))) {
      breaches.push(`G4: ${name} does not warn of ${before.length} keys`);
    }
    // The next one comes when reads show what this one did.
    await world.pass(world.readLagMs);
  }
  if (used.size > 1) breaches.push(`G4: ${used.size} keys are used by runs after each other`);
  return breaches;
}
