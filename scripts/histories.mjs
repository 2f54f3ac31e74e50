// Writes the last part of docs/robustness.md from build/histories.json, which
// __tests__/e2e/histories.test.ts leaves behind. `--check` compares instead.
import { putPart, resultsOf, robustnessParts, row } from './page.mjs';

/** @typedef {{ step: string, answer: string, kind: string, active: number }} Lost */
/** @typedef {{ step: string, duration: string, changed?: string, count?: string, warnings: number, key: string }} Contradicted */

/** @type {{ lost: Lost[], contradicted: Contradicted[] }} */
const { lost, contradicted } = await resultsOf('histories');

/** A table: a row for each step, a column for each of what it met. */
function table(first, some, columnOf, cellOf) {
  const steps = [...new Set(some.map(({ step }) => step))];
  const columns = [...new Set(some.map(columnOf))];
  const cell = (step, column) =>
    cellOf(some.find((each) => each.step === step && columnOf(each) === column));
  return [
    row([first, ...columns]),
    row(['', ...columns].map(() => '---')),
    ...steps.map((step) => row([step, ...columns.map((column) => cell(step, column))])),
  ].join('\n');
}

function retirement({ changed, count, warnings, key }) {
  const outputs = changed === undefined ? '' : `, \`changed\` ${changed}, \`count\` ${count}`;
  return `${key}${outputs}${warnings > 0 ? ', a warning names it' : ''}`;
}

const text = `The same in processes of their own, over connections that are cut: ${lost.length} steps, with the end of their jobs. Each cell says how the step ended, and how many active keys bore the name when the job was over: the one that the other run was handed, and no other. Nothing was left under a provisional name. Where a Create is lost, the other run comes when the step has ended, as nobody can use what bears a provisional name.

${table(
  'The call that is lost',
  lost,
  ({ answer }) => answer,
  ({ kind, active }) => `${kind}, ${active}`,
)}

## The list shows a key, and the change finds none

The service lists a key as active, and says NOT_FOUND when it is to be updated or deleted. ${contradicted.length} more such steps, all of which end with exit code 0.

${table('The key is to go by', contradicted, ({ duration }) => `NOT_FOUND ${duration}`, retirement)}

- The change is asked for again for five seconds. So 20 seconds of NOT_FOUND are the same as for ever: that is tried in virtual time ([operations/retire.test.ts](../__tests__/operations/retire.test.ts)).
- \`changed\` of \`rotate\` is about the new key. By name, \`count\` is how many keys the step was about.
`;

await putPart('docs/robustness.md', robustnessParts, text, 'e2e/histories');
