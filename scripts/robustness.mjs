// Writes the first part of docs/robustness.md from build/matrix.json, which the fault matrix leaves
// behind (__tests__/e2e/matrix.test.ts). `--check` compares instead, and fails when it is stale.
import { putPart, resultsOf, robustnessParts, row } from './page.mjs';

/** @typedef {{ fault: string, rpc: string, lasting: 'always' | 'once', kind: string, attempts: number, commits: number }} Case */

/** @type {Case[]} */
const cases = await resultsOf('matrix');

/** A table: a row for each fault, a column for each RPC. */
function table(/** @type {Case[]} */ some) {
  const rpcs = [...new Set(some.map(({ rpc }) => rpc))];
  const faults = [...new Set(some.map(({ fault }) => fault))];
  const cell = (fault, rpc) => {
    const found = some.find((each) => each.fault === fault && each.rpc === rpc);
    return found === undefined ? '' : `${found.kind} ${found.attempts}/${found.commits}`;
  };
  return [
    row(['', ...rpcs]),
    row(['', ...rpcs].map(() => '---')),
    ...faults.map((fault) => row([fault, ...rpcs.map((rpc) => cell(fault, rpc))])),
  ].join('\n');
}

/** How many steps ended with each kind, most of them first. */
function tally(/** @type {Case[]} */ some) {
  const counts = new Map();
  for (const { kind } of some) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');
}

const always = cases.filter(({ lasting }) => lasting === 'always');
const once = cases.filter(({ lasting }) => lasting === 'once');
const createTwice = always.filter(({ rpc, commits }) => rpc === 'CreateApiKey' && commits > 1);

const text = `# Robustness

What comes of a step when something goes wrong under it, for each of the service's calls and each fault. This page is made from a run of the tests, on the committed \`dist/\` under Node 24, against [the emulator](../tools/emulator/README.md) over TLS: ${cases.length} steps, each a process of its own, each on an emulator of its own. The tests fail when the page is not what they gave.

\`\`\`sh
npm test -- e2e/matrix                  # runs it, and compares this page with the result
UPDATE_DOCS=1 npm test -- e2e/matrix    # runs it, and writes this page
\`\`\`

[What is said after a lost reply](#a-reply-is-lost-and-then), and [a service that contradicts itself](#the-list-shows-a-key-and-the-change-finds-none), are made by tests of their own.

Each cell says how the step ended, how often the call was made, and how often the service carried it out: \`timeout 1/0\` is a step that failed with \`error_kind: timeout\` after one call that the service did not act on.

The plainest step that makes the call stands for it: \`create\`, \`get\` by id, \`list\`, \`update\` by id, \`delete\` by id. Each case is also held to this:

- exit code 1 and one error annotation, with a hint, or exit code 0 and none;
- the step ends within \`timeout_seconds\`, and its process soon after its last output: eight seconds more are given to each, as a machine that is busy with other things takes seconds to start a process;
- what is left in the service is what it carried out, and nothing else; after \`outcome_unknown\`, the output \`key_ids\` names exactly the keys that bear the name;
- no secret in the log, the outputs, the state, the summary or a temporary file, neither as it is nor encoded, but in its own mask command and the output \`value\`. Every other fault is met with debug logging on.

## A fault that does not pass

Every call of that kind meets it. ${always.length} steps: ${tally(always)}. A create was carried out a second time in ${createTwice.length} of them.

${table(always)}

- \`create\` is sent again only if it provably made nothing: it never left, or was refused for now (\`RESOURCE_EXHAUSTED\`, HTTP 429). When the service may have made the key, the step says so with \`outcome_unknown\` and lists the keys that bear the name.
- Reads, updates and deletes do the same when they are done twice. They are made up to six times when the trouble is of the kind that passes, and not when a repetition would meet the same answer.
- \`delete\` of a key that is gone is a success, so \`NOT_FOUND\` is none of its failures. It is asked for again, as the writes of a service may lag, and a fresh list decides: here it still shows the key, so a warning names it, and \`changed\` is false.

## A fault that passes

The first call meets it, the next one does not. ${once.length} steps: ${tally(once)}.

${table(once)}

- After a lost answer, \`NOT_FOUND\` is the delete's own work, or the lag of a service that does not know the key yet: it is asked for again, and a fresh list decides.

What comes of the end of a job when a later step has changed what the step was given: [the end of the job](job-end.md).
`;

await putPart('docs/robustness.md', robustnessParts, text, 'e2e/matrix');
