import { Failure } from '../core/failure.ts';
import type { Keys, Retire } from '../core/ports.ts';

/**
 * Retires one key; that it is gone already is as good.
 *
 * @param keys   the service
 * @param id     which key
 * @param retire what retiring means
 * @returns whether there was a key to retire
 */
export async function retireKey(keys: Keys, id: string, retire: Retire): Promise<boolean> {
  if (retire === 'delete') return (await keys.delete(id)) !== 'gone';
  return unlessGone(keys.update(id, { active: false }));
}

/** Waits for a change; false when there is no such key. */
export async function unlessGone(change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.kind === 'not_found') return false;
    throw thrown;
  }
}

/** `deactivated`, `deleted`: for sentences. */
export function retired(retire: Retire): string {
  return retire === 'delete' ? 'deleted' : 'deactivated';
}
