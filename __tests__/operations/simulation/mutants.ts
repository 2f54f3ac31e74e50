import type { Ports } from '../../../src/operations/operation.ts';
import { readProvisional } from '../../support/provisional.ts';
import type { Keys } from '../../../src/core/ports.ts';
import { name } from './requests.ts';

/**
 * The operations, broken on purpose: each of these takes away one thing that a guarantee rests on,
 * by what it does to the ports. If the guarantees still seemed to hold, they would not be looked at
 * closely enough.
 */
export type Mutant = (ports: Ports) => Ports;

const withKeys =
  (change: (keys: Keys) => Partial<Keys>): Mutant =>
  (ports) => ({ ...ports, keys: { ...ports.keys, ...change(ports.keys) } });

/** Waits for others to show up, but not for the whole settle time. */
export const electingFor =
  (shorterMs: number): Mutant =>
  (ports) => ({
    ...ports,
    clock: {
      ...ports.clock,
      sleep: (milliseconds) => ports.clock.sleep(milliseconds === 3000 ? shorterMs : milliseconds),
    },
  });

/** Gives a key its name before the election. */
export const namingFirst: Mutant = withKeys((keys) => ({
  create: async (key) => {
    const made = await keys.create(key);
    await keys.update(made.id, { newName: name });
    return made;
  },
}));

/** Elects itself: sees the provisional keys of nobody else. */
export const blindToOthers: Mutant = withKeys((keys) => {
  const own = new Set<string>();
  return {
    create: async (key) => {
      own.add(key.name);
      return keys.create(key);
    },
    list: async () =>
      (await keys.list()).filter(
        (key) => readProvisional(key.name)?.name !== name || own.has(key.name),
      ),
  };
});

/** Leaves what it made and does not need. */
export const withoutCleaning: Mutant = withKeys(() => ({
  delete: () => Promise.resolve('deleted'),
}));

/** Deletes every provisional key that it sees at first, however young. */
export const sweepingAll: Mutant = withKeys((keys) => {
  let isFirst = true;
  return {
    list: async () => {
      const all = await keys.list();
      const found = all.filter((key) => readProvisional(key.name)?.name === name);
      for (const { id } of isFirst ? found : []) await keys.delete(id);
      isFirst = false;
      return all;
    },
  };
});

/** Sends a Create again whose answer was lost. */
export const creatingAgain: Mutant = withKeys((keys) => ({
  create: (key) => keys.create(key).catch(() => keys.create(key)),
}));

/** Makes one key more under the name, to be sure. */
export const namingTwice: Mutant = withKeys((keys) => ({
  update: async (id, change) => {
    await keys.update(id, change);
    if (change.newName === undefined) return;
    await keys.create({ name: change.newName, teamId: 1, hashed: false });
  },
}));

/** Retires what there is before it makes a new key. */
export const retiringFirst: Mutant = withKeys((keys) => ({
  list: async () => {
    const all = await keys.list();
    for (const key of all) {
      if (key.name === name && key.active) await keys.update(key.id, { active: false });
    }
    return all;
  },
}));

/** Takes the new key for one of those that it replaces. */
export const replacingItself: Mutant = (ports) => ({
  ...ports,
  jobEnd: {
    plan: ({ rotation, ...plan }) => {
      const previousKeyIds = [...(rotation?.previousKeyIds ?? []), rotation?.newKeyId ?? ''];
      ports.jobEnd.plan({
        ...plan,
        rotation: rotation === undefined ? undefined : { ...rotation, previousKeyIds },
      });
    },
  },
});
