import type { JobEndPlan, PendingKey } from '../core/ports.ts';

/** What is left to do at the job's end with a key that has, or gets, its final name. */
export type JobEndTask = Pick<JobEndPlan, 'lifetimeKeyId' | 'isRevoked' | 'rotation'>;

/** Nothing is. */
export const noTask: JobEndTask = { lifetimeKeyId: undefined, rotation: undefined };

/**
 * What a key of this run is; its provisional name, unique, tells it from all others.
 *
 * - `announced`: its Create is about to be sent, or under way
 * - `lost`: the reply to its Create was; it is there, or comes late, or never
 * - `identified`: it is there, under a name that nobody but this run uses
 * - `prepared`: its rename may be sent; from here on others may see the final name, and use the key
 * - `committed`: it has its final name
 * - `undeleted`: it is not needed, and could not be deleted
 * - `rolled_back`: nothing is left of it; it was refused, or is deleted
 */
export type RunKey = Readonly<
  | { state: 'announced' | 'lost' | 'rolled_back'; name: string; id?: undefined }
  | { state: 'identified' | 'undeleted'; name: string; id: string }
  | { state: 'prepared' | 'committed'; name: string; id: string; task: JobEndTask }
>;

/** All keys of this run for one name, in the order in which they were announced. */
export type RunKeys = readonly RunKey[];

/** The keys after one of them got into another state, or joined them. */
export function enter(keys: RunKeys, key: RunKey): RunKeys {
  const isKnown = keys.some(({ name }) => name === key.name);
  return isKnown ? keys.map((each) => (each.name === key.name ? key : each)) : [...keys, key];
}

/** The keys after an attempt to delete one. Where that failed, the job's end is to try again. */
export function afterDeleting(
  keys: RunKeys,
  { name, id }: { readonly name: string; readonly id: string },
  isDeleted: boolean,
): RunKeys {
  if (isDeleted) return enter(keys, { state: 'rolled_back', name });
  const { lifetimeKeyId, rotation } = taskOf(keys);
  // A task for it at the job's end sees to that by itself.
  const hasTask = lifetimeKeyId === id || rotation?.newKeyId === id;
  return hasTask ? keys : enter(keys, { state: 'undeleted', name, id });
}

/** What is left to do at the job's end with the key that has, or gets, the final name. */
export function taskOf(keys: RunKeys): JobEndTask {
  return keys.flatMap((key) => ('task' in key ? [key.task] : [])).at(-1) ?? noTask;
}

/** The keys that the job's end is to delete, unless they bear their final name by then. */
export function pendingOf(keys: RunKeys): readonly PendingKey[] {
  return keys.filter(isPending).map(({ name, id }) => ({ name, id }));
}

function isPending(key: RunKey): boolean {
  switch (key.state) {
    case 'announced':
    case 'lost':
    case 'identified':
    case 'undeleted':
      return true;
    case 'prepared':
      // Others may use it, however late the job's end can read its name. So it goes only if it ends
      // with the job anyway; should it never get its name, a later run deletes it.
      return key.task.lifetimeKeyId === key.id;
    case 'committed':
    case 'rolled_back':
      return false;
  }
}
