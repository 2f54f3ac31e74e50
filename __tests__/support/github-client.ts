import { createGitHub } from '../../src/github/client.ts';
import type { Clock, GitHub } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import type { GitHubServer } from '../../tools/github/server.ts';

/** A client under test, with its waits. */
export interface ClientUnderTest {
  readonly github: GitHub;
  /** Waits between attempts, in milliseconds; none of them is really waited for. */
  readonly waits: readonly number[];
}

/** What a test changes. */
export interface ClientFacts {
  readonly token?: string;
  readonly budgetMs?: number;
  /** When the budget begins to be spent: what comes before may take its time. At the start if absent. */
  readonly budgetFrom?: () => boolean;
  readonly now?: number;
  readonly apiUrl?: string;
}

/** More than any test takes, in milliseconds. */
const longMs = 60_000;

/**
 * The real client with the real Octokit, on a clock that jumps over the waits.
 *
 * @param server whom it talks to
 * @param facts  what is not as usual
 */
export function clientOf(server: GitHubServer, facts: ClientFacts = {}): ClientUnderTest {
  const waits: number[] = [];
  let skipped = 0;
  const clock: Clock = {
    now: () => facts.now ?? Date.now(),
    elapsed: () => performance.now() + skipped,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      skipped += milliseconds;
      return Promise.resolve();
    },
  };
  const { budgetMs = longMs, budgetFrom = () => true } = facts;
  let end: number | undefined;
  const remaining = (): number => {
    if (end === undefined && budgetFrom()) end = clock.elapsed() + budgetMs;
    return end === undefined ? longMs : end - clock.elapsed();
  };
  remaining();
  const [owner = '', repo = ''] = server.repository.split('/');
  const github = createGitHub({
    token: new Secret(facts.token ?? server.tokens.personal),
    repository: { owner, repo },
    apiUrl: facts.apiUrl ?? server.url,
    clock,
    budget: { remaining, useReserve: () => undefined },
    random: { nonce: () => 'n', fraction: () => 0.5 },
  });
  return { github, waits };
}

/**
 * What a promise failed with, for tests that look at all of it.
 *
 * @param work what should fail
 */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => {
      throw new Error('did not fail');
    },
    (thrown: unknown) => thrown,
  );
}
