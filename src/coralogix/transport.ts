import type { StatusName } from './status.ts';

/** The service's five calls. */
export type Rpc =
  'CreateApiKey' | 'GetApiKey' | 'GetSendDataApiKeys' | 'UpdateApiKey' | 'DeleteApiKey';

/** The one call of the ingestion that is made: OTLP's `LogsService/Export`. */
export type IngestionRpc = 'ExportLogs';

/** The calls of both services. */
export type AnyRpc = Rpc | IngestionRpc;

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

/** Why a call failed. What the transport says in words is known in `grpc/` only. */
export type Cause =
  /** The service answered with a status other than OK. */
  | 'status'
  /** The host's name leads nowhere. */
  | 'dns'
  /** Nobody listens. */
  | 'refused'
  /** No trusted, encrypted connection. */
  | 'tls'
  /** The proxy did not let the connection through. */
  | 'proxy'
  /** No connection, for a reason that fits none of the above. */
  | 'unreachable'
  /** The deadline passed. */
  | 'timeout'
  /** The connection or the stream broke off. */
  | 'dropped'
  /**
   * Something that speaks HTTP and not gRPC answered: it does not let this client in, wants fewer
   * requests, refused the request, has no answer now, or failed.
   */
  | 'gateway_auth'
  | 'gateway_limit'
  | 'gateway_refusal'
  | 'gateway_busy'
  | 'gateway_error'
  /** What came is no gRPC: a web page, a missing or garbled status, a broken message. */
  | 'not_grpc'
  /** The reply is larger than this client takes. */
  | 'too_large'
  /** The service makes no more keys: there are as many as it allows. */
  | 'quota';

/** What is known besides the cause, where that makes a difference to the reader. */
export type Reason =
  /** Of `tls`: the port speaks none. */
  | 'no_tls'
  /** The certificate is for another host. */
  | 'wrong_name'
  /** It has ended. */
  | 'expired'
  /** It has not begun. */
  | 'not_yet_valid'
  /** The host speaks TLS, and no HTTP/2 over it. */
  | 'no_http2'
  /** The host speaks no version of TLS that this client takes. */
  | 'old_tls'
  /** The host and the client found no way to speak TLS that both take. */
  | 'no_agreement'
  /** Nobody whom the client trusts vouches for the certificate. */
  | 'untrusted'
  /** The host wants to see a certificate of the client. */
  | 'client_certificate'
  /** The host has no certificate for the name that it was asked for. */
  | 'unknown_name'
  /** Of `not_grpc`: a web page came. */
  | 'web_page'
  /** It is no HTTP/2: HTTP/1.1, most likely. */
  | 'http1'
  /** It holds no gRPC status, or none that exists. */
  | 'no_status';

/** Why a call failed. */
export interface Diagnosis {
  readonly cause: Cause;
  /** Absent where nothing more than the cause is known. */
  readonly reason?: Reason;
}

/** What is known of a call that failed. */
export interface CallErrorFacts extends Diagnosis {
  /**
   * `never`: the request provably did not leave this machine. `maybe`: anything else; the service
   * may have done it.
   */
  readonly sent: 'never' | 'maybe';
  /** The gRPC status; undefined when what came was none. */
  readonly status: StatusName | undefined;
  /** The service's message as it came, or what the transport says, without its wrapping: text from outside. */
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
    super(`${facts.cause}, status ${facts.status ?? 'none'}`);
    this.name = 'CallError';
    this.facts = facts;
  }
}
