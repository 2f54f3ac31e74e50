/** The first line of stdout for which a predicate is true, or when a promise resolves. */
export type Moment = ((line: string) => boolean) | Promise<unknown>;

/** Signals sent to a running process, the first at a chosen moment. */
export interface Interruption {
  readonly name: NodeJS.Signals;
  /** When; of several moments the first. */
  readonly when: Moment | readonly Moment[];
  /** What to send after that as long as the process lives, each so long after the one before. */
  readonly then?: readonly { readonly name: NodeJS.Signals; readonly afterMs: number }[];
}

/** How long the runner waits for a step that it has told to stop. */
export interface Patience {
  /** Milliseconds from SIGINT to SIGTERM; by default, as on GitHub, 7,500. */
  readonly terminateAfterMs?: number;
  /** Milliseconds from SIGTERM to SIGKILL; by default, as on GitHub, 2,500. */
  readonly killAfterMs?: number;
}

/**
 * The runner's way to cancel a step: SIGINT, 7.5 seconds later SIGTERM, 2.5 seconds later SIGKILL
 * (actions/runner, ProcessInvoker.cs). On Windows, where Node cannot send an interrupt, the first
 * signal already kills.
 *
 * @param when     the moment of the SIGINT
 * @param patience how long to wait for the next signals
 */
export function cancellation(when: Interruption['when'], patience: Patience = {}): Interruption {
  return {
    name: 'SIGINT',
    when,
    then: [
      { name: 'SIGTERM', afterMs: patience.terminateAfterMs ?? 7_500 },
      { name: 'SIGKILL', afterMs: patience.killAfterMs ?? 2_500 },
    ],
  };
}
