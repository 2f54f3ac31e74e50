// Writes docs/stored-values.md from build/stored-values.json, which the test of the same name leaves
// behind (__tests__/operations/stored-values). `--check` compares instead, and fails when the document is
// stale.
import { putPage, resultsOf, row } from './page.mjs';

/** @typedef {{ keys: string, secret: string, passed: string, ifLost: string, event: string, told: string }} Row */

/** @type {Row[]} */
const rows = await resultsOf('stored-values');

const valuesOf = (axis) => [...new Set(rows.map((row) => row[axis]))];
const [keys, secrets, passed, lost, events] = ['keys', 'secret', 'passed', 'ifLost', 'event'].map(
  valuesOf,
);
const hidden = 'fails: `value_hidden`';

/** What comes of a state and an input, for each `if_value_lost` and each event. */
function cell(key, secret, value) {
  const told = (ifLost, event) =>
    rows.find(
      (row) =>
        row.keys === key &&
        row.secret === secret &&
        row.passed === value &&
        row.ifLost === ifLost &&
        row.event === event,
    )?.told ?? '';
  const [own, foreign] = events.map((event) => lost.map((each) => told(each, event)));
  if (new Set([...own, ...foreign]).size === 1) return own[0];
  // Only what `if_value_lost` decides on is different, and foreign events leave nothing to decide.
  const [fails, rotates, ignores] = own;
  const isKeptNowhere = secret === 'no `secret_name`' && value === 'not given';
  const isLost =
    fails === hidden &&
    ignores === (isKeptNowhere ? 'empty, as the log says' : 'empty, with a warning') &&
    new RegExp(`^a new key(, stored)?, ${key === 'two active' ? 2 : 1} retired$`, 'u').test(
      rotates,
    ) &&
    rotates.includes('stored') === (secret !== 'no `secret_name`') &&
    foreign.every((each) => each === hidden);
  if (isLost) return '**lost**';
  return [own, foreign]
    .map(
      (told, index) =>
        `${events[index]}: ${lost.map((each, at) => `${each}: ${told[at]}`).join('; ')}`,
    )
    .join('. ');
}

const tableOf = (key) =>
  [
    row(['the secret', ...passed.map((each) => `\`stored_value\`: ${each}`)]),
    row(['', ...passed].map(() => '---')),
    ...secrets.map((secret) => row([secret, ...passed.map((each) => cell(key, secret, each))])),
  ].join('\n');

/** States of the keys that lead to the same, under one heading. */
const groups = new Map();
for (const key of keys) {
  const table = tableOf(key);
  groups.set(table, [...(groups.get(table) ?? []), key]);
}
const sections = [...groups]
  .map(([table, some]) => `### Keys of the name: ${some.join('; ')}\n\n${table}\n`)
  .join('\n');

const text = `# Stored values

The service discloses a key's value once. What \`ensure\` does at a key that exists depends on where its value is: on the secret of \`secret_name\`, on the record beside it, and on what is passed in as \`stored_value\`. Nothing is rotated, replaced or handed out on a guess.

- **handed out**: the output \`value\` is \`stored_value\`.
- **kept**: the secret holds the value. The output \`value\` is empty, as the step was not given it.
- **a new key**: made, its value handed out, and stored where \`secret_name\` is given.
- **lost**: \`if_value_lost\` decides. \`fail\` fails with \`value_hidden\`. \`rotate\` makes a new key, stores its value where \`secret_name\` is given, and retires the previous keys when the job has succeeded. \`ignore\` goes on with an empty \`value\`, and a warning says so; where neither \`stored_value\` nor \`secret_name\` is given, the value is kept nowhere, and the log says it without a warning. For forks and Dependabot nothing counts as lost: the step fails with \`value_hidden\`, whatever \`if_value_lost\` says.
- Where a step fails, nothing was made, stored or retired.

Without a record, nothing tells whether a value that is passed in is that of the key: it is taken at its word.

## What comes of it

These tables are made from a run of the tests, in a service that discloses no value of a key that exists: ${rows.length} rows, every combination of the keys' state, the secret, \`stored_value\`, \`if_value_lost\` and the event. The tests fail when they are not what that gave.

\`\`\`sh
npm test -- operations/stored-values                  # runs them, and compares this page with the result
UPDATE_DOCS=1 npm test -- operations/stored-values    # runs them, and writes this page
\`\`\`

"Invisible" is a secret of which GitHub says 404, as it says of the place where it would be. "With its record" is the record of the key itself, or of one that is gone where no active key bears the name.

${sections}`;

await putPage('docs/stored-values.md', text, 'operations/stored-values');
