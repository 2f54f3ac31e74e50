import type { Effect } from '../core/failure.ts';
import type { Budget, Clock, Random } from '../core/ports.ts';
import { causeOf, effectOf, isRateLimit, RestError, type Cause } from './cause.ts';
import { requestFailure } from './failure.ts';
import { httpStatus, type Rest, type RestRequest, type RestResponse, type Send } from './rest.ts';

const attemptTimeoutMs = 20_000;
const mostAttempts = 4;
const firstBackoffMs = 500;

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
 * in the place of what was there before.
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

  return async (request) => {
    // Reading changes nothing.
    const isChange = request.method !== 'GET';
    let effect: Effect = 'none';
    for (let attempts = 1; ; attempts += 1) {
      if (budget.remaining() <= 0) throw requestFailure(request, { kind: 'timeout' }, effect);
      const result = await attempt(request);
      if (!('kind' in result)) return result;
      // An earlier attempt whose answer was lost counts, whatever the last one says.
      if (isChange && effectOf(result) === 'unknown') effect = 'unknown';
      const wait = delay(result, { attempts, now: clock.now(), fraction: random.fraction() });
      if (wait === undefined || attempts === mostAttempts || wait >= budget.remaining()) {
        throw requestFailure(request, result, effect);
      }
      await clock.sleep(wait);
    }
  };
}

// A body that is cut off or no JSON comes as the text that it is.
function isExpected({ status, body }: RestResponse, { expected }: RestRequest): boolean {
  if (!expected.includes(status)) return false;
  return status !== httpStatus.ok || (typeof body === 'object' && body !== null);
}

/**
 * How long to wait before the same is asked again.
 *
 * @param cause  why the last attempt failed
 * @param moment attempts made so far; the wall clock, in milliseconds; a number from 0 to 1
 * @returns milliseconds, or undefined when asking again would not help
 */
function delay(
  cause: Cause,
  moment: { readonly attempts: number; readonly now: number; readonly fraction: number },
): number | undefined {
  const backoff = firstBackoffMs * 2 ** (moment.attempts - 1) * (0.5 + moment.fraction / 2);
  if (cause.kind !== 'status') return backoff;
  if (!isRateLimit(cause) && !transientStatuses.includes(cause.status)) return undefined;
  const { retryAfter } = cause;
  if (retryAfter === undefined) return backoff;
  // Who is told to wait for nothing, again and again, must not come back all the time.
  const asked =
    'forMs' in retryAfter ? retryAfter.forMs : Math.max(0, retryAfter.untilMs - moment.now) + 1000;
  return Math.max(asked, backoff);
}
