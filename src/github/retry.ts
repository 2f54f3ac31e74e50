import type { Effect } from '../core/failure.ts';
import type { Budget, Clock, Random } from '../core/ports.ts';
import {
  causeOf,
  certificateProblem,
  effectOf,
  isRateLimit,
  isSecondaryRateLimit,
  mayBeTooMuch,
  RestError,
  type Cause,
  type StatusCause,
} from './cause.ts';
import { requestFailure } from './failure.ts';
import { httpStatus, type Rest, type RestRequest, type RestResponse, type Send } from './rest.ts';

const attemptTimeoutMs = 20_000;
const mostAttempts = 4;
const firstBackoffMs = 500;
const longestBackoffMs = 30_000;
/** What GitHub asks to wait at least where it does not say how long. */
const leastSecondaryMs = 60_000;

/** What passes: a server that fails, and a gateway that cannot reach it. */
const transientStatuses: readonly number[] = [
  httpStatus.internalServerError,
  httpStatus.badGateway,
  httpStatus.serviceUnavailable,
  httpStatus.gatewayTimeout,
];

/** What the attempts have in common. */
export interface RetryContext {
  readonly send: Send;
  readonly clock: Clock;
  readonly random: Random;
  /** Bounds all attempts and the waits between them. */
  readonly budget: Budget;
}

/**
 * Makes the retry loop. All requests of this action may be repeated: they read, or they put something
 * in the place of what was there before. To be told to slow down is no failure: it is waited for as
 * long as the budget lasts.
 *
 * @param context how to send, time, chance and the step's budget
 */
export function createRetry({ send, clock, budget, random }: RetryContext): Rest {
  /** The answer, or why there is none that is of use. */
  async function attempt(request: RestRequest): Promise<RestResponse | Cause> {
    const timeoutMs = Math.max(1, Math.min(attemptTimeoutMs, Math.floor(budget.remaining())));
    try {
      const response = await send(request, timeoutMs);
      return isExpected(response, request) ? response : causeOf(response);
    } catch (thrown) {
      if (thrown instanceof RestError) return thrown.facts;
      throw thrown;
    }
  }

  return async (asked) => {
    let request = asked;
    let effect: Effect = asked.earlier ?? 'none';
    let failures = 0;
    for (let attempts = 1; ; attempts += 1) {
      if (budget.remaining() <= 0) throw requestFailure(request, { kind: 'timeout' }, effect);
      const result = await attempt(request);
      if (!('kind' in result)) return { ...result, request, effect };
      // An earlier attempt whose answer was lost counts, whatever the last one says. But reading
      // changes nothing.
      if (request.method !== 'GET' && effectOf(result) === 'unknown') effect = 'unknown';
      if (!isLimit(result)) failures += 1;
      const wait = delay(result, request, {
        attempts,
        now: clock.now(),
        remaining: budget.remaining(),
        fraction: random.fraction(),
      });
      if (wait === undefined || failures === mostAttempts || wait >= budget.remaining()) {
        throw requestFailure(request, result, effect);
      }
      await clock.sleep(wait);
      if (mayBeTooMuch(result)) request = request.smaller ?? request;
    }
  };
}

function isLimit(cause: Cause): cause is StatusCause {
  return cause.kind === 'status' && isRateLimit(cause);
}

// A body that is cut off or no JSON comes as the text that it is. And who is told to slow down is told
// nothing else, though the status be the one of a refusal.
function isExpected(response: RestResponse, { expected }: RestRequest): boolean {
  const { status, body } = response;
  if (!expected.includes(status) || isLimit(causeOf(response))) return false;
  return status !== httpStatus.ok || (typeof body === 'object' && body !== null);
}

/** When a wait is chosen. */
interface Moment {
  /** Attempts made so far. */
  readonly attempts: number;
  /** The wall clock, in milliseconds. */
  readonly now: number;
  /** What is left of the budget, in milliseconds. */
  readonly remaining: number;
  /** From 0 to 1. */
  readonly fraction: number;
}

/** How long to wait before the next attempt, in milliseconds; undefined when none would help. */
function delay(cause: Cause, request: RestRequest, moment: Moment): number | undefined {
  const ceiling = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (moment.attempts - 1));
  const backoff = ceiling * (0.5 + moment.fraction / 2);
  // Who is told to wait for nothing, again and again, must not come back all the time.
  if (isLimit(cause)) return Math.max(limitDelay(cause, moment), backoff);
  if (mayBeTooMuch(cause) && request.smaller !== undefined) return backoff;
  return isTransient(cause) ? backoff : undefined;
}

// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
function limitDelay(cause: StatusCause, { attempts, now, remaining }: Moment): number {
  const { retryAfter } = cause;
  if (retryAfter !== undefined) {
    return 'forMs' in retryAfter ? retryAfter.forMs : Math.max(0, retryAfter.untilMs - now) + 1000;
  }
  if (!isSecondaryRateLimit(cause)) return 0;
  // A minute at least, and longer each time; a step that has less to spend tries once it is half spent.
  return Math.min(leastSecondaryMs * 2 ** (attempts - 1), remaining / 2);
}

function isTransient(cause: Cause): boolean {
  switch (cause.kind) {
    case 'network':
      return certificateProblem(cause) === undefined;
    case 'timeout':
    case 'malformed':
      return true;
    case 'status':
      return transientStatuses.includes(cause.status);
    case 'too_large':
    case 'redirected':
    case 'redirect_loop':
      return false;
  }
}
