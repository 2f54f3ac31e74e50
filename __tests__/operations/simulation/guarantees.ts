import { readProvisional } from '../../support/provisional.ts';
import { isAllowed } from './allowed-changes.ts';
import { described, type Change, type History, type KeyState } from './history.ts';
import { name } from './requests.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';

/**
 * What must hold of everything that happened in a world. Each of these looks at all states that the
 * store ever had, and gives a sentence for each breach.
 */
export type Guarantee = (world: World) => readonly string[];

/** G1: one run gives its final name to one key at most. */
export const oneNamePerRun: Guarantee = ({ history }) => {
  const named = new Map<string, Set<string>>();
  for (const { run, kind, key, before } of history.changes) {
    if (kind === 'deleted' || key.name !== name || before?.name === name) continue;
    named.set(run, (named.get(run) ?? new Set()).add(key.id));
  }
  named.delete('setting');
  return [...named].flatMap(([run, ids]) =>
    ids.size > 1 ? [`G1: run ${run} gave the name to ${ids.size} keys`] : [],
  );
};

/** G2: what a run did not make, it does not change; but for the exceptions of {@link isAllowed}. */
export const othersUntouched: Guarantee = (world) => {
  const makers = new Map<string, string>();
  const breaches: string[] = [];
  for (const change of world.history.changes) {
    const { run, kind, key } = change;
    if (kind === 'created') makers.set(key.id, run);
    else if (run !== 'setting' && makers.get(key.id) !== run) {
      const report = reportOf(world, run);
      if (report !== undefined && isAllowed(world, report, change)) continue;
      breaches.push(`G2: run ${run} ${kind} ${described(key)}, which it did not make`);
    }
  }
  return breaches;
};

/** A Create is sent again only when it never left, or was refused for now. */
export const createdOnce: Guarantee = ({ history }) => {
  const sent = new Set<string>();
  const breaches: string[] = [];
  for (const { run, rpc, request, neverSent, isRefused } of history.calls) {
    if (rpc !== 'CreateApiKey' || neverSent || isRefused) continue;
    const wanted = request.name ?? '';
    if (sent.has(`${run} ${wanted}`)) breaches.push(`Create was sent twice for "${wanted}"`);
    sent.add(`${run} ${wanted}`);
  }
  return breaches;
};

/**
 * Once there is an active key of the name, there is one at every moment. A key counts from when
 * anybody could know of it: its maker that it has the name, or others that it is there.
 */
export const neverWithout: Guarantee = ({ history }) => {
  const active = new Set<string>();
  const breaches: string[] = [];
  for (const { at, run, kind, key } of history.changes) {
    const had = active.size > 0;
    if (kind !== 'deleted' && key.name === name && key.active) active.add(key.id);
    else active.delete(key.id);
    if (had && active.size === 0 && run !== 'setting' && isKnown(history, key.id, run, at)) {
      breaches.push(`at ${at} ms run ${run} took away the last active key, ${described(key)}`);
    }
  }
  return breaches;
};

/** Whether anybody knew by then that a key has its name. */
function isKnown({ calls, changes }: History, id: string, run: string, at: number): boolean {
  const maker = changes.find(({ key }) => key.id === id)?.run;
  return (
    maker !== run ||
    calls.some((call) =>
      call.run === run
        ? call.isAnswered && call.request.key_id === id && call.request.new_name === name
        : (call.servedAt ?? at) < at && activeIn(call.shown ?? []).includes(id),
    )
  );
}

/** The key that a run reported, or of which it said that its value is hidden. */
export function keyOf({ outcome, failure }: Report): string | undefined {
  return outcome?.key?.id ?? (failure?.kind === 'value_hidden' ? failure.keyIds[0] : undefined);
}

/** G3: all agree on one key, which is the only one. */
export const allAgree: Guarantee = (world) => {
  const breaches: string[] = [];
  const living = world.reports.filter(({ ending }) => ending !== 'crashed');
  for (const report of living) {
    const { plan, ending, failure } = report;
    if (ending !== 'done' && keyOf(report) === undefined)
      breaches.push(`G3: run ${plan.name} ended ${ending} ${failure?.kind ?? ''}`);
  }
  const told = new Set(living.flatMap((report) => keyOf(report) ?? []));
  const active = activeIn(world.store.keys());
  if (told.size > 1) breaches.push(`G3: ${told.size} different keys were reported`);
  if (active.length !== 1 && told.size > 0)
    breaches.push(`G3: ${active.length} active keys bear the name`);
  if (told.size === 1 && !active.some((id) => told.has(id))) {
    breaches.push('G3: the key that was reported is not the active one');
  }
  return breaches;
};

/**
 * A value that somebody can use belongs to an active key: one that a step which succeeded reported, and
 * one that a secret holds. For worlds in which nothing is rotated and no key ends with a job.
 */
export const nobodyHoldsADeadKey: Guarantee = ({ reports, store }) => {
  const keys = store.keys();
  return reports.flatMap(({ plan, ending, outcome, secret }) => {
    const reported = ending === 'done' ? keys.find(({ id }) => id === outcome?.key?.id) : undefined;
    const held = keys.find(({ value }) => value !== undefined && value === secret?.reveal());
    return [
      ...(ending === 'done' && reported?.active !== true
        ? [`run ${plan.name} succeeded with a key that is not active`]
        : []),
      ...(secret !== undefined && held?.active !== true
        ? [`the secret that run ${plan.name} stored holds the value of a key that is not active`]
        : []),
    ];
  });
};

/** No provisional key is left of those that the runs made. */
export const nothingProvisional: Guarantee = (world) =>
  provisionalKeys(world).map((key) => `a provisional key is left: ${described(key)}`);

/** A run that is cut off leaves one provisional key at most, beyond what lost messages leave. */
export const oneLeftoverPerCrash: Guarantee = (world) => {
  const { changes, calls } = world.history;
  const left = new Set(provisionalKeys(world).map(({ id }) => id));
  return world.reports.flatMap(({ plan, ending }) => {
    const isLeft = ({ run, kind, key }: Change): boolean =>
      run === plan.name && kind === 'created' && left.has(key.id);
    const lost = calls.filter(
      ({ run, isAnswered, endedAt }) => run === plan.name && endedAt !== undefined && !isAnswered,
    );
    const excuses = lost.length + (ending === 'crashed' ? 1 : 0);
    const count = changes.filter(isLeft).length;
    return count > excuses ? [`run ${plan.name} (${ending}) left ${count} provisional keys`] : [];
  });
};

/** The provisional keys that runs made and that still exist. */
export function provisionalKeys({ store, history }: World): readonly KeyState[] {
  const planted = new Set(
    history.changes.flatMap(({ run, key }) => (run === 'setting' ? [key.id] : [])),
  );
  return store
    .keys()
    .filter((key) => readProvisional(key.name)?.name === name && !planted.has(key.id));
}

/** Every run came to an end. */
export const allEnd: Guarantee = ({ reports }) =>
  reports
    .filter(({ ending }) => ending === 'none')
    .map(({ plan }) => `run ${plan.name} never came to an end`);

/** What holds of every run, whatever happens to it. */
export const always: readonly Guarantee[] = [oneNamePerRun, othersUntouched, createdOnce, allEnd];

/** The ids of the active keys that bear the name, in one order for all. */
export function activeIn(keys: readonly KeyState[]): readonly string[] {
  return keys
    .filter((key) => key.name === name && key.active)
    .map(({ id }) => id)
    .sort();
}

/** The report of a run. */
export function reportOf({ reports }: World, run: string): Report | undefined {
  return reports.find(({ plan }) => plan.name === run);
}
