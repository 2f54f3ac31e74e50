import type { Guarantee } from './guarantees.ts';
import { name } from './requests.ts';
import type { RunPlan } from './run-plan.ts';
import type { World } from './world.ts';

/**
 * What is active after each of several rotations that do not overlap, as the rules say: worked out
 * from the plans alone, and compared with what is.
 */
export const activeAsPlanned: Guarantee = (world) => {
  const { reports, history, time } = world;
  let before = activeAt(world, reports[0]?.startedAt ?? 0);
  return reports.flatMap(({ plan }, index) => {
    const end = reports[index + 1]?.startedAt ?? time.now;
    const made = history.changes.filter(
      ({ run, kind, key }) => run === plan.name && kind !== 'deleted' && key.name === name,
    );
    const expected = activeAfter(plan, before, made[0]?.key.id ?? 'none');
    const actual = activeAt(world, end);
    before = actual;
    return expected.join() === actual.join()
      ? []
      : [
          `after run ${plan.name}, [${actual.join()}] is active, and should be [${expected.join()}]`,
        ];
  });
};

/** The rules of `rotate`, in short. */
function activeAfter(plan: RunPlan, before: readonly string[], own: string): readonly string[] {
  const { request, secretOutcome, outputsWritable, jobStatus } = plan;
  if (request.operation !== 'rotate') throw new Error('only rotations are in turn');
  const both = [...before, own].sort();
  const isSecret = request.secret !== undefined;
  // What GitHub surely does not have is taken back; what it may have stays.
  if (isSecret && secretOutcome === 'refused') return before;
  if (isSecret && secretOutcome !== 'stored') return both;
  if (outputsWritable === false) return isSecret ? both : before;
  if (request.retireWhen === 'now') return [own];
  if (request.retireWhen === 'never') return both;
  if (jobStatus === 'success') return [own];
  return isSecret || before.length === 0 ? both : before;
}

/** The ids of the active keys that bear the name at a moment. */
function activeAt({ history }: World, moment: number): readonly string[] {
  const active = new Set<string>();
  for (const { at, kind, key } of history.changes) {
    if (at > moment) break;
    if (kind !== 'deleted' && key.name === name && key.active) active.add(key.id);
    else active.delete(key.id);
  }
  return [...active].sort();
}
