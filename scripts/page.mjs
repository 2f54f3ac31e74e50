// The pages of docs/ that are made from a run of the tests.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/**
 * What a test has left behind for its page.
 *
 * @param name of the file in build/, without `.json`
 */
export async function resultsOf(name) {
  const file = new URL(`../build/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8'));
}

/** A row of a table. */
export const row = (cells) => `| ${cells.join(' | ')} |`;

/**
 * Writes a page, or with the argument `--check` compares it with the committed one, and sets the exit
 * code where they differ.
 *
 * @param path of the page, below the project's folder
 * @param text Markdown, as yet without its final layout
 * @param test what makes the page, as `npm test --` takes it
 */
export async function putPage(path, text, test) {
  const target = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const options = (await resolveConfig(target)) ?? {};
  const document = await format(text, { ...options, parser: 'markdown' });
  if (!process.argv.includes('--check')) {
    await writeFile(target, document);
    return;
  }
  const committed = await readFile(target, 'utf8').catch(() => '');
  // A checkout may have other line ends.
  if (committed.replaceAll('\r\n', '\n') === document) return;
  console.error(`${path} is not what the tests gave. Run: UPDATE_DOCS=1 npm test -- ${test}`);
  process.exitCode = 1;
}
