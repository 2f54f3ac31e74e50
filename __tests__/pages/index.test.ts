import { expect, test } from '@jest/globals';
import { page, pathsEndingWith } from '../support/pages.ts';

/** docs/README.md leads to every page and every example, so that none is found by chance only. */

const index = await page('docs/README.md');
const links = Array.from(index.matchAll(/\]\(([^)#]+)/gu), ([, link = '']) =>
  new URL(link, 'file:///docs/').pathname.slice(1),
);

test('the index names every page for users once', async () => {
  const pages = (await pathsEndingWith('.md')).filter(
    (path) =>
      /^(?:[A-Z]+\.md$|docs\/[\w-]+\.md$|docs\/pictures\/README\.md$|tools\/)/u.test(path) &&
      path !== 'docs/README.md',
  );
  expect(links.filter((link) => link.endsWith('.md')).sort()).toEqual([...pages].sort());
});

test('the index names every example once', async () => {
  const examples = (await pathsEndingWith('.yml')).filter((path) =>
    path.startsWith('docs/examples/'),
  );
  expect(links.filter((link) => link.endsWith('.yml')).sort()).toEqual([...examples].sort());
});

test('the README stays as short as it is', async () => {
  // In words, as `wc -w` counts them.
  expect(
    (await page('README.md')).split(/\s+/u).filter((word) => word !== '').length,
  ).toBeLessThanOrEqual(2308);
});
