import { setTimeout as sleep } from 'node:timers/promises';

/** What a wait came to. */
export interface Waited {
  /** Whether what was waited for came, within the bound. */
  readonly isMet: boolean;
  /** When the last look that was in vain began, in milliseconds from the start; 0 if the first one met it. */
  readonly atLeastMs: number;
  readonly looks: number;
}

const firstPauseMs = 50;
const longestPauseMs = 1000;

/**
 * Looks at once, and again with growing pauses, until what is waited for is there.
 *
 * @param look    whether it is
 * @param boundMs no look begins later than that
 * @param signal  ends it early, by throwing its reason
 */
export async function waitUntil(
  look: () => Promise<boolean>,
  boundMs: number,
  signal?: AbortSignal,
): Promise<Waited> {
  const start = performance.now();
  let atLeastMs = 0;
  for (let looks = 1, pause = firstPauseMs; ; looks++) {
    signal?.throwIfAborted();
    const begun = Math.round(performance.now() - start);
    if (await look()) return { isMet: true, atLeastMs, looks };
    atLeastMs = begun;
    const left = boundMs - (performance.now() - start);
    if (left <= 0) return { isMet: false, atLeastMs, looks };
    await sleep(Math.min(pause, left), undefined, signal === undefined ? {} : { signal });
    pause = Math.min(2 * pause, longestPauseMs);
  }
}
