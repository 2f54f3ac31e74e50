import { Failure } from '../core/failure.ts';
import { at } from '../core/json-path.ts';
import { parseUrl } from '../core/text.ts';
import type { Listing } from './listings.ts';
import type { Rest, RestRequest, RestResponse } from './rest.ts';

/** What a page may hold: the most that GitHub gives; half of it each time that was too much. */
const pageSizes = [100, 50, 25] as const;

/** The size to begin with. */
export const largestPage: number = pageSizes[0];

/** What the requests for all pages have in common. */
export type ListRequest = Omit<RestRequest, 'smaller' | 'earlier'>;

/** Which list is read, and how. */
export interface ReadingContext {
  readonly listing: Listing;
  readonly list: ListRequest;
  readonly rest: Rest;
}

/** What one reading brought. */
export interface Reading {
  readonly names: readonly string[];
  readonly pages: number;
  /** How many items a page could hold in the end. */
  readonly size: number;
  /** Whether it holds as much as GitHub itself said there was. */
  readonly isWhole: boolean;
}

/**
 * Reads a list once, from its first page to its last.
 *
 * Where a page is too much for GitHub, its first half is asked for, and the reading goes on from there
 * in halves: every size fits twice into the one before, so no page overlaps another.
 *
 * @param context   which list
 * @param firstSize how many items the first page may hold: one of {@link pageSizes}
 * @throws Failure `github`
 */
export async function readPages(
  { listing, list, rest }: ReadingContext,
  firstSize: number,
): Promise<Reading> {
  const names: string[] = [];
  /** So many items there are at least, by what GitHub says of its last page. */
  let announced = 0;
  let total: number | undefined;
  let size = firstSize;
  for (let pages = 1, start = 0; ; pages += 1) {
    const response = await rest(pageAt(list, start, size));
    size = Number(response.request.parameters['per_page']);
    const found = listing.items(response.body)?.map((item) => listing.name(item));
    if (found === undefined || !isComplete(found)) throw misshapen(list.purpose);
    names.push(...found);
    announced = Math.max(announced, leastItems(response, size));
    const stated = at(response.body, 'total_count');
    if (typeof stated === 'number') total = stated;
    // A full page may have a successor even when no link says so.
    if (linked(response, 'next') === undefined && found.length < size) {
      const hasAll = total === undefined || total === new Set(names).size;
      // The page after a full one may be empty, but not one that GitHub announced.
      return { names, pages, size, isWhole: hasAll && start + found.length >= announced };
    }
    start += size;
  }
}

/**
 * Asks for a page, or for the smaller ones that begin where it does.
 *
 * @param start how many items come before it: a multiple of the size
 * @param size  how many it may hold: one of {@link pageSizes}
 */
function pageAt(list: ListRequest, start: number, size: number): RestRequest {
  const smaller = pageSizes.find((each) => each < size);
  return {
    ...list,
    parameters: { ...list.parameters, per_page: size, page: start / size + 1 },
    ...(smaller === undefined ? {} : { smaller: pageAt(list, start, smaller) }),
  };
}

function isComplete(names: readonly (string | undefined)[]): names is readonly string[] {
  return names.every((name) => name !== undefined);
}

function leastItems(response: RestResponse, size: number): number {
  const page = linked(response, 'last')?.searchParams.get('page') ?? '';
  // The first page may be empty; every other one begins after full ones, and holds something.
  return /^[1-9]\d{0,8}$/u.test(page) && page !== '1' ? (Number(page) - 1) * size + 1 : 0;
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
