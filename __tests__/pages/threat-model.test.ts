import { access, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { table } from '../support/markdown-table.ts';

/** docs/threat-model.md: the tests that it names are there, and so are those that it quotes. */

const page = await readFile(new URL('../../docs/threat-model.md', import.meta.url), 'utf8');

interface Named {
  readonly file: string;
  /** What it says that a test is called. */
  readonly title: string | undefined;
}

const file = /`([a-z0-9/-]+\.test\.ts)`(?::\s+"([^"]+)")?/gu;

function namedIn(text: string): readonly Named[] {
  return [...text.matchAll(file)].map(([, path = '', title]) => ({
    file: path,
    title: title?.replace(/\s+/gu, ' '),
  }));
}

const section = (heading: string): string => page.split(`## ${heading}\n`)[1] ?? '';

describe.each(namedIn(page))('$file', ({ file: path, title }) => {
  test('is there, and has the test that is quoted', async () => {
    const place = new URL(`../${path}`, import.meta.url);
    await expect(access(place)).resolves.toBeUndefined();
    if (title === undefined) return;
    const source = (await readFile(place, 'utf8')).replaceAll('’', "'");
    const titles = [...source.matchAll(/(?:'([^'\n]+)'|"([^"\n]+)")/gu)].flatMap((found) =>
      found.slice(1),
    );
    expect(titles).toContain(title);
  });
});

test('each invariant names the test that holds it', () => {
  const [invariants = ''] = section('What always holds').split('\n## ');
  const numbered = invariants.split(/^\d+\. /mu).slice(1);
  expect(numbered.length).toBeGreaterThan(9);
  for (const each of numbered) expect([each, namedIn(each)]).not.toEqual([each, []]);
});

test('each line between two has a table, and is in the drawing', () => {
  const drawn = /```mermaid\n([\s\S]*?)```/u.exec(page)?.[1] ?? '';
  const lines = [...page.matchAll(/^### (\d+): /gmu)].map(([, number = '']) => number);
  expect(lines).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  for (const line of lines) expect(drawn).toMatch(new RegExp(`-- "${line}\\b`, 'u'));
});

const threats = page
  .split(/^### \d+: /mu)
  .slice(1)
  .flatMap((each) => table(each, 'threat'));

test.each(threats)(
  '%s: something stops it that a test shows, or it is left to the user',
  (...row) => {
    const [, stops = '', shown = '', left = ''] = row;
    if (stops.startsWith('nothing: ')) expect([shown, left === '']).toEqual(['', false]);
    else if (namedIn(shown).length === 0) expect(shown).toMatch(/^GitHub does;|^the step `node /u);
    else expect(stops).not.toBe('');
  },
);

test('the tables are read', () => {
  expect(threats.length).toBeGreaterThan(30);
});
