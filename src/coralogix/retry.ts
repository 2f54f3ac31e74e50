import type { Budget, Clock, Random } from '../core/ports.ts';
import type { StatusName } from './status.ts';
import { CallError, type CallErrorFacts, type Rpc } from './transport.ts';

/** How an RPC may be repeated. */
interface Policy {
  /** Whether it may be sent again when the service may have done it already. */
  readonly repeatable: boolean;
  /** Longest wait for one answer, in milliseconds. */
  readonly attemptTimeoutMs: number;
}

/**
 * The rules, a row for each RPC. Sending a read, an update or a delete twice does what sending it
 * once does. A second Create makes a second key, so it is sent again only if it never left.
 */
const policies: Readonly<Record<Rpc, Policy>> = {
  CreateApiKey: { repeatable: false, attemptTimeoutMs: 20_000 },
  GetApiKey: { repeatable: true, attemptTimeoutMs: 15_000 },
  // A long list takes its time.
  GetSendDataApiKeys: { repeatable: true, attemptTimeoutMs: 20_000 },
  UpdateApiKey: { repeatable: true, attemptTimeoutMs: 15_000 },
  DeleteApiKey: { repeatable: true, attemptTimeoutMs: 15_000 },
};

/** Trouble that passes. */
const transientStatuses: readonly (StatusName | undefined)[] = [
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'UNAVAILABLE',
];

// With the waits below, a service that is away for two or three seconds is usually outlasted.
const mostAttempts = 6;
const firstBackoffMs = 200;
const longestBackoffMs = 5_000;

/** What is kept of the budget when Create is sent, so that a lost answer can be looked into. */
const reserveMs = 5_000;

/** What the attempts have in common. */
export interface RetryContext {
  readonly clock: Clock;
  readonly random: Random;
  /** Bounds all attempts and the waits between them. */
  readonly budget: Budget;
}

/** One attempt: gets its timeout in milliseconds, throws {@link CallError}. */
export type Attempt<T> = (timeoutMs: number) => Promise<T>;

/** A call that did not succeed, with what went before. */
export class RetriesSpent extends Error {
  /** Of the last attempt. */
  readonly facts: CallErrorFacts;
  readonly attempts: number;
  /** Whether any attempt may have reached the service before the last one. */
  readonly maybeSentBefore: boolean;

  constructor(facts: CallErrorFacts, attempts: number, maybeSentBefore: boolean) {
    super(`gave up after ${attempts} attempts`);
    this.name = 'RetriesSpent';
    this.facts = facts;
    this.attempts = attempts;
    this.maybeSentBefore = maybeSentBefore;
  }
}

/** Sends calls, again where the table above allows it. One for all calls of a step. */
export interface Retry {
  /**
   * @param rpc     which row of the table holds
   * @param attempt sends the call once
   * @throws {@link RetriesSpent}, and whatever else `attempt` throws
   */
  run<T>(rpc: Rpc, attempt: Attempt<T>): Promise<T>;
}

/**
 * Makes the retry loop. When the service asks one call to wait, all calls wait.
 *
 * @param context time, chance and the step's budget
 */
export function createRetry({ clock, random, budget }: RetryContext): Retry {
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
      let maybeSentBefore = false;
      let last = outOfTime;
      for (let attempts = 1; ; attempts += 1) {
        if (!(await pause())) {
          throw new RetriesSpent({ ...asked, sent: 'never' }, attempts - 1, maybeSentBefore);
        }
        const timeoutMs = attemptTimeout(policy, budget.remaining());
        if (timeoutMs <= 0) throw new RetriesSpent(last, attempts - 1, maybeSentBefore);
        try {
          return await attempt(timeoutMs);
        } catch (thrown) {
          if (!(thrown instanceof CallError)) throw thrown;
          const { facts } = thrown;
          last = facts;
          // Being told to slow down is no failure: it goes on for as long as the budget lasts.
          if (!isRateLimit(facts)) failures += 1;
          // Advice that comes with a refusal is about this call only.
          const wait = isTransient(facts) ? backoff(facts, attempts) : 0;
          if (!mayRepeat(policy, facts) || failures >= mostAttempts || wait >= budget.remaining()) {
            throw new RetriesSpent(facts, attempts, maybeSentBefore);
          }
          maybeSentBefore ||= facts.sent === 'maybe';
          await clock.sleep(wait);
        }
      }
    },
  };
}

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
  return isTransient(facts) && (policy.repeatable || facts.sent === 'never');
}

function isTransient(facts: CallErrorFacts): boolean {
  switch (facts.cause) {
    case 'timeout':
    case 'dropped':
    case 'gateway_busy':
    case 'gateway_limit':
    case 'unreachable':
    case 'refused':
    case 'proxy':
    case 'dns':
      return true;
    case 'status':
      return transientStatuses.includes(facts.status);
    case 'tls':
    case 'gateway_auth':
    case 'gateway_refusal':
    case 'gateway_error':
    case 'not_grpc':
    case 'too_large':
      return false;
  }
}
