import type { Budget, Clock, Random } from '../core/ports.ts';
import { tellAttempt, type Debug } from './attempt-line.ts';
import { effectOf } from './effect.ts';
import type { StatusName } from './status.ts';
import { CallError, type AnyRpc, type CallErrorFacts, type Cause } from './transport.ts';

/** How an RPC may be repeated. */
interface Policy {
  /** Whether it may be sent again when the service may have done it already. */
  readonly repeatable: boolean;
  /** Longest wait for one answer, in milliseconds. */
  readonly attemptTimeoutMs: number;
}

/**
 * The rules, a row for each RPC. Sending a read, an update or a delete twice does what sending it
 * once does. A second Create makes a second key, so it is sent again only if it surely made none: it
 * never left, or was refused.
 */
const policies: Readonly<Record<AnyRpc, Policy>> = {
  CreateApiKey: { repeatable: false, attemptTimeoutMs: 20_000 },
  GetApiKey: { repeatable: true, attemptTimeoutMs: 15_000 },
  // A long list takes its time.
  GetSendDataApiKeys: { repeatable: true, attemptTimeoutMs: 20_000 },
  UpdateApiKey: { repeatable: true, attemptTimeoutMs: 15_000 },
  DeleteApiKey: { repeatable: true, attemptTimeoutMs: 15_000 },
  // It is empty: nothing is stored, however often.
  ExportLogs: { repeatable: true, attemptTimeoutMs: 10_000 },
};

/** Trouble that passes. */
const transientStatuses: readonly (StatusName | undefined)[] = [
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'UNAVAILABLE',
];

/** Whether what failed a call may pass. A load balancer that hangs up may be on its way out. */
const passing: Readonly<Record<Exclude<Cause, 'status'>, boolean>> = {
  timeout: true,
  dropped: true,
  gateway_busy: true,
  gateway_limit: true,
  unreachable: true,
  refused: true,
  proxy: true,
  dns: true,
  // These will be the same the next time: a certificate, an answer in HTTP/1.1, a page, a quota.
  tls: false,
  gateway_auth: false,
  gateway_refusal: false,
  gateway_error: false,
  not_grpc: false,
  too_large: false,
  quota: false,
};

// With the waits below, a service that is away for two or three seconds is usually outlasted.
const mostAttempts = 6;
const firstBackoffMs = 200;
const longestBackoffMs = 5_000;

/** Less is no time for an answer, in milliseconds: what the attempt before came to tells the reader more. */
const leastAttemptMs = 10;

/** What is kept of the budget when Create is sent, so that a lost answer can be looked into. */
const reserveMs = 5_000;

/** What the attempts have in common. */
export interface RetryContext {
  readonly clock: Clock;
  readonly random: Random;
  /** Bounds all attempts and the waits between them. */
  readonly budget: Pick<Budget, 'remaining'>;
  /** Takes a line for each attempt; nobody does, if absent. */
  readonly debug?: Debug | undefined;
}

/** One attempt: gets its timeout in milliseconds, throws {@link CallError}. */
export type Attempt<T> = (timeoutMs: number) => Promise<T>;

/** A call that did not succeed, with what went before. */
export class RetriesSpent extends Error {
  /** Of the last attempt. */
  readonly facts: CallErrorFacts;
  readonly attempts: number;
  /** Whether the service may have done what was asked at any attempt before the last one. */
  readonly maybeDoneBefore: boolean;

  constructor(facts: CallErrorFacts, attempts: number, maybeDoneBefore: boolean) {
    super(`gave up after ${attempts} attempts`);
    this.name = 'RetriesSpent';
    this.facts = facts;
    this.attempts = attempts;
    this.maybeDoneBefore = maybeDoneBefore;
  }
}

/** Sends calls, again where the table above allows it. One for all calls of a step. */
export interface Retry {
  /**
   * @param rpc     which row of the table holds
   * @param attempt sends the call once
   * @throws {@link RetriesSpent}, and whatever else `attempt` throws
   */
  run<T>(rpc: AnyRpc, attempt: Attempt<T>): Promise<T>;
}

