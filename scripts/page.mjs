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
  await put(path, () => text, test);
}

/**
 * The same for one part of a page that several tests make, each its own. A part begins with a comment
 * that names its test, but for the first one, which begins with the page.
 *
 * @param path  of the page
 * @param parts the tests that make it, in the order of their parts
 * @param text  Markdown of the part
 * @param test  what makes this part
 */
export async function putPart(path, parts, text, test) {
  const [first, ...others] = parts;
  await put(
    path,
    (committed) => {
      const found = new Map([[first, '']]);
      let current = first;
      for (const line of committed.split('\n')) {
        const next = others.find((each) => line === beginOf(each));
        current = next ?? current;
        found.set(current, next === undefined ? `${found.get(current)}${line}\n` : '');
      }
      found.set(test, text);
      return parts
        .filter((each) => found.has(each))
        .map((each) =>
          each === first ? found.get(each) : `${beginOf(each)}\n\n${found.get(each)}`,
        )
        .join('\n');
    },
    test,
  );
}

const beginOf = (test) => `<!-- From here on made by: npm test -- ${test} -->`;

async function put(path, textFrom, test) {
  const target = fileURLToPath(new URL(`../${path}`, import.meta.url));
  const options = (await resolveConfig(target)) ?? {};
  // A checkout may have other line ends.
  const committed = (await readFile(target, 'utf8').catch(() => '')).replaceAll('\r\n', '\n');
  const document = await format(textFrom(committed), { ...options, parser: 'markdown' });
  if (!process.argv.includes('--check')) {
    await writeFile(target, document);
    return;
  }
  if (committed === document) return;
  console.error(`${path} is not what the tests gave. Run: UPDATE_DOCS=1 npm test -- ${test}`);
  process.exitCode = 1;
}

/** The tests that make docs/robustness.md, a part each. */
export const robustnessParts = ['e2e/matrix', 'lost-replies', 'e2e/histories'];
