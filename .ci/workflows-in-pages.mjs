// Writes each workflow that stands in README.md or a page of docs/ into a folder, as a file that is named
// after the page and the line: node .ci/workflows-in-pages.mjs FOLDER
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Say which folder.');
const root = fileURLToPath(new URL('..', import.meta.url));
const pages = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'));

await mkdir(folder, { recursive: true });
for (const page of ['README.md', ...pages.map((name) => `docs/${name}`)]) {
  const text = (await readFile(join(root, page), 'utf8')).replaceAll('\r\n', '\n');
  for (const { 1: block, index } of text.matchAll(/^```yaml\n([\s\S]*?)^```$/gmu)) {
    // Other blocks are steps, or parts of them.
    if (!/^jobs:$/mu.test(block) || !/^on:/mu.test(block)) continue;
    const line = text.slice(0, index).split('\n').length + 1;
    const name = `${page.replaceAll(/\W+/gu, '-')}-line-${line}.yml`;
    await writeFile(join(folder, name), block);
  }
}
