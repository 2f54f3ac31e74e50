// Writes docs/errors.md from build/errors.json, which the test of that page leaves behind
// (__tests__/errors-page/page.test.ts). `--check` compares instead, and fails when the page is stale.
import { putPage, resultsOf } from './page.mjs';

/** @typedef {{ what: string, kind: string, message: string, hint: string, attempts: number | null, key?: 'none' | 'unknown' }} Case */
/** @type {{ cases: Case[], kinds: { kind: string, meaning: string }[] }} */
const { cases, kinds } = await resultsOf('errors');

/** A text as a cell of a table: what stands between backticks is code, and stays as it is. */
function cell(/** @type {string} */ text) {
  return text
    .split('`')
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replaceAll('\\', '\\\\').replaceAll('<', '&lt;').replaceAll('*', '\\*'),
    )
    .join('`')
    .replaceAll('|', '\\|');
}

function row(/** @type {string[]} */ ...cells) {
  return `| ${cells.join(' | ')} |`;
}

function tries(/** @type {Case} */ { attempts }) {
  if (attempts === null) return 'until the time was up';
  return attempts === 1 ? 'once' : `${attempts} times`;
}

function fate(/** @type {Case} */ { key }) {
  return key === undefined ? '' : key === 'none' ? 'none was made' : 'one may have been made';
}

function section(/** @type {string} */ kind) {
  const some = cases.filter((each) => each.kind === kind);
  return [
    `### \`${kind}\``,
    '',
    row('what was wrong', 'the red line', 'tried', 'a key to be made'),
    row('---', '---', '---', '---'),
    ...some.map((each) =>
      row(
        cell(each.what),
        `${cell(each.message)}${each.hint === '' ? '' : ` _${cell(each.hint)}_`}`,
        tries(each),
        fate(each),
      ),
    ),
  ].join('\n');
}

const text = `# Errors

A step that fails writes one annotation: what was tried, what happened, what to do about it. Several things that are wrong with the inputs are one annotation with a line for each. It exits with code 1, and sets the output \`error_kind\` to one of these words. The set is closed, so a workflow can compare with it; the step needs \`continue-on-error: true\` or the later one \`if: failure()\`.

This page is made from the table that the code uses, and from a run of the tests that brought each of these errors about.

\`\`\`sh
npm test -- errors-page                  # runs it, and compares this page with the result
UPDATE_DOCS=1 npm test -- errors-page    # runs it, and writes this page
\`\`\`

${[row('`error_kind`', 'meaning'), row('---', '---'), ...kinds.map(({ kind, meaning }) => row(`\`${kind}\``, cell(meaning)))].join('\n')}

Reads, updates and deletes are tried again when the trouble may pass, within \`timeout_seconds\`: doing them twice does what doing them once does, so they end with what stopped them (\`timeout\`, \`dropped\`, …), and the job can be run again. Create is not sent again, unless it provably made nothing, as it never left or was told to come back later: see [guarantees](guarantees.md). What would meet the same answer again is not repeated: a certificate that is not trusted, an answer in HTTP/1.1, a web page.

\`ensure\`, \`rotate\` and a \`create\` with \`lifetime: job\` make a key under a provisional name, so that they find out by themselves what came of a lost answer, as far as that can be known. A plain \`create\` cannot: look at the keys that its message names before you run the job again.

Where keys should be looked at, their ids are in the output \`key_ids\` too.

## As they came

Each sentence as it was told, with its hint in italics. HOST, PROXY and ID stand for the host, the proxy and the correlation id, KEY for the id of a key. The third column says how often a call was made before it was given up; the last one, what became of a key where one was to be made and the same thing happened. "One may have been made" is told as \`outcome_unknown\`.

${kinds.map(({ kind }) => section(kind)).join('\n\n')}
`;

await putPage('docs/errors.md', text, 'errors-page');
