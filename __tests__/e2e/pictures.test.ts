import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { scenes, type Scene } from './pictures/scenes.ts';
import { stable } from './pictures/stable.ts';

/**
 * The summaries that docs/pictures shows, from real runs. `npm run pictures` writes the texts anew and takes
 * the pictures; here the texts are compared, and each picture with the text that it was taken of.
 */

const folder = 'docs/pictures';

interface Manifest {
  /** SHA-256 of texts, in hexadecimal, by the scene's name. */
  readonly texts: Readonly<Record<string, string>>;
  /** SHA-256 of pictures, by the file's name. */
  readonly pictures: Readonly<Record<string, string>>;
}

const hash = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

/** What its steps wrote, one block for each, as GitHub shows them. */
async function textOf({ play }: Scene): Promise<string> {
  const runs = await play();
  return stable(runs.map(({ summary }) => summary.trimEnd()).join('\n\n')) + '\n';
}

const isWriting = process.env['UPDATE_DOCS'] === '1';

describe('the committed summary', () => {
  test.each(scenes.map((scene) => [scene.shows, scene] as const))(
    'is what the action writes: %s',
    async (_, scene) => {
      const text = await textOf(scene);
      const path = `${folder}/${scene.name}.md`;
      if (isWriting) {
        await mkdir(folder, { recursive: true });
        await writeFile(path, text);
      }
      expect(await readFile(path, 'utf8')).toBe(text);
    },
  );
});

/** The page that shows them all. */
function page(): string {
  const each = scenes.map(
    ({ name, shows }) => `## ${shows[0]?.toUpperCase()}${shows.slice(1)}\n\n![](${name}.png)\n`,
  );
  return `# Job summaries

Each picture is of what the action wrote against the emulator, rendered as GitHub does. \`npm run pictures\`
plays the scenes again, with the bundle in \`dist/\`, and takes the pictures; it needs Chromium and a font with
emoji. Ids and times are made the same in every run, and the tests fail when a text or a picture is stale.

${each.join('\n')}`;
}

test('the page of all pictures shows every scene', async () => {
  const path = `${folder}/README.md`;
  if (isWriting) await writeFile(path, page());
  expect(await readFile(path, 'utf8')).toBe(page());
});

const pictured = isWriting ? describe.skip : describe;

pictured('the committed picture', () => {
  const read = async (): Promise<Manifest> =>
    JSON.parse(await readFile(`${folder}/manifest.json`, 'utf8')) as Manifest;

  test('is of the committed text: run `npm run pictures` where it is not', async () => {
    const texts = await Promise.all(
      scenes.map(async ({ name }) => [name, hash(await readFile(`${folder}/${name}.md`))] as const),
    );
    expect((await read()).texts).toEqual(Object.fromEntries(texts));
  });

  test('is the one that was taken', async () => {
    const { pictures } = await read();
    expect(Object.keys(pictures)).toEqual(
      expect.arrayContaining(scenes.map(({ name }) => `${name}.png`)),
    );
    for (const [file, sum] of Object.entries(pictures)) {
      expect([file, hash(await readFile(`${folder}/${file}`))]).toEqual([file, sum]);
    }
  });
});
