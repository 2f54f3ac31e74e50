import { oneLine } from '../core/text.ts';
import { at, textAt } from '../core/json-path.ts';

/**
 * What went wrong with a request to GitHub, in our own words. Octokit's errors hold the request
 * with its headers, so they end here: nothing of them is kept but what is picked out below.
 */

/** GitHub answered with a status that is no success. */
export interface StatusTrouble {
  readonly kind: 'status';
  readonly status: number;
  /** GitHub's own words, on one line; empty when there are none. */
  readonly message: string;
  /** How long GitHub wants us to wait. */
  readonly pause: Pause | undefined;
}

/** Everything that can go wrong. */
export type Trouble =
  | StatusTrouble
  /** No answer, with the code of the system's error if it has one. */
  | { readonly kind: 'network'; readonly code: string | undefined }
  /** No answer in time. */
  | { readonly kind: 'silence' }
  /** An answer that was cut off, or that is no JSON. */
  | { readonly kind: 'unreadable' };

/** A rate limit's end: in so many milliseconds, or at a time by the wall clock, in milliseconds. */
type Pause = { readonly forMs: number } | { readonly untilMs: number };

/**
 * Picks out of a thrown thing what may be told.
 *
 * @param thrown what Octokit threw
 */
export function troubleOf(thrown: unknown): Trouble {
  const response = at(thrown, 'response');
  const status = at(response, 'status');
  if (typeof status === 'number') {
    return {
      kind: 'status',
      status,
      message: oneLine(textAt(response, 'data', 'message') ?? '', 200),
      pause: pauseOf(at(response, 'headers')),
    };
  }
  // The chain of causes, because Octokit and fetch each wrap what is below them.
  let code: string | undefined;
  for (let cause = thrown, depth = 0; isErrorLike(cause) && depth < 5; depth++) {
    if (cause.name === 'TimeoutError') return { kind: 'silence' };
    const found = textAt(cause, 'code');
    if (found !== undefined && /^[A-Z][A-Z0-9_]{1,60}$/u.test(found)) code = found;
    cause = cause.cause;
  }
  return { kind: 'network', code };
}

function isErrorLike(
  thrown: unknown,
): thrown is { readonly name?: unknown; readonly cause?: unknown } {
  return typeof thrown === 'object' && thrown !== null;
}

// What the system says when there was no connection, so that nothing can have been sent.
const neverSent = [
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  // A proxy that did not let the connection through.
  'UND_ERR_ABORTED',
  'UND_ERR_CONNECT_TIMEOUT',
];

/**
 * Whether GitHub may have done what it was asked, although no answer says so. Only a refusal and a
 * connection that was never made are sure: a server can fail, and a gateway answer in its place,
 * after the work was done.
 *
 * @param trouble what went wrong
 */
export function maybeDone(trouble: Trouble): boolean {
  switch (trouble.kind) {
    case 'network':
      return trouble.code === undefined || !neverSent.includes(trouble.code);
    case 'silence':
    case 'unreadable':
      return true;
    case 'status':
      return trouble.status >= 500;
  }
}

function pauseOf(headers: unknown): Pause | undefined {
  const seconds = textAt(headers, 'retry-after');
  if (seconds !== undefined && /^\d{1,6}$/u.test(seconds)) return { forMs: Number(seconds) * 1000 };
  const reset = textAt(headers, 'x-ratelimit-reset');
  if (
    textAt(headers, 'x-ratelimit-remaining') === '0' &&
    reset !== undefined &&
    /^\d{1,12}$/u.test(reset)
  ) {
    return { untilMs: Number(reset) * 1000 };
  }
  return undefined;
}

/** Whether GitHub wants fewer requests. */
export function isRateLimit(trouble: StatusTrouble): boolean {
  if (trouble.status === 429) return true;
  return (
    trouble.status === 403 && (trouble.pause !== undefined || /rate limit/iu.test(trouble.message))
  );
}

const firstBackoffMs = 500;

/**
 * How long to wait before the same question is asked again.
 *
 * @param trouble what went wrong
 * @param moment  attempts made so far; the wall clock, in milliseconds; a number from 0 to 1
 * @returns milliseconds, or undefined when asking again would not help
 */
export function waitFor(
  trouble: Trouble,
  moment: { readonly attempts: number; readonly now: number; readonly fraction: number },
): number | undefined {
  const backoff = firstBackoffMs * 2 ** (moment.attempts - 1) * (0.5 + moment.fraction / 2);
  if (trouble.kind !== 'status') return backoff;
  if (!isRateLimit(trouble) && ![500, 502, 503, 504].includes(trouble.status)) return undefined;
  const { pause } = trouble;
  if (pause === undefined) return backoff;
  // Who is told to wait for nothing, again and again, must not come back all the time.
  const asked = 'forMs' in pause ? pause.forMs : Math.max(0, pause.untilMs - moment.now) + 1000;
  return Math.max(asked, backoff);
}
