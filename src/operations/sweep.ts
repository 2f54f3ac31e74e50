import type { Key, Log } from '../core/ports.ts';
import { listed } from '../core/text.ts';
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
  const deleted: string[] = [];
  const left: string[] = [];
  async function sweep(): Promise<void> {
    for (const { id } of abandoned) {
      if (isOver) return;
      try {
        // Another run may have been faster; only what this one did is counted.
        if ((await keys.delete(id)) !== 'deleted') continue;
        deleted.push(id);
      } catch {
        // It is not what this run is for; the next one tries again.
        left.push(id);
      }
    }
  }
  await Promise.race([sweep(), clock.sleep(longestSweepMs)]);
  isOver = true;
  tell(deleted, 'Deleted', '', log);
  tell(left, 'Could not delete', ': a later run tries again', log);
  return deleted.length;
}

function tell(ids: readonly string[], done: string, then: string, log: Log): void {
  if (ids.length === 0) return;
  const which =
    ids.length === 1
      ? `the key ${listed(ids)} that an earlier run left behind before it got its name`
      : `${ids.length} keys that earlier runs left behind before they got their names (${listed(ids, 5)})`;
  log.info(`${done} ${which}${then}.`);
}
