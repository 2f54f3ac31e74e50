import type { Effect } from '../core/failure.ts';
import { httpStatus, type RestResponse } from './rest.ts';
import { isPage, wordsIn } from './words.ts';

/** GitHub answered with a status that was not expected. */
export interface StatusCause {
  readonly kind: 'status';
  readonly status: number;
  /** GitHub's own words, on one line; empty when there are none. */
  readonly message: string;
  /** Whether they came as a page, as GitHub's interface does not answer by itself. */
  readonly isPage: boolean;
  /** How long GitHub wants us to wait. */
  readonly retryAfter: RetryAfter | undefined;
  /** The permissions that would have done: `environments=write`; undefined where GitHub names none. */
  readonly acceptedPermissions: string | undefined;
  /** Whether it came with links to pages of a list. */
  readonly isPaged: boolean;
}

/** Why a request failed. Holds nothing of the request, nor of its headers. */
export type Cause =
  | StatusCause
  /** No answer, with the code of the system's error if it has one. */
  | {
      readonly kind: 'network';
      readonly code: string | undefined;
      /** The variable that named the proxy in between; undefined when there was none. */
      readonly proxyVariable: string | undefined;
    }
  /** No answer in time. */
  | { readonly kind: 'timeout' }
  /** An answer that was cut off, or that is no JSON. */
  | { readonly kind: 'malformed' }
  /** An answer that went on for longer than any of GitHub's. */
  | { readonly kind: 'too_large'; readonly mostBytes: number }
  /** The answer was to ask another origin: `https://other.example.com`. From outside. */
  | { readonly kind: 'redirected'; readonly to: string }
  /** Each answer was to ask elsewhere. */
  | { readonly kind: 'redirect_loop' };

/** A rate limit's end: in so many milliseconds, or at a time by the wall clock, in milliseconds. */
type RetryAfter = { readonly forMs: number } | { readonly untilMs: number };

/** A request got no answer. Never reaches the reader: `failure.ts` makes a sentence of its cause. */
export class RestError extends Error {
  readonly facts: Cause;

  constructor(facts: Cause) {
    super(facts.kind);
    this.name = 'RestError';
    this.facts = facts;
  }
}

/**
 * What an answer that was not expected says.
 *
 * @param response the answer
 */
export function causeOf({ status, headers, body }: RestResponse): Cause {
  // A success that is none of those expected comes from something else than GitHub.
  if (status < 400) return { kind: 'malformed' };
  return {
    kind: 'status',
    status,
    message: wordsIn(body),
    isPage: isPage(body),
    retryAfter: retryAfterIn(headers),
    acceptedPermissions: permissionsIn(headers),
    isPaged: headers['link'] !== undefined,
  };
}

// https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
function retryAfterIn(headers: RestResponse['headers']): RetryAfter | undefined {
  const seconds = headers['retry-after'] ?? '';
  if (/^\d{1,6}$/u.test(seconds)) return { forMs: Number(seconds) * 1000 };
  const reset = headers['x-ratelimit-reset'] ?? '';
  if (headers['x-ratelimit-remaining'] === '0' && /^\d{1,12}$/u.test(reset)) {
    return { untilMs: Number(reset) * 1000 };
  }
  return undefined;
}

/**
 * The permissions that would have done. Sets of which any would do are told apart by semicolons:
 * https://github.blog/changelog/2023-08-10-x-accepted-github-permissions-header-for-fine-grained-permission-actors
 */
function permissionsIn(headers: RestResponse['headers']): string | undefined {
  const named = headers['x-accepted-github-permissions'] ?? '';
  if (!/^[a-z_]+=[a-z]+(?:[,;] ?[a-z_]+=[a-z]+){0,9}$/u.test(named)) return undefined;
  return named.replaceAll(/; ?/gu, ' or ').replaceAll(/, ?/gu, ' and ');
}

/** Whether GitHub wants fewer requests. */
export function isRateLimit({ status, message, retryAfter }: StatusCause): boolean {
  if (status === httpStatus.tooManyRequests) return true;
  return (
    status === httpStatus.forbidden &&
    (retryAfter !== undefined || /rate limit|abuse detection/iu.test(message))
  );
}

/** Whether it is one of the limits whose end GitHub does not always tell. */
export function isSecondaryRateLimit({ message }: StatusCause): boolean {
  // The older words are those of GitHub Enterprise Server.
  return /secondary rate limit|abuse detection/iu.test(message);
}

/** Whether less of a list may be answered where this much was not. */
export function mayBeTooMuch(cause: Cause): boolean {
  switch (cause.kind) {
    case 'timeout':
    case 'too_large':
      return true;
    case 'status':
      // GitHub ends a request after ten seconds, and a gateway says so. One Enterprise Server said
      // 404, with links to the pages around, to more than 50 pull requests at once:
      // https://github.com/renovatebot/renovate/issues/43750
      return (
        cause.status === httpStatus.badGateway ||
        cause.status === httpStatus.gatewayTimeout ||
        (cause.status === httpStatus.notFound && cause.isPaged)
      );
    case 'network':
    case 'malformed':
    case 'redirected':
    case 'redirect_loop':
      return false;
  }
}

/** Codes of Node for a certificate that nobody whom it trusts vouches for. */
const untrusted: readonly (string | undefined)[] = [
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** Codes of Node for a certificate that is not good for another reason. */
const invalid: readonly (string | undefined)[] = [
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

/** What is wrong with GitHub's certificate, which stays so; undefined when nothing is known to be. */
export function certificateProblem(cause: Cause): 'untrusted' | 'invalid' | undefined {
  if (cause.kind !== 'network') return undefined;
  if (untrusted.includes(cause.code)) return 'untrusted';
  return invalid.includes(cause.code) ? 'invalid' : undefined;
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
 * What a change that failed has done. Only a refusal and a connection that was never made are sure: a
 * server can fail, and a gateway answer in its place, after the work was done.
 *
 * @param cause why it failed
 */
export function effectOf(cause: Cause): Effect {
  switch (cause.kind) {
    case 'network':
      return certificateProblem(cause) !== undefined ||
        (cause.code !== undefined && neverSent.includes(cause.code))
        ? 'none'
        : 'unknown';
    case 'timeout':
    case 'malformed':
    case 'too_large':
      return 'unknown';
    case 'redirected':
    case 'redirect_loop':
      return 'none';
    case 'status':
      return cause.status >= 500 ? 'unknown' : 'none';
  }
}
