import type { RpcName } from './rpc.ts';

/** On which side of the commit a fault is applied: with `after`, the store has done what was asked. */
export type When = 'before' | 'after';

/**
 * Everything that can go wrong with a call. Where a fault takes `when`, the default is `before`,
 * unless said otherwise; the other faults say in their name or comment whether the store acts.
 */
export type Fault =
  | {
      /** Another status than the true one. */
      readonly kind: 'status';
      /** 0 to 16, or any other number or text, as a broken server would send it. */
      readonly code: number | string;
      readonly message?: string;
      /** Adds `google.rpc.RetryInfo`. */
      readonly retryDelayMs?: number;
      /** Adds `google.rpc.BadRequest`. */
      readonly fieldViolations?: readonly FieldViolation[];
      /** Adds `google.rpc.ErrorInfo`. */
      readonly errorInfo?: ErrorInfo;
      readonly when?: When;
    }
  /** The true answer, but late. With `before`, the commit is late as well, and comes even when the caller has given up. */
  | { readonly kind: 'delay'; readonly ms: number; readonly when?: When }
  /** No answer, and no commit. */
  | { readonly kind: 'hang' }
  /** No answer after the commit. */
  | { readonly kind: 'commit-then-hang' }
  /** The connection, with all that is on it, is cut before the commit. */
  | { readonly kind: 'drop' }
  /** The connection, with all that is on it, is cut after the commit. */
  | { readonly kind: 'commit-then-drop' }
  /** The stream is reset with an HTTP/2 error code: 8 (CANCEL) by default. */
  | { readonly kind: 'reset'; readonly code?: number; readonly when?: When }
  /**
   * The connection is to be used no more. `before`: this call is among those that the frame says
   * were not processed. `after`: it is answered, unless `close`: then the connection ends instead.
   */
  | {
      readonly kind: 'goaway';
      /** An HTTP/2 error code; 0 (NO_ERROR) by default. */
      readonly code?: number;
      readonly close?: boolean;
      readonly when?: When;
    }
  /** An answer in HTTP that is none in gRPC, as a proxy, a firewall or a login page gives it. */
  | {
      readonly kind: 'http-status';
      readonly status: number;
      readonly body?: string;
      /** `text/html` by default. */
      readonly contentType?: string;
      readonly when?: When;
    }
  /** Bytes on the wire that are no HTTP/2 frame; the answer follows never. */
  | { readonly kind: 'malformed-frame'; readonly when?: When }
  /** After the commit: a message whose length says 4 GiB. */
  | { readonly kind: 'oversize-message' }
  /** After the commit: a message that ends before its length says. */
  | { readonly kind: 'truncated-message' }
  /** After the commit: a message that is no protobuf. */
  | { readonly kind: 'undecodable-message' }
  /** After the commit: the message twice. */
  | { readonly kind: 'two-messages' }
  /** After the commit: status OK and no message. */
  | { readonly kind: 'no-message' }
  /** After the commit: the message, and the stream's end without a status. */
  | { readonly kind: 'no-trailers' }
  /** After the commit: the true answer, one byte at a time, so many milliseconds apart. */
  | { readonly kind: 'slow-drip'; readonly ms: number }
  /** After the commit: the true answer, made at least so many bytes large by a field nobody knows. */
  | { readonly kind: 'large-reply'; readonly bytes: number }
  /** After the commit: the true message, and then a status that is not OK. */
  | {
      readonly kind: 'message-then-error';
      readonly code: number | string;
      readonly message?: string;
    };

/** The name of a fault. */
export type FaultKind = Fault['kind'];

/** A `google.rpc.BadRequest.FieldViolation`. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** A `google.rpc.ErrorInfo`. */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A fault and the calls that meet it. */
export interface FaultRule {
  readonly fault: Fault;
  /** Which RPC; all by default. */
  readonly rpc?: RpcName | '*';
  /** How many calls meet it; 1 by default, Infinity for all. */
  readonly times?: number;
  /** How many calls are let through first; 0 by default. */
  readonly skip?: number;
  /** The share of the calls after those that meet it, from 0 to 1; 1 by default. */
  readonly probability?: number;
  /** Where the sequence of chances begins; the same seed gives the same sequence. 1 by default. */
  readonly seed?: number;
}
