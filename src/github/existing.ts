import { Failure } from '../core/failure.ts';
import type { OpenPlaceholder } from '../core/ports.ts';
import { comparable } from '../names/github-names.ts';
import { listings, type Listing } from './listings.ts';
import { at, textAt } from '../core/json-path.ts';
import { linked, type Answer, type Ask, type Question } from './retry.ts';
import type { Repository } from '../names/workflow-event.ts';

/**
 * What exists on GitHub now. `prune` retires the keys of all that is missing here, so an answer that
 * may be short of something is an error.
 *
 * GitHub's pages are numbered: when a branch is deleted while they are read, the following ones move
 * up and one falls between two pages. So a list of several pages is read again until a reading
 * brings nothing new, and what any reading named counts as existing.
 */

const perPage = 100;
const mostReadings = 5;

/** What listing takes. */
export interface ListContext {
  readonly ask: Ask;
  readonly repository: Repository;
}

/**
 * Reads all that exists of one kind.
 *
 * An empty list is refused: no repository is without branches, and keys named for environments
 * belong to a repository that has some. That no pull request is open is usual; it is believed when
 * GitHub names a closed one in the same breath, which it would not with an empty answer to all.
 *
 * @param kind what to list
 * @throws Failure `github`
 */
export async function existing(
  kind: OpenPlaceholder,
  { ask, repository }: ListContext,
): Promise<ReadonlySet<string>> {
  const listing = listings[kind];
  const purpose = `list the ${listing.noun} of ${repository.owner}/${repository.repo}`;
  const question = (page: number): Question => ({
    purpose,
    route: `GET /repos/{owner}/{repo}/${listing.path}`,
    parameters: { ...repository, ...listing.parameters, per_page: perPage, page },
    does: 'read',
    hints: listing.hints,
  });

  const seen = new Set<string>();
  for (let reading = 1; reading <= mostReadings; reading++) {
    const { names, pages, isWhole } = await readOnce(listing, question, ask);
    if (names.length === 0 && isWhole) {
      if (kind !== 'pull_request') throw empty(purpose, listing.noun);
      await proveThatNoneIsOpen(question(1), ask);
    }
    const before = seen.size;
    for (const name of names) seen.add(comparable(kind, name));
    // One page is one moment's truth; several are when they say the same twice.
    if (isWhole && (pages === 1 || (reading > 1 && seen.size === before))) return seen;
  }
  throw new Failure(
    'github',
    `GitHub's answer was not whole each time it was asked to ${purpose}.`,
    {
      hint: 'Nothing was changed. Run the job again when fewer of them come and go.',
    },
  );
}

interface Reading {
  readonly names: readonly string[];
  readonly pages: number;
  /** Whether it holds as much as GitHub itself said there was. */
  readonly isWhole: boolean;
}

async function readOnce(
  listing: Listing,
  question: (page: number) => Question,
  ask: Ask,
): Promise<Reading> {
  const names: string[] = [];
  let lastAnnounced = 1;
  let total: number | undefined;
  for (let page = 1; ; page++) {
    const answer = await ask(question(page));
    const found = listing.items(answer.body)?.map((item) => listing.name(item));
    if (found === undefined || !isComplete(found)) throw misshapen(question(page).purpose);
    names.push(...found);
    lastAnnounced = Math.max(lastAnnounced, lastPage(answer));
    const stated = at(answer.body, 'total_count');
    if (typeof stated === 'number') total = stated;
    // A full page may have a successor even when no link says so.
    if (linked(answer, 'next') === undefined && found.length < perPage) {
      const hasAll = total === undefined || total === new Set(names).size;
      // The page after a full one may be empty, but not one that GitHub announced.
      const hasPages =
        page > lastAnnounced || (page === lastAnnounced && (found.length > 0 || page === 1));
      return { names, pages: page, isWhole: hasAll && hasPages };
    }
  }
}

function isComplete(names: readonly (string | undefined)[]): names is readonly string[] {
  return names.every((name) => name !== undefined);
}

function lastPage(answer: Answer): number {
  const page = linked(answer, 'last')?.searchParams.get('page') ?? '';
  return /^\d{1,9}$/u.test(page) ? Number(page) : 1;
}

// Same path, same token, same permission, another answer: the newest of all pull requests.
async function proveThatNoneIsOpen(question: Question, ask: Ask): Promise<void> {
  const { body } = await ask({
    ...question,
    parameters: { ...question.parameters, state: 'all', direction: 'desc', per_page: 1 },
  });
  if (!Array.isArray(body) || textAt(body[0], 'state') !== 'closed') {
    throw empty(question.purpose, 'open pull requests');
  }
}

function empty(purpose: string, noun: string): Failure {
  return new Failure('github', `GitHub's answer was empty when asked to ${purpose}.`, {
    hint: `Nothing was changed: with no ${noun} to compare with, all keys would be retired.`,
  });
}

function misshapen(purpose: string): Failure {
  return new Failure('github', `GitHub's answer makes no sense when asked to ${purpose}.`, {
    hint: 'Check that GITHUB_API_URL is the address of the REST interface of GitHub.',
  });
}
