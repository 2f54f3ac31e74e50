import type { JobEndPlan, PendingKey } from '../core/ports.ts';

/** What is left to do at the job's end with a key that has, or gets, its final name. */
export type JobEndTask = Pick<JobEndPlan, 'lifetimeKeyId' | 'rotation'>;

/** Nothing is. */
export const noTask: JobEndTask = { lifetimeKeyId: undefined, rotation: undefined };

/** What a key of this run is. Its provisional name, unique, tells it from all others. */
export type RunKey =
  /** Its Create is about to be sent, or under way. */
  | { readonly state: 'announced'; readonly name: string }
  /** The reply to its Create was lost: it is there, or comes late, or never. */
  | { readonly state: 'lost'; readonly name: string }
  /** It is there under its provisional name, which nobody but this run uses. */
  | { readonly state: 'identified'; readonly name: string; readonly id: string }
  /** Its rename may be sent: from here on others may see the final name, and use the key. */
  | KeyWithTask<'prepared'>
  /** It has its final name. */
  | KeyWithTask<'committed'>
  /** It is not needed, and could not be deleted: the job's end tries again. */
  | { readonly state: 'undeleted'; readonly name: string; readonly id: string }
  /** Nothing is left of it: it was refused, or is deleted. */
  | { readonly state: 'rolled_back'; readonly name: string };

interface KeyWithTask<State extends 'prepared' | 'committed'> {
  readonly state: State;
  readonly name: string;
  readonly id: string;
  readonly task: JobEndTask;
}

/** All keys of this run for one name, in the order in which they were announced. */
export type RunKeys = readonly RunKey[];

/** A key gets into a state, in place of the one that it was in. */
export function enter(keys: RunKeys, key: RunKey): RunKeys {
  return keys.some(({ name }) => name === key.name)
    ? keys.map((each) => (each.name === key.name ? key : each))
    : [...keys, key];
}

/** A key that an earlier transaction of this run left under its provisional name. */
export function leftBehind({ name, id }: PendingKey): RunKey {
  return id === undefined ? { state: 'lost', name } : { state: 'undeleted', name, id };
}

/**
 * A key gets its final name. What is left to do with it stays what it was, unless that is told.
 *
 * @param keys of this run
 * @param key  which; one that was made under its final name is new here
 * @param task what is left to do at the job's end
 */
export function enterCommitted(
  keys: RunKeys,
  { name, id }: { readonly name: string; readonly id: string },
  task: JobEndTask = taskOf(keys),
): RunKeys {
  return enter(keys, { state: 'committed', name, id, task });
}

/** An attempt to delete a key is over. Where it failed, the job's end is to try again. */
export function enterRolledBack(
  keys: RunKeys,
  { name, id }: { readonly name: string; readonly id: string },
  isDeleted: boolean,
): RunKeys {
  if (isDeleted) return enter(keys, { state: 'rolled_back', name });
  const { lifetimeKeyId, rotation } = taskOf(keys);
  // What is to be done with it at the job's end sees to that by itself.
  const hasTask = lifetimeKeyId === id || rotation?.newKeyId === id;
  return hasTask ? keys : enter(keys, { state: 'undeleted', name, id });
}

/** What the job's end has to do if the run is cut off now. */
export function planOf(
  keys: RunKeys,
  { name, retire }: Pick<JobEndPlan, 'name' | 'retire'>,
): JobEndPlan {
  return { name, retire, pending: pendingOf(keys), ...taskOf(keys) };
}

/** The keys that the job's end is to delete, unless they bear their final name by then. */
export function pendingOf(keys: RunKeys): readonly PendingKey[] {
  return keys.flatMap((key): readonly PendingKey[] => {
    switch (key.state) {
      case 'announced':
      case 'lost':
        return [{ name: key.name, id: undefined }];
      case 'identified':
      case 'undeleted':
        return [{ name: key.name, id: key.id }];
      case 'prepared':
        // Others may use it, however late the job's end can read its name. So it is deleted only if it
        // ends with the job anyway; should it never get its name, a later run deletes it.
        return key.task.lifetimeKeyId === key.id ? [{ name: key.name, id: key.id }] : [];
      case 'committed':
      case 'rolled_back':
        return [];
    }
  });
}

function taskOf(keys: RunKeys): JobEndTask {
  const named = keys.flatMap((key) => ('task' in key ? [key.task] : []));
  return named.at(-1) ?? noTask;
}
