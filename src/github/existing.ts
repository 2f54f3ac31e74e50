import { Failure } from '../core/failure.ts';
import type { OpenPlaceholder } from '../core/ports.ts';
import { comparable } from '../names/github-names.ts';
import { listings } from './listings.ts';
import { textAt } from '../core/json-path.ts';
import { largestPage, readPages, type ListRequest } from './pages.ts';
import { httpStatus, type Rest } from './rest.ts';
import type { Repository } from '../names/workflow-event.ts';

/**
 * What exists on GitHub now. `prune` retires the keys of all that is missing here, so an answer that
 * may be short of something is an error.
 *
 * GitHub's pages are numbered: when a branch is deleted while they are read, the following ones move
 * up and one falls between two pages. So a list of several pages is read again until a reading
 * brings nothing new, and what any reading named counts as existing.
 */

const mostReadings = 5;

/** A hundred pull requests with long texts have some megabytes. */
const mostBytes = 16 * 1024 * 1024;

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
  const list: ListRequest = {
    purpose,
    method: 'GET',
    path: `/repos/{owner}/{repo}/${listing.path}`,
    parameters: { ...repository, ...listing.parameters },
    expected: [httpStatus.ok],
    mostBytes,
    hints: listing.hints,
  };

  const seen = new Set<string>();
  let size = largestPage;
  for (let reading = 1; reading <= mostReadings; reading++) {
    const { names, pages, isWhole, ...read } = await readPages({ listing, list, rest }, size);
    size = read.size;
    if (names.length === 0 && isWhole) {
      if (kind !== 'pull_request') throw empty(purpose, listing.noun);
      await proveThatNoneIsOpen(list, rest);
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

// Same path, same token, same permission, another answer: the newest of all pull requests.
async function proveThatNoneIsOpen(list: ListRequest, rest: Rest): Promise<void> {
  const { body } = await rest({
    ...list,
    parameters: { ...list.parameters, state: 'all', direction: 'desc', per_page: 1, page: 1 },
  });
  if (!Array.isArray(body) || textAt(body[0], 'state') !== 'closed') {
    throw empty(list.purpose, 'open pull requests');
  }
}

function empty(purpose: string, noun: string): Failure {
  return new Failure('github', `GitHub's answer was empty when asked to ${purpose}.`, {
    hint: `Nothing was changed: with no ${noun} to compare with, all keys would be retired.`,
    effect: 'none',
  });
}
