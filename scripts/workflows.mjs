// Checks action.yml, the workflows, and the workflows in docs/examples/, README.md and docs/runbooks.md with the
// language service that GitHub's own editor extension uses: nothing is sent anywhere.
import { readdir, readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';

// The package is meant for bundlers: it imports JSON without saying so, which Node.js refuses.
const jsonAttribute = `export const load = (url, context, next) =>
  next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context);`;
register(`data:text/javascript,${encodeURIComponent(jsonAttribute)}`);
const { validate } = await import('@actions/languageservice');

const root = fileURLToPath(new URL('..', import.meta.url));

/** The YAML files of a folder, with slashes in their paths. */
async function filesIn(folder) {
  const names = await readdir(join(root, folder));
  return names.filter((name) => /\.ya?ml$/u.test(name)).map((name) => `${folder}/${name}`);
}

/** What is wrong with a text, as lines for the reader. It tells actions from workflows by the path. */
async function problemsOf(text, { path, shownAs = path, firstLine = 1 }) {
  const found = await validate(TextDocument.create(`file:///${path}`, 'yaml', 1, text));
  return found.map(
    ({ message, range }) => `${shownAs}:${range.start.line + firstLine}: ${message}`,
  );
}

const files = ['action.yml', ...(await filesIn('.github/workflows'))];
const problems = [];
for (const path of files) {
  problems.push(...(await problemsOf(await readFile(join(root, path), 'utf8'), { path })));
}
for (const shownAs of await filesIn('docs/examples')) {
  const text = await readFile(join(root, shownAs), 'utf8');
  problems.push(...(await problemsOf(text, { path: `.github/workflows/${shownAs}`, shownAs })));
}
// A block of `yml` shows a part.
for (const shownAs of ['README.md', 'docs/runbooks.md']) {
  const page = (await readFile(join(root, shownAs), 'utf8')).replaceAll('\r\n', '\n');
  for (const { 1: block, index } of page.matchAll(/^```yaml\n([\s\S]*?)^```$/gmu)) {
    const firstLine = page.slice(0, index).split('\n').length + 1;
    const path = `.github/workflows/${basename(shownAs)}-${firstLine}.yml`;
    problems.push(...(await problemsOf(block, { path, shownAs, firstLine })));
  }
}

for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
