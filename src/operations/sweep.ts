import type { Key } from '../ports.ts';
import type { Ports } from './operation.ts';

/**
 * Deletes what crashed runs left behind more than an hour ago, as far as that works.
 *
 * @param abandoned provisional keys, as `survey` found them
 * @returns how many were deleted
 */
export async function sweepAbandoned(
  abandoned: readonly Key[],
  { keys, log }: Pick<Ports, 'keys' | 'log'>,
): Promise<number> {
  let deleted = 0;
  for (const { id } of abandoned) {
    try {
      await keys.delete(id);
      deleted += 1;
      log.info(`Deleted ${id}, a provisional key that an earlier run left behind.`);
    } catch {
      // It is not what this run is for; the next one tries again.
      log.info(`Could not delete ${id}, a provisional key that an earlier run left behind.`);
    }
  }
  return deleted;
}
