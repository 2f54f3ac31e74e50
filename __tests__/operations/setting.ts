import type { Rpc } from '../../src/coralogix/transport.ts';
import type { Request } from '../../src/operations/index.ts';
import type { CallOutcome } from './simulation/outcome.ts';
import { runAlone } from './simulation/run.ts';
import type { Report } from './simulation/report.ts';
import type { RunPlan } from './simulation/run-plan.ts';
import { World, type WorldOptions } from './simulation/world.ts';
import { noFaults, type FaultSchedule } from './simulation/fault-schedule.ts';

/** How long a message travels on a network without faults, in milliseconds. */
export const oneWayMs = 10;

/** The service's calls, in short. */
export type Step = 'Create' | 'Get' | 'List' | 'Update' | 'Delete';

const steps: Readonly<Record<Rpc, Step>> = {
  CreateApiKey: 'Create',
  GetApiKey: 'Get',
  GetSendDataApiKeys: 'List',
  UpdateApiKey: 'Update',
  DeleteApiKey: 'Delete',
};

/** The store and virtual time, and between them and the operation the real client. */
export function setting(options: Partial<WorldOptions> = {}): World {
  return new World({ seed: 'one', faults: noFaults(oneWayMs), ...options });
}

/** What a run did and told. */
export interface Played extends Report {
  /** Its calls, in order: of main, and of the job end. */
  readonly calls: readonly Step[];
  readonly jobEndCalls: readonly Step[];
  /** Milliseconds, from its start until nothing was left to happen. */
  readonly lastedMs: number;
}

/**
 * Runs one operation; main only, unless the plan says that the job end runs.
 *
 * @param world   where
 * @param request what is asked
 * @param plan    whatever else is known of the run
 */
export async function play(
  world: World,
  request: Request,
  plan: Partial<RunPlan> = {},
): Promise<Played> {
  const run = `run ${world.reports.length}`;
  const report = await runAlone(world, { name: run, request, hasJobEnd: false, ...plan });
  const calls = world.history.calls.filter((call) => call.run === run);
  const of = (half: string): readonly Step[] =>
    calls.flatMap((call) => (call.half === half ? steps[call.rpc] : []));
  return {
    ...report,
    calls: of('main'),
    jobEndCalls: of('job-end'),
    lastedMs: world.time.now - report.startedAt,
  };
}

/** Lets time pass, in which nothing is done. */
export async function pass(world: World, milliseconds: number): Promise<void> {
  world.time.after(milliseconds, () => undefined);
  await world.time.run();
}

/**
 * A network without faults but for some calls.
 *
 * @param outcomes what becomes of the first, second… call of each kind; undefined: nothing special
 */
export function scripted(
  outcomes: Partial<Record<Step, readonly (CallOutcome | undefined)[]>>,
): FaultSchedule {
  const usual = noFaults(oneWayMs);
  const counts = new Map<Step, number>();
  return (call, prng) => {
    const step = steps[call.rpc];
    const count = counts.get(step) ?? 0;
    counts.set(step, count + 1);
    return outcomes[step]?.[count] ?? usual(call, prng);
  };
}

/** What the store holds, without what nobody asked for. */
export function stored(
  world: World,
): readonly { readonly name: string; readonly active: boolean }[] {
  return world.store.keys().map(({ name, active }) => ({ name, active }));
}
