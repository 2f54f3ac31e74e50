import { Failure } from '../core/failure.ts';
import { at, textAt } from '../core/json-path.ts';
import type { Secret } from '../core/secret.ts';
import { proxyUrl, type Proxy } from '../network/proxy.ts';
import { RestError, type Cause } from './cause.ts';
import { apiUrlIn, checkDestination } from './destination.ts';
import { boundedFetch, type Fetch } from './fetch.ts';
import type { RestResponse, Send } from './rest.ts';

/**
 * The only file that knows Octokit. Its errors hold the request with the token in it, so they end here:
 * nothing of them is kept but what is picked out below.
 */

/** What sending takes. */
export interface OctokitOptions {
  readonly token: Secret;
  /** The interface's root; where undefined, GITHUB_API_URL or github.com. */
  readonly apiUrl: string | undefined;
}

/**
 * Makes the function that sends. Octokit is loaded with the first request.
 *
 * @param options who asks, and where
 */
export function createSend({ token, apiUrl }: OctokitOptions): Send {
  let octokit: Promise<Octokit> | undefined;
  return async ({ method, path, parameters, mostBytes }, timeoutMs) => {
    octokit ??= load(token, apiUrl);
    const { request, fetch, proxyVariable } = await octokit;
    try {
      return toResponse(
        await request(`${method} ${path}`, {
          ...parameters,
          request: {
            fetch: boundedFetch(fetch, mostBytes),
            signal: AbortSignal.timeout(timeoutMs),
            log: silent,
          },
        }),
      );
    } catch (thrown) {
      // An answer that refuses is an answer, too.
      const response = at(thrown, 'response');
      if (response !== undefined) return toResponse(response);
      throw new RestError(causeOfThrown(thrown, proxyVariable));
    }
  };
}

type Octokit = Awaited<ReturnType<typeof load>>;

async function load(token: Secret, apiUrl: string | undefined) {
  const text = token.reveal();
  const proxy = checkDestination(apiUrl ?? apiUrlIn(process.env), process.env);
  // A header refuses other characters with an error that quotes the whole of it.
  if (!/^[\x21-\x7e]+$/u.test(text)) {
    throw new Failure('github', 'The GitHub token is empty, or holds a character no token has.', {
      hint: 'Check the input `github_token` for spaces and line breaks.',
      effect: 'none',
    });
  }
  const { getOctokit } = await loadThrough(proxy, () => import('@actions/github'));
  const { request } = getOctokit(text, {
    log: silent,
    ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
  });
  // The one that goes through the proxy, if there is one.
  const fetch = request.endpoint.DEFAULTS.request?.fetch as Fetch;
  return { request, fetch, proxyVariable: proxy?.variable };
}

const proxyVariables = ['https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY'];

/**
 * Loads GitHub's client, telling it which proxy to take, or none. It knows one way only, the environment,
 * which it reads by rules of its own when it is loaded, and never again:
 * https://github.com/actions/toolkit/blob/main/packages/http-client/src/proxy.ts and `defaults` in
 * https://github.com/actions/toolkit/blob/main/packages/github/src/utils.ts. So the environment is
 * another one for that moment, and then as it was.
 */
async function loadThrough<T>(proxy: Proxy | undefined, load: () => Promise<T>): Promise<T> {
  const before = proxyVariables.map((name) => [name, process.env[name]] as const);
  for (const name of proxyVariables) Reflect.deleteProperty(process.env, name);
  if (proxy !== undefined) process.env['https_proxy'] = proxyUrl(proxy);
  try {
    return await load();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}

// Octokit would print warnings of its own to the console, with text that a server chose.
function nothing(): void {
  // Said nothing.
}
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** An answer as Octokit gives it, and as it hangs on the error for a status of 400 and more. */
function toResponse(response: unknown): RestResponse {
  const status = at(response, 'status');
  const headers = at(response, 'headers');
  return {
    status: typeof status === 'number' ? status : 0,
    headers: Object.fromEntries(
      Object.entries(typeof headers === 'object' && headers !== null ? headers : {}).map(
        ([name, value]) => [name, String(value)],
      ),
    ),
    body: at(response, 'data'),
  };
}

/**
 * Why there is no answer. The chain of causes tells, as Octokit and fetch each wrap what is below; at
 * its end may be what {@link boundedFetch} threw.
 */
function causeOfThrown(thrown: unknown, proxyVariable: string | undefined): Cause {
  let code: string | undefined;
  for (let error = thrown, depth = 0; isErrorLike(error) && depth < 5; depth++) {
    if (error instanceof RestError) return error.facts;
    if (error.name === 'TimeoutError') return { kind: 'timeout' };
    const found = textAt(error, 'code');
    if (found !== undefined && /^[A-Z][A-Z0-9_]{1,60}$/u.test(found)) code = found;
    error = error.cause;
  }
  return { kind: 'network', code, proxyVariable };
}

function isErrorLike(
  thrown: unknown,
): thrown is { readonly name?: unknown; readonly cause?: unknown } {
  return typeof thrown === 'object' && thrown !== null;
}
