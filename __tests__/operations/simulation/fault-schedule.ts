import type { Rpc } from '../../../src/coralogix/transport.ts';
import type { Chance } from './prng.ts';
import { dropped, neverSent, replied, silence, status, type Fate } from './outcome.ts';

/** What the network and the service do to one call. */
export type Weather = (call: Sent, chance: Chance) => Fate;

/** What the weather may look at. */
export interface Sent {
  readonly rpc: Rpc;
  /** The run that makes it. */
  readonly run: string;
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
export function calm(oneWayMs: number): Weather {
  return () => replied(oneWayMs, oneWayMs);
}

/** Nothing is lost, and what changes something takes as long as the bound of G3 allows. */
export const slowWrites: Weather = ({ rpc }, chance) =>
  rpc === 'CreateApiKey' || rpc === 'UpdateApiKey'
    ? replied(chance.between(1, 2800), 50)
    : replied(50, 50);

/**
 * Messages travel for different times; now and then one is lost and that is noticed at once. Never
 * twice in a row, so that every call gets through.
 *
 * @param longestMs the longest time that a message travels
 * @param faults    the share of calls that something happens to
 * @param createMs  the longest time that a Create takes to arrive
 */
export function changeable(longestMs: number, faults: number, createMs = longestMs): Weather {
  return ({ rpc, failedBefore }, chance) => {
    const there =
      rpc === 'CreateApiKey'
        ? chance.between(1, Math.floor(createMs))
        : travelTime(chance, longestMs);
    const back = travelTime(chance, longestMs);
    if (failedBefore > 0 || !chance.happens(faults)) return replied(there, back);
    const noticed = there + back;
    // A Create that does not arrive, or is not answered, makes its caller look for it first: that
    // takes longer than the bound under which all agree.
    if (rpc === 'CreateApiKey') {
      return chance.pick(neverSent(there), dropped(there, noticed));
    }
    return chance.pick(
      neverSent(there),
      dropped(undefined, noticed),
      dropped(there, noticed),
      status(14, noticed),
      status(14, noticed, { acts: there }),
      status(8, noticed, { retryAfterMs: chance.between(10, 300) }),
    );
  };
}

/**
 * Everything goes wrong: slow messages, silence, replies and commits long after the deadline,
 * statuses that say no after the service did it.
 *
 * @param faults the share of calls that something happens to
 */
export function storm(faults: number): Weather {
  return ({ timeoutMs }, chance) => {
    const there = travelTime(chance, 2000);
    const back = travelTime(chance, 2000);
    if (!chance.happens(faults)) return replied(there, back);
    const noticed = there + back;
    const late = timeoutMs + chance.between(1, 20_000);
    const soon = chance.between(1, 5000);
    return chance.pick<Fate>(
      neverSent(there),
      dropped(undefined, noticed),
      dropped(there, noticed),
      dropped(noticed + soon, noticed),
      dropped(late, noticed),
      silence(undefined),
      silence(there),
      silence(late),
      replied(there, late),
      status(14, noticed),
      status(chance.pick(2, 4, 10, 13, 14), noticed, { acts: there }),
      status(chance.pick(4, 10, 14), noticed, { acts: noticed + soon }),
      status(8, noticed, { retryAfterMs: chance.between(10, 5000) }),
      status(8, noticed),
      status(chance.pick(7, 16), noticed),
    );
  };
}

/** Mostly short, now and then long. */
function travelTime(chance: Chance, longestMs: number): number {
  const longest = chance.happens(0.2) ? longestMs : Math.min(longestMs, 120);
  return chance.between(1, Math.max(1, Math.floor(longest)));
}
