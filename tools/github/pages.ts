import type { GitHubAnswer, GitHubFaultAction } from './faults.ts';

/** What makes a page of a list. */
export interface PageRequest {
  /** The address that was asked for, with its query. */
  readonly url: URL;
  readonly items: readonly unknown[];
  readonly fault: GitHubFaultAction | undefined;
  /** How many a page may hold; 100 when undefined. */
  readonly most?: number;
  /** How many it holds where nobody says; 30 when undefined. */
  readonly usual?: number;
  /** Puts the items of the page into a body. */
  readonly wrap: (items: readonly unknown[], total: number) => unknown;
}

/**
 * One page of a list as GitHub gives it: `per_page` of 30 unless told, mostly 100 at most; the `link`
 * header names the pages around it, and is missing when there is only one.
 */
export function page({
  url,
  items,
  fault,
  wrap,
  most = 100,
  usual = 30,
}: PageRequest): GitHubAnswer {
  if (fault?.kind === 'empty') return { status: 200, body: wrap([], 0) };
  const perPage = Math.min(most, positive(url.searchParams.get('per_page')) ?? usual);
  const number = positive(url.searchParams.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const isMissing = fault?.kind === 'last-page-missing' && number === last;
  const shown = isMissing ? [] : items.slice((number - 1) * perPage, number * perPage);

  const links: string[] = [];
  const link = (to: number, rel: string): void => {
    const address = new URL(url);
    address.searchParams.set('page', String(to));
    links.push(`<${address.href}>; rel="${rel}"`);
  };
  if (number > 1) link(Math.min(number - 1, last), 'prev');
  if (number < last) link(number + 1, 'next');
  if (number < last) link(last, 'last');
  if (number > 1) link(1, 'first');
  const hasLinks = links.length > 0 && fault?.kind !== 'no-links';
  return {
    status: 200,
    ...(hasLinks ? { headers: { link: links.join(', ') } } : {}),
    body: wrap(shown, items.length + (fault?.kind === 'miscounted' ? 1 : 0)),
  };
}

function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/u.test(text) ? Number(text) : undefined;
}
