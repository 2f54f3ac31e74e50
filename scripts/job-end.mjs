// Writes docs/job-end.md from build/job-end.json, which __tests__/e2e/job-end.test.ts leaves behind.
// `--check` compares instead, and fails when the document is stale.
import { putPage, resultsOf, row } from './page.mjs';

/** @typedef {{ factor: string, change: string, scenario: string, verdict: 'done' | 'warned' }} Cell */

/** @type {Cell[]} */
const cells = await resultsOf('job-end');

const columns = [...new Set(cells.map(({ scenario }) => scenario))];
const rows = [...new Set(cells.map(({ factor, change }) => `${factor}|${change}`))];
const table = [
  row(['', '', ...columns]),
  row(['', '', ...columns].map(() => '---')),
  ...rows.map((each) => {
    const [factor, change] = each.split('|');
    const of = (scenario) =>
      cells.find(
        (cell) => cell.factor === factor && cell.change === change && cell.scenario === scenario,
      )?.verdict ?? '';
    return row([factor, change, ...columns.map(of)]);
  }),
].join('\n');
const count = (verdict) => cells.filter((cell) => cell.verdict === verdict).length;

const text = `# The end of the job

The step leaves what is still to be done for the end of the job, as [guarantees](guarantees.md#the-jobs-end) tell: a key that lives for one job is retired, a rotation is finished or taken back, a key that was being made is deleted. Between the two, other steps run. They can write environment variables and remove files; and in a composite action inside a composite action, all inputs are blank by then. So:

- **What is no secret is kept**: the endpoint, the certificates' text, whether there is a proxy to it and which, the time limit, whether to write a summary, and the plan. None of it is read again.
- **The caller's key is read again** from where the step had it, the input \`api_key\` or the variable CORALOGIX_API_KEY, or from the other of the two, and must fit a salted fingerprint. Blank, or another one: nothing is sent, and a warning names the keys.
- **A proxy's password** is read again from the same variable, and goes to the same proxy only. Where the variable no longer has it, nothing is sent, and a warning names the keys.
- **GitHub**, where the step stored a secret, is asked for its record at main's address, with \`github_token\`, which is read again and must fit a fingerprint of its own. Blank or another one, or a token that has expired: all keys stay, and a warning says so. Only the proxy to GitHub is that of the environment at that time.
- **How the job ended** has to be known. Where \`job_status\` is blank or another word, the keys of a rotation all stay active, and a warning names them.
- A plan of thousands of keys, or a large bundle of certificates, is split over several variables, as Linux starts no process with one of 128 KiB. What is too large for that too (more than some 6,000 previous keys) goes into a file below RUNNER_TEMP. If a later step removes or changes that, nothing is sent, and a warning says so.
- \`no such key\` is believed when the service says so for five seconds and a fresh list agrees. A key that is still listed is named in a warning.

In a composite action inside a composite action, give the key in the environment of the job, so that its end has it, too:

\`\`\`yaml
jobs:
  test:
    env:
      CORALOGIX_API_KEY: \${{ secrets.CORALOGIX_API_KEY }}
\`\`\`

## What a later step can do

Made from a run of the tests, on \`dist/\` under Node 24: ${cells.length} ends of jobs, each a process of its own, against [the emulator](../tools/emulator/README.md) over TLS and through a proxy. The tests fail when the table is not what they gave.

\`\`\`sh
npm test -- e2e/job-end                  # runs it, and compares this page with the result
UPDATE_DOCS=1 npm test -- e2e/job-end    # runs it, and writes this page
\`\`\`

Each row is something that the step was given, and what became of it before the job ended. Each column is what the step had left. \`done\` (${count('done')}): carried out, as if nothing had happened. \`warned\` (${count('warned')}): nothing was sent, and a warning names every key that is still active. In all of them nothing went to another host than that of the step, and no secret stands anywhere but in its mask.

${table}
`;

await putPage('docs/job-end.md', text, 'e2e/job-end');
