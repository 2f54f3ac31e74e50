import type { Key } from '../ports.ts';
import type { Ports } from './operation.ts';

/** No new one is begun after so many milliseconds: the rest can wait for the next run. */
const longestSweepMs = 5000;

/**
 * Deletes what crashed runs left behind more than an hour ago, as far as that works. A courtesy to
 * others: what the run is there for comes first.
 *
 * @param abandoned provisional keys, as `survey` found them
 */
export async function sweepAbandoned(
  abandoned: readonly Key[],
  { keys, log, clock }: Pick<Ports, 'keys' | 'log' | 'clock'>,
): Promise<void> {
  const end = clock.elapsed() + longestSweepMs;
  for (const { id } of abandoned) {
    if (clock.elapsed() >= end) return;
    try {
      await keys.delete(id);
      log.info(`Deleted ${id}, a provisional key that an earlier run left behind.`);
    } catch {
      // It is not what this run is for; the next one tries again.
      log.info(`Could not delete ${id}, a provisional key that an earlier run left behind.`);
    }
  }
}
