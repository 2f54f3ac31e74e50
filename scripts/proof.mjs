// Writes docs/proof.md from build/proof.json, which __tests__/e2e/proof.test.ts leaves behind. `--check`
// compares instead, and fails when the document is stale.
import { putPage, resultsOf, row } from './page.mjs';

/** @typedef {'none' | 'active' | 'inactive' | 'deleted'} KeyState */
/** @typedef {{ row: string, column: string, kind: string, verified: string, new: [KeyState, KeyState], old: [KeyState, KeyState] }} Case */

/** @type {Case[]} */
const cases = await resultsOf('proof');

/** What became of a key: after main, and after the end of the job where that differs. */
function fate(/** @type {string} */ what, /** @type {[KeyState, KeyState]} */ [main, end]) {
  if (main === 'none' && end === 'none') return [];
  return [`${what}: ${main === end ? main : `${main}, then ${end}`}`];
}

function cell(/** @type {Case | undefined} */ found) {
  if (found === undefined) return '';
  const result = found.kind === 'success' ? `**verified: ${found.verified}**` : `\`${found.kind}\``;
  return [result, ...fate('new', found.new), ...fate('old', found.old)].join('<br>');
}

const columns = [...new Set(cases.map(({ column }) => column))];
const rows = [...new Set(cases.map((each) => each.row))];
const table = [
  row(['what the ingestion does', ...columns]),
  row(['', ...columns].map(() => '---')),
  ...rows.map((each) =>
    row([
      each,
      ...columns.map((column) => cell(cases.find((of) => of.row === each && of.column === column))),
    ]),
  ),
].join('\n');
const proven = cases.filter(({ kind }) => kind === 'success');
const unproven = cases.filter(({ kind }) => kind !== 'success');

const text = `# What comes of \`verify\`

With \`verify: true\`, \`create\`, \`ensure\` and \`rotate\` prove at Coralogix's ingestion that a key works: [how](senders.md#the-proof-verify). This page shows what comes of a step for each thing that an ingestion may do. It is made from a run of the tests, on the committed \`dist/\` under Node 24, against [the emulator's ingestion](../tools/emulator/ingestion/README.md) over TLS: ${cases.length} steps and as many ends of jobs, each a process of its own. The tests fail when the page is not what they gave.

\`\`\`sh
npm test -- e2e/proof                  # runs it, and compares this page with the result
UPDATE_DOCS=1 npm test -- e2e/proof    # runs it, and writes this page
\`\`\`

Each cell says how the step ended: **verified: true**, or its \`error_kind\`, and then there is no output \`verified\` and no value. Below that stands what became of the key that the step made, and of the one that was there before: after the step, and after the end of the job where that differs. "\`ensure\`, stored" was given the old key's value as \`stored_value\`, and makes none; all the others make one, and a deleted one was taken back by the step.

${table}

Of ${cases.length} steps, ${proven.length} have proven their key, and ${unproven.length} have failed. Each is also held to this, with debug logging on:

- no old key is retired but by a rotation whose new key is proven; where the proof fails, the new key is deleted by the step itself, and the end of the job finds nothing to do;
- a key is made up only after the real one was taken, one in each step, of the same shape; it goes over the connection, and into no log, mask, output, state, summary or temporary file;
- the caller's key goes to the API and never to the ingestion;
- no value stands anywhere but in its masks and in the outputs \`value\` and \`otlp_headers\`; \`otlp_headers\` is masked as a whole and in its parts before it is written.

A \`stored_value\` that the ingestion does not know is lost (\`value_hidden\`), and \`if_value_lost\` decides; the table has it at \`fail\`.
`;

await putPage('docs/proof.md', text, 'e2e/proof');
