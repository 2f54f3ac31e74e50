// Writes the block with every input that README.md offers to copy, from action.yml: each with its default.
// `--check` writes nothing and exits 1 when the block differs.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isScalar, parseDocument } from 'yaml';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const action = parseDocument(await readFile(at('action.yml'), 'utf8'));
const { repository } = JSON.parse(await readFile(at('package.json'), 'utf8'));

/** The default as it is written there: a text that YAML would take for a number has its quotes. */
function written(input) {
  const given = input.get('default', true);
  if (!isScalar(given)) return '';
  return ` ${given.type === 'QUOTE_SINGLE' ? `'${given.value}'` : given.value}`;
}

const lines = action
  .get('inputs')
  .items.map(({ key, value: input }) => `${key.value}:${written(input)}`);
const reference = `${repository.url.replace(/^.*github\.com\/|\.git$/gu, '')}@v1`;
const block = `\`\`\`yml
- uses: ${reference}
  with:
${lines.map((line) => `    ${line}\n`).join('')}\`\`\``;

const readme = await readFile(at('README.md'), 'utf8');
const made = readme.replace(
  /(<!-- inputs: made [^\n]*-->\n\n)[\s\S]*?(\n\n<!-- inputs: end -->)/u,
  (_, start, end) => `${start}${block}${end}`,
);
if (!made.includes(block)) throw new Error('README.md has no place for the inputs.');
if (!process.argv.includes('--check')) {
  await writeFile(at('README.md'), made);
} else if (made !== readme) {
  console.error(
    'README.md does not offer the inputs of action.yml: run `npm run build` and commit the result.',
  );
  process.exitCode = 1;
}
