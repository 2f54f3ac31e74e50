import { Failure } from '../core/failure.ts';
import type { OpenPlaceholder } from '../core/ports.ts';
import { comparable } from '../names/github-names.ts';
import { listings, type Listing } from './listings.ts';
import { at, textAt } from '../core/json-path.ts';
import { parseUrl } from '../core/text.ts';
import { httpStatus, type Rest, type RestRequest, type RestResponse } from './rest.ts';
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
  readonly rest: Rest;
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
  { rest, repository }: ListContext,
): Promise<ReadonlySet<string>> {
  const listing = listings[kind];
  const purpose = `list the ${listing.noun} of ${repository.owner}/${repository.repo}`;
  const request = (page: number): RestRequest => ({
    purpose,
    method: 'GET',
    path: `/repos/{owner}/{repo}/${listing.path}`,
    parameters: { ...repository, ...listing.parameters, per_page: perPage, page },
    expected: [httpStatus.ok],
    hints: listing.hints,
  });

  const seen = new Set<string>();
  for (let reading = 1; reading <= mostReadings; reading++) {
    const { names, pages, isWhole } = await readOnce(listing, request, rest);
    if (names.length === 0 && isWhole) {
      if (kind !== 'pull_request') throw empty(purpose, listing.noun);
      await proveThatNoneIsOpen(request(1), rest);
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
      effect: 'none',
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
  request: (page: number) => RestRequest,
  rest: Rest,
): Promise<Reading> {
  const names: string[] = [];
  let lastAnnounced = 1;
  let total: number | undefined;
  for (let page = 1; ; page++) {
    const response = await rest(request(page));
    const found = listing.items(response.body)?.map((item) => listing.name(item));
    if (found === undefined || !isComplete(found)) throw misshapen(request(page).purpose);
    names.push(...found);
    lastAnnounced = Math.max(lastAnnounced, lastPage(response));
    const stated = at(response.body, 'total_count');
    if (typeof stated === 'number') total = stated;
    // A full page may have a successor even when no link says so.
    if (linked(response, 'next') === undefined && found.length < perPage) {
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

function lastPage(response: RestResponse): number {
  const page = linked(response, 'last')?.searchParams.get('page') ?? '';
  return /^\d{1,9}$/u.test(page) ? Number(page) : 1;
}

// Same path, same token, same permission, another answer: the newest of all pull requests.
async function proveThatNoneIsOpen(request: RestRequest, rest: Rest): Promise<void> {
  const { body } = await rest({
    ...request,
    parameters: { ...request.parameters, state: 'all', direction: 'desc', per_page: 1 },
  });
  if (!Array.isArray(body) || textAt(body[0], 'state') !== 'closed') {
    throw empty(request.purpose, 'open pull requests');
  }
}

function empty(purpose: string, noun: string): Failure {
  return new Failure('github', `GitHub's answer was empty when asked to ${purpose}.`, {
    hint: `Nothing was changed: with no ${noun} to compare with, all keys would be retired.`,
    effect: 'none',
  });
}

function misshapen(purpose: string): Failure {
  return new Failure('github', `GitHub's answer makes no sense when asked to ${purpose}.`, {
    hint: 'Check that GITHUB_API_URL is the address of the REST interface of GitHub.',
    effect: 'none',
  });
}

/**
 * The address of another page, from the `link` header (RFC 8288):
 * https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
function linked({ headers }: RestResponse, relation: 'next' | 'last'): URL | undefined {
  const links = (headers['link'] ?? '').matchAll(/<([^<>]*)>;\s*rel="([a-z]+)"/gu);
  for (const [, address = '', rel] of links) {
    if (rel === relation) return parseUrl(address);
  }
  return undefined;
}
