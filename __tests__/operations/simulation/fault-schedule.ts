import type { StatusName } from '../../../src/coralogix/status.ts';
import type { Rpc } from '../../../src/coralogix/transport.ts';
import type { Half } from './history.ts';
import type { Prng } from './prng.ts';
import { dropped, neverSent, replied, silence, status, type CallOutcome } from './outcome.ts';

/** What the network and the service do to one call. */
export type FaultSchedule = (call: Sent, prng: Prng) => CallOutcome;

/** What a schedule may look at. */
export interface Sent {
  readonly rpc: Rpc;
  /** The run that makes it. */
  readonly run: string;
  readonly half: Half;
  /** The message, as it goes out. */
  readonly request: object;
  /** The caller's deadline, in milliseconds after sending. */
  readonly timeoutMs: number;
  /** How many calls of this process failed right before this one. */
  readonly failedBefore: number;
}

/**
 * Nothing goes wrong.
 *
 * @param oneWayMs how long a message travels
 */
export function noFaults(oneWayMs: number): FaultSchedule {
  return () => replied(oneWayMs, oneWayMs);
}

/** Nothing is lost, and what changes something takes as long as the bound of G3 allows. */
export const slowWrites: FaultSchedule = ({ rpc }, prng) =>
  rpc === 'CreateApiKey' || rpc === 'UpdateApiKey'
    ? replied(prng.between(1, 2800), 50)
    : replied(50, 50);

/**
 * Messages travel for different times; now and then one is lost and that is noticed at once. Never
 * twice in a row, so that every call gets through.
 *
 * @param longestMs the longest time that a message travels
 * @param share     how many of the calls, from 0 to 1, something happens to
 * @param createMs  the longest time that a Create takes to arrive
 */
export function occasionalFaults(
  longestMs: number,
  share: number,
  createMs = longestMs,
): FaultSchedule {
  return ({ rpc, failedBefore }, prng) => {
    const there =
      rpc === 'CreateApiKey' ? prng.between(1, Math.floor(createMs)) : travelTime(prng, longestMs);
    const back = travelTime(prng, longestMs);
    if (failedBefore > 0 || !prng.happens(share)) return replied(there, back);
    const noticed = there + back;
    // A Create that does not arrive, or is not answered, makes its caller look for it first: that
    // takes longer than the bound under which all agree.
    if (rpc === 'CreateApiKey') {
      return prng.pick(neverSent(there), dropped(there, noticed));
    }
    return prng.pick(
      neverSent(there),
      dropped(undefined, noticed),
      dropped(there, noticed),
      status('UNAVAILABLE', noticed),
      status('UNAVAILABLE', noticed, { acts: there }),
      status('RESOURCE_EXHAUSTED', noticed, { retryAfterMs: prng.between(10, 300) }),
    );
  };
}

/**
 * Everything goes wrong: slow messages, silence, replies and commits long after the deadline,
 * statuses that say no after the service did it.
 *
 * @param share how many of the calls, from 0 to 1, something happens to
 */
export function anyFaults(share: number): FaultSchedule {
  return ({ timeoutMs }, prng) => {
    const there = travelTime(prng, 2000);
    const back = travelTime(prng, 2000);
    if (!prng.happens(share)) return replied(there, back);
    const noticed = there + back;
    const late = timeoutMs + prng.between(1, 20_000);
    const soon = prng.between(1, 5000);
    return prng.pick<CallOutcome>(
      neverSent(there),
      dropped(undefined, noticed),
      dropped(there, noticed),
      dropped(noticed + soon, noticed),
      dropped(late, noticed),
      silence(undefined),
      silence(there),
      silence(late),
      replied(there, late),
      status('UNAVAILABLE', noticed),
      status(
        prng.pick<StatusName>('UNKNOWN', 'DEADLINE_EXCEEDED', 'ABORTED', 'INTERNAL', 'UNAVAILABLE'),
        noticed,
        { acts: there },
      ),
      status(prng.pick<StatusName>('DEADLINE_EXCEEDED', 'ABORTED', 'UNAVAILABLE'), noticed, {
        acts: noticed + soon,
      }),
      status('RESOURCE_EXHAUSTED', noticed, { retryAfterMs: prng.between(10, 5000) }),
      status('RESOURCE_EXHAUSTED', noticed),
      status(prng.pick<StatusName>('PERMISSION_DENIED', 'UNAUTHENTICATED'), noticed),
    );
  };
}

/** Mostly short, now and then long. */
function travelTime(prng: Prng, longestMs: number): number {
  const longest = prng.happens(0.2) ? longestMs : Math.min(longestMs, 120);
  return prng.between(1, Math.max(1, Math.floor(longest)));
}
