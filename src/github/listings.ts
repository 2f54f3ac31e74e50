import type { OpenPlaceholder } from '../core/ports.ts';
import { at, numberAt, textAt } from '../core/json-path.ts';
import type { Hints } from './rest.ts';

/** How one kind of thing is listed. */
export interface Listing {
  /** `branches`, for sentences. */
  readonly noun: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly hints: Hints;
  /** The items of a page; undefined when the body is something else. */
  items(body: unknown): readonly unknown[] | undefined;
  /** What an item is told by; undefined when it is none. */
  name(item: unknown): string | undefined;
}

/** The three lists. */
export const listings: Readonly<Record<OpenPlaceholder, Listing>> = {
  branch: {
    noun: 'branches',
    path: 'branches',
    parameters: {},
    hints: hintsFor('contents: read'),
    items: (body) => arrayOf(body),
    name: (item) => textAt(item, 'name'),
  },
  pull_request: {
    noun: 'open pull requests',
    path: 'pulls',
    // The oldest first, so that one that is opened meanwhile moves nothing.
    parameters: { state: 'open', sort: 'created', direction: 'asc' },
    hints: hintsFor('pull-requests: read'),
    items: (body) => arrayOf(body),
    name: (item) => numberAt(item, 'number')?.toString(),
  },
  environment: {
    noun: 'environments',
    path: 'environments',
    parameters: {},
    hints: hintsFor('actions: read'),
    items: (body) => arrayOf(at(body, 'environments')),
    name: (item) => textAt(item, 'name'),
  },
};

function arrayOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** @param permission what a workflow has to give its token */
function hintsFor(permission: string): Hints {
  const give = `give the job the permission \`${permission}\``;
  return {
    401: 'The GitHub token has expired or is no token of this GitHub: check the input `github_token`.',
    403: `The token may not read them: ${give}, or give it to the token that \`github_token\` has.`,
    404: `The token does not see the repository, or not this list: ${give}.`,
  };
}
