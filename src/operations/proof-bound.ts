/** How long a key that was just made may take to be known, in milliseconds. Nobody has measured it. */
const usualMs = 30_000;

/** What is kept for what comes after the proof: the name, the secret. */
const restMs = 5000;

/**
 * How long the proof may take for a step that has so much time left: half of it, but half a minute also
 * where that is more; something is kept for what comes after. Apart from the `Verifier`, which only a step
 * that proves something loads: whoever waits for another run asks for it, too.
 *
 * @param remainingMs the rest of the step's budget, in milliseconds
 */
export function proofBoundMs(remainingMs: number): number {
  const most = Math.max(remainingMs / 2, remainingMs - restMs);
  return Math.min(most, Math.max(usualMs, remainingMs / 2));
}
