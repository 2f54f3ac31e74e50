// Writes docs/whose-keys.md from build/whose-keys.json, which the test of the same name leaves behind
// (__tests__/operations/whose-keys). `--check` compares instead, and fails when the document is stale.
import { putPage, resultsOf, row } from './page.mjs';

/** @typedef {{ key: string, step: string, told: string }} Cell */

/** @type {Cell[]} */
const cells = await resultsOf('whose-keys');

const keys = [...new Set(cells.map(({ key }) => key))];
const steps = [...new Set(cells.map(({ step }) => step))];
const told = (key, step) =>
  cells.find((cell) => cell.key === key && cell.step === step)?.told ?? '';
const table = [
  row(['a key', ...steps]),
  row(['', ...steps].map(() => '---')),
  ...keys.map((key) => row([key, ...steps.map((step) => told(key, step))])),
].join('\n');

const text = `# Whose keys

Names are not unique, and the service lists all keys of an account that may send data, whoever made them. So what an operation finds by its name is handed out, changed or deleted only if

- a team owns it; where \`team_id\` is given, that team. A key whose owner the service does not tell counts as a team's;
- it may send data and nothing else: it has the preset \`SendData\`, or some of the five permissions of that preset, and no others. Where the list does not tell what a key may do, the key is read; one of which nothing is told then, either, counts.

All other keys are shown by \`list\`, and never handed out, changed or deleted by name. The step says which it left alone, and whose they are. By \`key_id\`, an operation acts on any key that \`api_key\` may act on.

By name, \`get\` and \`update\` mean the one active key; inactive ones count only where there is no active one. \`activate\` has nothing to do where an active key bears the name.

## What comes of it

This table is made from a run of the tests, with one key of each kind under the name that the step is given, in a service that shows every key and discloses every value. The tests fail when it is not what they gave.

\`\`\`sh
npm test -- operations/whose-keys                  # runs it, and compares this page with the result
UPDATE_DOCS=1 npm test -- operations/whose-keys    # runs it, and writes this page
\`\`\`

${table}
`;

await putPage('docs/whose-keys.md', text, 'operations/whose-keys');
