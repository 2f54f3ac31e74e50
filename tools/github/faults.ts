import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';

/** What the local GitHub does wrong, once or more often, when it is asked for something. */
export interface GitHubFault {
  /** Matched against `GET /repos/acme/shop/branches?page=2`; every request when undefined. */
  readonly on?: RegExp;
  /** For how many requests; 1 when undefined. */
  readonly times?: number;
  readonly does: GitHubFaultAction;
}

/** The wrong things. */
export type GitHubFaultAction =
  /** Refuses, in GitHub's own form. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** Says that the list is empty. */
  | { readonly kind: 'empty' }
  /** Announces the last page of a list, and leaves it empty. */
  | { readonly kind: 'last-page-missing' }
  /** Leaves all links to other pages out. */
  | { readonly kind: 'no-links' }
  /** States a count of one more than it lists. */
  | { readonly kind: 'miscounted' }
  /** Answers as it should, with headers besides. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** Sends half of the JSON, as if that were all. */
  | { readonly kind: 'cut' }
  /** Sends half of the JSON and breaks the connection off. */
  | { readonly kind: 'break' }
  /** A page of HTML with status 200, as a proxy answers in the place of GitHub. */
  | { readonly kind: 'html' }
  /** Refuses with a page for people, as its front does, or a gateway in its place. */
  | { readonly kind: 'page'; readonly status: number; readonly page: string }
  /** Never answers. */
  | { readonly kind: 'hang' }
  /** Does what it was asked, and breaks the connection off without an answer. */
  | { readonly kind: 'drop' }
  /** Sends the client elsewhere, as GitHub does when a repository was renamed. */
  | { readonly kind: 'redirect'; readonly to: string; readonly status?: 301 | 302 | 307 | 308 }
  /** Sends JSON that never ends, until the client has had enough. */
  | { readonly kind: 'endless'; readonly status?: number; readonly packed?: boolean };

/** The faults that are still to happen. */
export class GitHubFaults {
  readonly #pending: { fault: GitHubFault; left: number }[] = [];

  add(fault: GitHubFault): void {
    this.#pending.push({ fault, left: fault.times ?? 1 });
  }

  /**
   * Takes the fault that this request meets, if any.
   *
   * @param line method and path with query
   */
  take(line: string): GitHubFaultAction | undefined {
    const found = this.#pending.find(
      ({ fault, left }) => left > 0 && (fault.on === undefined || fault.on.test(line)),
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.fault.does;
  }
}

/** An answer before it is sent. */
export interface GitHubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; nothing when undefined. */
  readonly body?: unknown;
  /** Why GitHub's description does not have it, although GitHub gives it. */
  readonly undescribed?: string;
}

/**
 * Sends an answer, with the fault in it.
 *
 * @param response where to
 * @param answer   what a GitHub in order would say
 * @param fault    what is wrong with it
 */
export function sendWith(
  response: ServerResponse,
  answer: GitHubAnswer,
  fault: GitHubFaultAction | undefined,
): void {
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  const json = { 'content-type': 'application/json; charset=utf-8' };
  const headers = { ...(text === '' ? {} : json), ...answer.headers };
  switch (fault?.kind) {
    case 'hang':
      return;
    case 'drop':
      response.destroy();
      return;
    case 'cut':
      response.writeHead(answer.status, headers).end(text.slice(0, text.length / 2));
      return;
    case 'break':
      response.writeHead(answer.status, { ...headers, 'content-length': String(text.length) });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      return;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in</h1>');
      return;
    case 'page':
      response.writeHead(fault.status, { 'content-type': 'text/html' }).end(fault.page);
      return;
    case 'redirect':
      response.writeHead(fault.status ?? 307, { location: fault.to }).end();
      return;
    case 'endless':
      endless(response, { status: 200, packed: false, ...fault }, json);
      return;
    case 'status': {
      const body = JSON.stringify({
        message: fault.message ?? 'Server Error',
        status: String(fault.status),
      });
      response.writeHead(fault.status, { ...json, ...fault.headers }).end(body);
      return;
    }
    case undefined:
    case 'empty':
    case 'last-page-missing':
    case 'no-links':
    case 'miscounted':
      response.writeHead(answer.status, headers).end(text);
      return;
    case 'headers':
      response.writeHead(answer.status, { ...headers, ...fault.headers }).end(text);
  }
}

function endless(
  response: ServerResponse,
  { status, packed }: { readonly status: number; readonly packed: boolean },
  json: Readonly<Record<string, string>>,
): void {
  response.writeHead(status, { ...json, ...(packed ? { 'content-encoding': 'gzip' } : {}) });
  const source = Readable.from(
    (function* () {
      yield '["';
      for (;;) yield 'x'.repeat(64 * 1024);
    })(),
  );
  // The client ends it, which is an error to either stream.
  const done = (): void => undefined;
  if (packed) pipeline(source, createGzip(), response, done);
  else pipeline(source, response, done);
}
