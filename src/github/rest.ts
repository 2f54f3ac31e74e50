import type { Effect } from '../core/failure.ts';

/**
 * GitHub's REST interface in our own words: what is asked, what is answered, and how it is sent. Knows
 * no library; `octokit.ts` sends.
 */

/** The statuses that something is decided by, by the names of RFC 9110 and RFC 6585. */
export const httpStatus = {
  ok: 200,
  created: 201,
  noContent: 204,
  movedPermanently: 301,
  found: 302,
  temporaryRedirect: 307,
  permanentRedirect: 308,
  unauthorized: 401,
  forbidden: 403,
  notFound: 404,
  conflict: 409,
  unprocessableContent: 422,
  tooManyRequests: 429,
  internalServerError: 500,
  badGateway: 502,
  serviceUnavailable: 503,
  gatewayTimeout: 504,
} as const;

/** A request. */
export interface RestRequest {
  /** What it is for: the rest of a sentence, `list the branches of acme/shop`. */
  readonly purpose: string;
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT';
  /** With `{name}` where a parameter goes, which is then encoded. */
  readonly path: string;
  /** Those that the path does not name become the query of a GET, else the body. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** The statuses that answer it; every other one is a failure. */
  readonly expected: readonly number[];
  /** The answer's body is larger than this only if it is not GitHub's. In bytes, unpacked. */
  readonly mostBytes: number;
  readonly hints: Hints;
  /** What asks for less of the same, where that may be too much for GitHub to answer. */
  readonly smaller?: RestRequest;
  /** What earlier requests for the same purpose may have done; nothing when undefined. */
  readonly earlier?: Effect;
}

/** Hints for the reader, by the status that GitHub refuses with. */
export type Hints = Readonly<Record<401 | 403 | 404, string>>;

/** An answer, of whatever status. */
export interface RestResponse {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As parsed, of any shape; a text when it is no JSON. */
  readonly body: unknown;
}

/**
 * Sends a request once.
 *
 * @param request   what to send
 * @param timeoutMs after so many milliseconds it fails
 * @returns the answer, also one that refuses
 * @throws `RestError` when there is none, `Failure` when nothing may be sent at all, nothing else
 */
export type Send = (request: RestRequest, timeoutMs: number) => Promise<RestResponse>;

/**
 * Sends a request, again where that helps, and returns an answer that was expected. Throws a `Failure`
 * of kind `github`, or `outcome_unknown` for a change that may have been made, and nothing else.
 */
export type Rest = (request: RestRequest) => Promise<Answer>;

/** An answer that was expected. */
export interface Answer extends RestResponse {
  /** What it answers: the request, or one of its smaller ones. */
  readonly request: RestRequest;
  /** What attempts without an answer may have done before. */
  readonly effect: Effect;
}
