import { stat } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { page, pathsEndingWith } from '../support/pages.ts';

/** Every link of every page leads to a file, and to a heading, that there is. */

const root = new URL('../../', import.meta.url);
const pages = await pathsEndingWith('.md');
const { repository } = JSON.parse(await page('package.json')) as {
  readonly repository: { readonly url: string };
};
const home = repository.url.replace(/^git\+|\.git$/gu, '');

interface Node {
  readonly type: string;
  readonly url?: string | undefined;
  readonly value?: string | undefined;
  readonly alt?: string | null | undefined;
  readonly children?: readonly Node[];
}

const parse = (text: string): Node => unified().use(remarkParse).use(remarkGfm).parse(text);

function* nodesOf(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children ?? []) yield* nodesOf(child);
}

/** What a person would read of a heading. */
function textOf(node: Node): string {
  if (node.type === 'html') return '';
  return (node.value ?? node.alt ?? '') + (node.children ?? []).map(textOf).join('');
}

/** The links and pictures of a page, those of its HTML too. */
function linksOf(text: string): readonly string[] {
  return Array.from(nodesOf(parse(text))).flatMap((node) => {
    if (node.type === 'html') {
      const found = (node.value ?? '').matchAll(/\b(?:href|src|srcset)="([^"]+)"/gu);
      return Array.from(found, ([, link = '']) => link);
    }
    return node.url ?? [];
  });
}

/** The anchors that GitHub gives to headings: https://docs.github.com/en/get-started/writing-on-github */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const node of nodesOf(parse(text))) {
    if (node.type !== 'heading') continue;
    const plain = textOf(node)
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-');
    let anchor = plain;
    for (let again = 1; anchors.has(anchor); again += 1) anchor = `${plain}-${String(again)}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Why a link of a page leads nowhere; undefined where it leads somewhere. */
async function wrongWith(link: string, from: string): Promise<string | undefined> {
  const target = new URL(link, new URL(from, root));
  // What the project itself says on GitHub: its workflows, and nothing else.
  if (link.startsWith(`${home}/actions/workflows/`)) {
    const name = link.slice(`${home}/actions/workflows/`.length).split('/')[0] ?? '';
    return wrongWith(new URL(`.github/workflows/${name}`, root).href, from);
  }
  if (target.protocol === 'https:' || target.protocol === 'mailto:') return undefined;
  if (target.protocol !== 'file:') return `${link}: not encrypted`;
  if (!target.href.startsWith(root.href)) return `${link}: outside of the project`;
  const path = decodeURIComponent(target.pathname.slice(root.pathname.length));
  const found = await stat(new URL(target.pathname, root)).catch(() => undefined);
  if (found === undefined) return `${link}: no such file`;
  const anchor = decodeURIComponent(target.hash.slice(1));
  if (anchor === '' || !path.endsWith('.md')) return undefined;
  return anchorsOf(await page(path)).has(anchor) ? undefined : `${link}: no such heading`;
}

describe('the links', () => {
  test.each(pages)('of %s lead to files and headings that there are', async (path) => {
    const problems = await Promise.all(
      linksOf(await page(path)).map((link) => wrongWith(link, path)),
    );
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  test('are found in text, in pictures and in HTML', () => {
    const text = '[a](b.md) ![c](d.png) [e]\n\n[e]: f.md\n\n<img src="g.png" />\n';
    expect(linksOf(text)).toEqual(['b.md', 'd.png', 'f.md', 'g.png']);
  });

  test('of a page that moved would be noticed', async () => {
    expect(await wrongWith('docs/nowhere.md', 'README.md')).toContain('no such file');
    expect(await wrongWith('README.md#nowhere', 'README.md')).toContain('no such heading');
    expect(await wrongWith('../docs/errors.md', 'README.md')).toContain('outside');
    expect(await wrongWith('http://example.com', 'README.md')).toContain('not encrypted');
  });
});