/**
 * Makes the retry loop. When the service asks one call to wait, all calls wait.
 *
 * @param context time, chance and the step's budget
 */
export function createRetry({ clock, random, budget, debug = ignore }: RetryContext): Retry {
  let notBefore = 0;
  /** The answer that asked to wait until then. */
  let asked = outOfTime;

  /** Waits until the service takes calls again; false when the budget ends before that. */
  async function pause(): Promise<boolean> {
    // Another call may push the moment further while this one waits.
    while (notBefore > clock.elapsed()) {
      const wait = notBefore - clock.elapsed();
      if (wait >= budget.remaining()) return false;
      await clock.sleep(wait);
    }
    return true;
  }

  function backoff(facts: CallErrorFacts, attempts: number): number {
    const ceiling = Math.min(longestBackoffMs, firstBackoffMs * 2 ** attempts);
    const jitter = random.fraction() * ceiling;
    if (facts.retryAfterMs === undefined) {
      // The time for another attempt must not go for our own wait. Who is told to slow down does so.
      return isRateLimit(facts) ? jitter : Math.min(jitter, budget.remaining() / 2);
    }
    // Who was told to wait equally long must not come back all at once. And who is told to wait for
    // next to nothing, again and again, must not come back all the time.
    const wait = Math.max(facts.retryAfterMs + jitter / 10, jitter);
    if (clock.elapsed() + wait > notBefore) {
      notBefore = clock.elapsed() + wait;
      asked = facts;
    }
    return wait;
  }

  return {
    async run(rpc, attempt) {
      const policy = policies[rpc];
      let failures = 0;
      let maybeDoneBefore = false;
      let last = outOfTime;
      for (let attempts = 1; ; attempts += 1) {
        if (!(await pause())) {
          throw new RetriesSpent({ ...asked, sent: 'never' }, attempts - 1, maybeDoneBefore);
        }
        const timeoutMs = attemptTimeout(policy, budget.remaining());
        if (timeoutMs < leastAttemptMs) throw new RetriesSpent(last, attempts - 1, maybeDoneBefore);
        try {
          const context = { rpc, number: attempts, clock, debug };
          return await tellAttempt(() => attempt(timeoutMs), context);
        } catch (thrown) {
          if (!(thrown instanceof CallError)) throw thrown;
          const { facts } = thrown;
          last = facts;
          // Being told to slow down is no failure: it goes on for as long as the budget lasts.
          if (!isRateLimit(facts)) failures += 1;
          // Advice that comes with a refusal is about this call only.
          const wait = isTransient(facts) ? backoff(facts, attempts) : 0;
          if (!mayRepeat(policy, facts) || failures >= mostAttempts || wait >= budget.remaining()) {
            throw new RetriesSpent(facts, attempts, maybeDoneBefore);
          }
          maybeDoneBefore ||= effectOf(facts) === 'unknown';
          await clock.sleep(wait);
        }
      }
    },
  };
}

const ignore = (): void => undefined;

const outOfTime: CallErrorFacts = {
  cause: 'timeout',
  sent: 'never',
  status: 'DEADLINE_EXCEEDED',
  text: '',
  retryAfterMs: undefined,
  remarks: [],
};

function attemptTimeout(policy: Policy, remaining: number): number {
  if (policy.repeatable) return Math.min(policy.attemptTimeoutMs, remaining);
  return Math.min(policy.attemptTimeoutMs, Math.max(remaining - reserveMs, remaining / 2));
}

function isRateLimit(facts: CallErrorFacts): boolean {
  return facts.cause === 'status' && facts.status === 'RESOURCE_EXHAUSTED';
}

function mayRepeat(policy: Policy, facts: CallErrorFacts): boolean {
  return isTransient(facts) && (policy.repeatable || effectOf(facts) === 'none');
}

function isTransient(facts: CallErrorFacts): boolean {
  return facts.cause === 'status' ? transientStatuses.includes(facts.status) : passing[facts.cause];
}
