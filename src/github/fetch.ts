import { parseUrl } from '../core/text.ts';
import { RestError } from './cause.ts';
import { httpStatus } from './rest.ts';

/**
 * The `fetch` that Octokit is given: it asks one origin only, and reads so much and no more. Octokit's
 * own would follow a redirect anywhere and believe what it finds there, and read a body without end
 * (2.5 GiB were measured before the process was killed).
 */

/** What Octokit uses of a response. */
export interface FetchResponse {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array> | null;
  text(): Promise<string>;
}

/** What Octokit calls. */
export type Fetch = (
  url: string,
  options: Readonly<Record<string, unknown>>,
) => Promise<FetchResponse>;

/** An error's body is kept to find a message in. */
const mostErrorBytes = 64 * 1024;

/** A renamed repository takes one redirect; the specification of fetch gives up after 20. */
const mostRedirects = 5;

/**
 * Bounds a `fetch`.
 *
 * Redirects are repeated with the same method and body, as GitHub asks for them to be:
 * https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects
 * It never leaves its origin by them, so one that does comes from something else.
 *
 * @param fetch     what sends
 * @param mostBytes of a body, once it is unpacked
 * @returns a `fetch` that throws `RestError` where an answer is none
 */
export function boundedFetch(fetch: Fetch, mostBytes: number): Fetch {
  return async (url, options) => {
    let at = url;
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      // With npm's undici, as with Node's own, `manual` gives the answer as it came:
      // https://github.com/nodejs/undici/issues/1193
      const response = await fetch(at, { ...options, redirect: 'manual' });
      if (!isRedirect(response.status)) return readWhole(response, mostBytes);
      await discard(response);
      at = target(response, at);
    }
    throw new RestError({ kind: 'redirect_loop' });
  };
}

function isRedirect(status: number): boolean {
  const { movedPermanently, found, temporaryRedirect, permanentRedirect } = httpStatus;
  return [movedPermanently, found, temporaryRedirect, permanentRedirect].some(
    (each) => each === status,
  );
}

function target({ headers }: FetchResponse, from: string): string {
  const location = headers.get('location');
  const url = location === null ? undefined : parseUrl(location, from);
  if (url === undefined) throw new RestError({ kind: 'malformed' });
  if (url.origin !== new URL(from).origin) {
    const to = url.host === '' ? url.protocol : `${url.protocol}//${url.host}`;
    throw new RestError({ kind: 'redirected', to });
  }
  return url.href;
}

// What is left unread holds the connection.
async function discard({ body }: FetchResponse): Promise<void> {
  await body?.[Symbol.asyncIterator]().return?.();
}

async function readWhole(response: FetchResponse, mostBytes: number): Promise<FetchResponse> {
  const { status, url, headers } = response;
  const isError = status >= 400;
  const text = await readText(response, isError ? mostErrorBytes : mostBytes, isError);
  return { status, url, headers, body: null, text: () => Promise.resolve(text) };
}

/** @param mayCut whether the beginning will do */
async function readText(
  { body }: FetchResponse,
  mostBytes: number,
  mayCut: boolean,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  try {
    for await (const chunk of body ?? []) {
      size += chunk.byteLength;
      // To leave the loop is to close the connection.
      if (size > mostBytes && mayCut) break;
      if (size > mostBytes) throw new RestError({ kind: 'too_large', mostBytes });
      text += decoder.decode(chunk, { stream: true });
    }
  } catch (thrown) {
    if (thrown instanceof RestError || isTimeout(thrown)) throw thrown;
    throw new RestError({ kind: 'malformed' });
  }
  return text + decoder.decode();
}

function isTimeout(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'TimeoutError';
}
