import type { JobEndPlan, Keys } from '../../../src/core/ports.ts';
import { clockDifferenceMs, endOf, nameWithEnd, withoutEnd } from '../../../src/names/stamp.ts';
import type { Request } from '../../../src/operations/index.ts';
import { perform } from '../../../src/operations/index.ts';
import type { Outcome, Ports } from '../../../src/operations/operation.ts';
import { readProvisional } from '../../support/provisional.ts';
import { name } from './requests.ts';

/** What is broken on purpose of ends and grace periods: by what is done to the ports of some runs. */
export type MutantOfSome = (ports: Ports, run: string) => Ports;

const dayMs = 24 * 60 * 60 * 1000;

/** Of the prunes; of the rotations, main and job end. */
const prunes = (change: (ports: Ports) => Ports): MutantOfSome => ofRuns('prune', change);
const rotations = (change: (ports: Ports) => Ports): MutantOfSome => ofRuns('rotation', change);

function ofRuns(prefix: string, change: (ports: Ports) => Ports): MutantOfSome {
  return (ports, run) => (run.startsWith(prefix) ? change(ports) : ports);
}

/** A prune that takes a name as it is: `main ~until-…` is no branch that GitHub has. */
export async function pruneIgnoringStamps(request: Request, ports: Ports): Promise<Outcome> {
  if (request.operation !== 'prune') return perform(request, ports);
  const there =
    request.template.open === undefined
      ? undefined
      : await ports.github.existing(request.template.open);
  const all = await ports.keys.list();
  const prefix = request.template.text.replace(/[{*].*$/u, '');
  const stale = all.filter(
    (key) =>
      key.active &&
      key.name.startsWith(prefix) &&
      (there === undefined
        ? endOf(key.name) !== undefined
        : !there.has(key.name.slice(prefix.length))),
  );
  for (const { id } of stale) await ports.keys.update(id, { active: false });
  const keyIds = stale.map(({ id }) => id);
  return { sentence: 'Pruned.', gist: 'pruned', created: false, changed: stale.length > 0, keyIds };
}

/** A prune that retires at the very minute that a name says, by its own clock. */
export const trustingClocks = prunes((ports) => ({
  ...ports,
  clock: { ...ports.clock, now: () => ports.clock.now() + clockDifferenceMs },
}));

/** A prune that takes every provisional key for abandoned, however young. */
export const sweepingTheYoung = prunes((ports) => ({
  ...ports,
  keys: {
    ...ports.keys,
    list: async () => {
      const all = await ports.keys.list();
      for (const key of all) {
        if (readProvisional(key.name)?.name === name) await ports.keys.delete(key.id);
      }
      return all;
    },
  },
}));

/** A prune that leaves alone whatever has an end. */
export const leavingEnds = prunes((ports) => ({
  ...ports,
  keys: {
    ...ports.keys,
    list: async () => (await ports.keys.list()).filter((key) => endOf(key.name) === undefined),
  },
}));

/** Does something with the plan, as soon as it says that the new value is handed out. */
const onDelivery = (act: (plan: JobEndPlan, ports: Ports) => void): MutantOfSome =>
  rotations((ports) => ({
    ...ports,
    jobEnd: {
      plan: (plan) => {
        ports.jobEnd.plan(plan);
        if (plan.rotation?.valueDelivered === true) act(plan, ports);
      },
    },
  }));

/** A rotation whose grace period begins at once, and not when the job has succeeded. */
export const grantingAtOnce = onDelivery(({ rotation }, { keys, clock }) => {
  const newName = nameWithEnd(name, clock.now() + (rotation?.graceMs ?? 0));
  for (const id of rotation?.previousKeyIds ?? []) {
    keys.update(id, { newName }).catch(() => undefined);
  }
});

/** A rotation that retires the previous keys when the job has succeeded, grace period or not. */
export const withoutGrace = rotations((ports) => ({
  ...ports,
  jobEnd: {
    plan: ({ rotation, ...plan }) => {
      ports.jobEnd.plan({
        ...plan,
        rotation: rotation === undefined ? undefined : { ...rotation, graceMs: undefined },
      });
    },
  },
}));

/** What a rotation does with each key of its name that has an end already, when it first looks. */
const withEnded = (act: (id: string, ports: Ports) => Promise<unknown>): MutantOfSome =>
  rotations((ports) => {
    let isFirst = true;
    const list: Keys['list'] = async () => {
      const all = await ports.keys.list();
      const ended = all.filter(
        (key) => key.active && endOf(key.name) !== undefined && withoutEnd(key.name) === name,
      );
      for (const { id } of isFirst ? ended : []) await act(id, ports);
      isFirst = false;
      return all;
    };
    return { ...ports, keys: { ...ports.keys, list } };
  });

/** A rotation that gives all earlier keys the end that its own previous key gets. */
export const lengthening = withEnded((id, { keys, clock }) =>
  keys.update(id, { newName: nameWithEnd(name, clock.now() + 2 * dayMs) }),
);

/** A rotation that retires the keys of earlier ones first, and then makes its own. */
export const retiringEndedFirst = withEnded((id, { keys }) => keys.update(id, { active: false }));

/** A rotation that retires due keys, and no others, before its own value is handed out. */
export const retiringDueFirst = rotations((ports) => {
  const list: Keys['list'] = async () => {
    const all = await ports.keys.list();
    for (const key of all) {
      const end = key.active && withoutEnd(key.name) === name ? endOf(key.name) : undefined;
      if (end === undefined || ports.clock.now() < end + clockDifferenceMs) continue;
      await ports.keys.update(key.id, { active: false });
    }
    return all;
  };
  return { ...ports, keys: { ...ports.keys, list } };
});

/** A job's end that takes every change for done. */
export const believingAllDone = rotations((ports) => ({
  ...ports,
  keys: {
    ...ports.keys,
    update: (id, change) =>
      change.newName?.includes(' ~until-') === true || change.active === false
        ? ports.keys.update(id, change).catch(() => undefined)
        : ports.keys.update(id, change),
  },
}));
