import type { Cause } from './grpc/cause.ts';

/** The service's five calls. */
export type Rpc =
  'CreateApiKey' | 'GetApiKey' | 'GetSendDataApiKeys' | 'UpdateApiKey' | 'DeleteApiKey';

/** One connection to the service. Knows messages, not keys; sends once, never again. */
export interface Transport {
  /**
   * Sends one call.
   *
   * @param rpc       which call
   * @param request   a message as `messages.ts` makes it
   * @param timeoutMs after so many milliseconds it fails
   * @returns the reply as decoded, to be read by `messages.ts`
   * @throws {@link CallError} and nothing else
   */
  call(rpc: Rpc, request: object, timeoutMs: number): Promise<unknown>;
}

/** What is known of a call that failed. */
export interface CallErrorFacts {
  readonly cause: Cause;
  /**
   * `never`: the request provably did not leave this machine. `maybe`: anything else; the service
   * may have done it.
   */
  readonly sent: 'never' | 'maybe';
  /** The gRPC status; undefined when what came was none. */
  readonly code: number | undefined;
  /** The service's message or the transport's own words: text from outside, as it came. */
  readonly text: string;
  /** What the service's RetryInfo asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** What the service said in BadRequest and ErrorInfo details: text from outside. */
  readonly remarks: readonly string[];
}

/** One call failed. Never reaches the reader: `failure.ts` makes a sentence of it. */
export class CallError extends Error {
  readonly facts: CallErrorFacts;

  constructor(facts: CallErrorFacts) {
    super(`${facts.cause}, status ${facts.code ?? 'none'}`);
    this.name = 'CallError';
    this.facts = facts;
  }
}
