import { Failure } from '../core/failure.ts';
import type { Budget, Clock, Random } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import { parseUrl } from '../core/text.ts';
import { at } from '../core/json-path.ts';
import { failureOf } from './failure.ts';
import { checkRoute } from './destination.ts';
import { maybeDone, troubleOf, waitFor, type Trouble } from './cause.ts';

/**
 * One request to GitHub's REST interface, through Octokit: with a bound, and sent again when the
 * trouble may pass. All requests of this action may be repeated: they read, or they put a secret in
 * the place of the one before.
 */

/** What to ask. */
export interface Question {
  /** What it is for: the rest of a sentence, `list the branches of acme/shop`. */
  readonly purpose: string;
  /** Method and path, with `{name}` where a parameter goes, which is then encoded. */
  readonly route: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** A reading has to bring JSON; a change has to be made or replace something. */
  readonly does: 'read' | 'change';
  /** Hints for the reader, by the status that GitHub refuses with. */
  readonly hints: Readonly<Record<401 | 403 | 404, string>>;
}

/** What GitHub answered: a success. */
export interface Answer {
  readonly status: number;
  readonly headers: unknown;
  /** As parsed; of any shape. */
  readonly body: unknown;
}

/** Asks. Throws a `Failure` of kind `github`, or `outcome_unknown` for a change, and nothing else. */
export type Ask = (question: Question) => Promise<Answer>;

/** What asking takes. */
export interface AskContext {
  readonly token: Secret;
  /** The interface's root; where undefined, GITHUB_API_URL or github.com. */
  readonly apiUrl: string | undefined;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly random: Random;
}

const attemptTimeoutMs = 20_000;
const mostAttempts = 4;

/**
 * Makes the function that asks. Octokit is loaded with the first question.
 *
 * @param context token, time and chance
 */
export function createAsk({ token, apiUrl, clock, budget, random }: AskContext): Ask {
  let octokit: Promise<Octokit> | undefined;

  async function attempt(question: Question): Promise<Answer> {
    octokit ??= connect(token, apiUrl);
    const { request } = await octokit;
    const left = Math.min(attemptTimeoutMs, Math.floor(budget.remaining()));
    const answer = await request(question.route, {
      ...question.parameters,
      request: { signal: AbortSignal.timeout(Math.max(1, left)), log: silent },
    });
    return { status: answer.status, headers: answer.headers, body: answer.data };
  }

  return async (question) => {
    let isKnown = true;
    for (let attempts = 1; ; attempts++) {
      if (budget.remaining() <= 0) throw failureOf({ kind: 'silence' }, question, isKnown);
      let trouble: Trouble;
      try {
        const answer = await attempt(question);
        if (isWhole(answer, question)) return answer;
        trouble = { kind: 'unreadable' };
      } catch (thrown) {
        if (thrown instanceof Failure) throw thrown;
        trouble = troubleOf(thrown);
      }
      // An earlier attempt whose answer was lost counts, whatever the last one says.
      if (question.does === 'change' && maybeDone(trouble)) isKnown = false;
      const wait = waitFor(trouble, { attempts, now: clock.now(), fraction: random.fraction() });
      if (wait === undefined || attempts === mostAttempts || wait >= budget.remaining()) {
        throw failureOf(trouble, question, isKnown);
      }
      await clock.sleep(wait);
    }
  };
}

// Octokit hands out the text of a body that is cut off or no JSON as if it were the answer. A change
// is answered by 201 or 204 only: a 200 comes from something else.
function isWhole({ status, body }: Answer, question: Question): boolean {
  return question.does === 'change'
    ? status === 201 || status === 204
    : status === 200 && typeof body === 'object' && body !== null;
}

type Octokit = Awaited<ReturnType<typeof connect>>;

async function connect(token: Secret, apiUrl: string | undefined) {
  const text = token.reveal();
  checkRoute(apiUrl ?? apiUrlIn(process.env), process.env);
  // A header refuses other characters with an error that quotes the whole of it.
  if (!/^[\x21-\x7e]+$/u.test(text)) {
    throw new Failure('github', 'The GitHub token is empty, or holds a character no token has.', {
      hint: 'Check the input `github_token` for spaces and line breaks.',
    });
  }
  const { getOctokit } = await import('@actions/github');
  return getOctokit(text, {
    log: silent,
    ...(apiUrl === undefined ? {} : { baseUrl: apiUrl }),
  });
}

/** The address that GitHub's client takes by itself. */
function apiUrlIn(environment: Readonly<Record<string, string | undefined>>): string {
  const url = environment['GITHUB_API_URL'] ?? '';
  return url === '' ? 'https://api.github.com' : url;
}

// Octokit would print warnings of its own to the console, with text that a server chose.
function nothing(): void {
  // Said nothing.
}
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/**
 * The address of another page that an answer names in its `link` header.
 *
 * @param answer   what GitHub answered
 * @param relation `next`, `last`
 */
export function linked(answer: Answer, relation: 'next' | 'last'): URL | undefined {
  const header = at(answer.headers, 'link');
  if (typeof header !== 'string') return undefined;
  for (const [, address = '', rel] of header.matchAll(/<([^<>]*)>;\s*rel="([a-z]+)"/gu)) {
    if (rel === relation) return parseUrl(address);
  }
  return undefined;
}
