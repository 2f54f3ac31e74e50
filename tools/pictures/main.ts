import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pageOf, type Theme } from './page.ts';
import { screenshot } from './screenshot.ts';

/**
 * `npm run pictures`: plays the scenes with the bundle in dist/ and writes what the summaries say
 * (__tests__/e2e/pictures.test.ts), and takes a picture of each. It needs Chromium, and a font with emoji. The
 * manifest ties each picture to its text, so that the tests can tell without Chromium when one is stale.
 */

const folder = 'docs/pictures';

/** In the dark as well: what the README shows, and what a night is for. */
const alsoDark: readonly string[] = ['rotate', 'list', 'failed-service'];

const hash = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

function playScenes(): void {
  const jest = [
    ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
    'e2e/pictures',
  ];
  const { status } = spawnSync(process.execPath, jest, {
    stdio: 'inherit',
    env: { ...process.env, UPDATE_DOCS: '1' },
  });
  if (status !== 0) throw new Error('The scenes could not be played.');
}

async function takeAll(): Promise<void> {
  const files = await readdir(folder);
  for (const file of files.filter((each) => each.endsWith('.png'))) await rm(join(folder, file));
  const texts: Record<string, string> = {};
  const pictures: Record<string, string> = {};
  for (const file of files.filter((each) => each.endsWith('.md') && each !== 'README.md').sort()) {
    const name = file.replace(/\.md$/u, '');
    const text = await readFile(join(folder, file), 'utf8');
    texts[name] = hash(text);
    const themes: readonly Theme[] = alsoDark.includes(name) ? ['light', 'dark'] : ['light'];
    for (const theme of themes) {
      const picture = theme === 'light' ? `${name}.png` : `${name}-dark.png`;
      await screenshot(await pageOf(text, theme), resolve(folder, picture));
      pictures[picture] = hash(await readFile(join(folder, picture)));
      console.log(`Took ${picture}.`);
    }
  }
  const manifest = JSON.stringify({ texts, pictures }, undefined, 2);
  await writeFile(join(folder, 'manifest.json'), `${manifest}\n`);
}

if (!process.argv.includes('--only-take')) playScenes();
await takeAll();
