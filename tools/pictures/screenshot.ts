import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freshFolder } from '../job-runner/index.ts';
import { pageWidth } from './page.ts';
import { withPalette } from './png.ts';

const run = promisify(execFile);

/** Where it is looked for, unless CHROMIUM names it. */
const usual = 'chromium';

/** So long may one picture take, in milliseconds. */
const longestMs = 60_000;

/**
 * Takes a picture of a page, as high as the page is.
 *
 * @param page HTML that says its height, as `page.ts` makes it
 * @param path of the PNG to write
 */
export async function screenshot(page: string, path: string): Promise<void> {
  const folder = await freshFolder('pictures-');
  try {
    const file = join(folder, 'page.html');
    await writeFile(file, page);
    const dom = await chromium(folder, ['--dump-dom', '--window-size=1000,800', `file://${file}`]);
    const height = /data-height="(\d+)"/u.exec(dom)?.[1];
    if (height === undefined) throw new Error('The page does not say how high it is.');
    // A window that is too low is not painted whole.
    const size = `--window-size=${pageWidth},${Math.max(Number(height), 600)}`;
    const taken = join(folder, 'page.png');
    await chromium(folder, [`--screenshot=${taken}`, size, `file://${file}`]);
    await writeFile(path, withPalette(await readFile(taken), Number(height)));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function chromium(folder: string, given: readonly string[]): Promise<string> {
  const program = process.env['CHROMIUM'] ?? usual;
  const { stdout } = await run(
    program,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
      ...[`--user-data-dir=${join(folder, 'profile')}`, '--force-device-scale-factor=1'],
      // Else it may be taken before all is painted.
      ...['--run-all-compositor-stages-before-draw', '--virtual-time-budget=2000'],
      ...given,
    ],
    { timeout: longestMs, maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout;
}
