import type { Key } from '../core/ports.ts';
import type { Ports } from './operation.ts';

/** So long at the most, in milliseconds: the rest can wait for the next run. */
const longestSweepMs = 5000;

/**
 * Deletes what crashed runs left behind more than an hour ago, as far as that works. A courtesy to
 * others: what the run is there for comes first.
 *
 * @param abandoned provisional keys, as `classify` found them
 * @returns how many were deleted
 */
export async function sweepAbandoned(
  abandoned: readonly Key[],
  { keys, log, clock }: Pick<Ports, 'keys' | 'log' | 'clock'>,
): Promise<number> {
  if (abandoned.length === 0) return 0;
  let isOver = false;
  let deleted = 0;
  async function sweep(): Promise<void> {
    for (const { id } of abandoned) {
      if (isOver) return;
      try {
        // Another run may have been faster; only what this one did is counted.
        if ((await keys.delete(id)) !== 'deleted') continue;
        deleted += 1;
        log.info(`Deleted ${id}, a provisional key that an earlier run left behind.`);
      } catch {
        // It is not what this run is for; the next one tries again.
        log.info(`Could not delete ${id}, a provisional key that an earlier run left behind.`);
      }
    }
  }
  await Promise.race([sweep(), clock.sleep(longestSweepMs)]);
  isOver = true;
  return deleted;
}
