// Writes the part on lost replies of docs/robustness.md from build/lost-replies.json, which
// __tests__/operations/lost-replies leaves behind. `--check` compares instead.
import { putPart, resultsOf, robustnessParts, row } from './page.mjs';

/** @typedef {{ step: string, call: string, answer: string, ended: string, key: string, isTakenBack: boolean }} Cell */

/** @type {{ count: number, cells: Cell[] }} */
const { count, cells } = await resultsOf('lost-replies');

/** The columns: answers of one kind, of which one cell tells. */
const columns = {
  'the truth, or OK': ['the truth', 'OK'],
  NOT_FOUND: ['NOT_FOUND'],
  'another refusal¹': [
    'INVALID_ARGUMENT',
    'ALREADY_EXISTS',
    'PERMISSION_DENIED',
    'RESOURCE_EXHAUSTED',
    'FAILED_PRECONDITION',
    'OUT_OF_RANGE',
    'UNIMPLEMENTED',
    'UNAUTHENTICATED',
  ],
  'nothing that is clear²': [
    'CANCELLED',
    'UNKNOWN',
    'DEADLINE_EXCEEDED',
    'ABORTED',
    'INTERNAL',
    'UNAVAILABLE',
    'DATA_LOSS',
    'lost again',
  ],
};

const titles = Object.keys(columns);
const unsorted = new Set(cells.map(({ answer }) => answer));
for (const answer of Object.values(columns).flat()) unsorted.delete(answer);
if (unsorted.size > 0) throw new Error(`No column has ${[...unsorted].join(', ')}.`);

const told = ({ ended, key, isTakenBack }) => `${ended}: ${key}${isTakenBack ? '³' : ''}`;

/** What the columns say of one call of one step. */
function line(/** @type {Cell[]} */ some) {
  return titles.map((title) => {
    const these = some.filter(({ answer }) => columns[title].includes(answer));
    return [...new Set(these.map(told))].join(' / ');
  });
}

/** The steps of a call that came to the same, together. */
function rows() {
  const steps = new Map();
  for (const { step, call } of cells) steps.set(`${step}, ${call}`, { step, call });
  const same = new Map();
  for (const { step, call } of steps.values()) {
    const became = line(cells.filter((each) => each.step === step && each.call === call));
    const key = [call, ...became].join('|');
    same.set(key, { call, became, of: [...(same.get(key)?.of ?? []), step] });
  }
  return [...same.values()].sort((a, b) => order(a.call) - order(b.call));
}

const calls = ['Create', 'rename', 'Update', 'Delete'];
const order = (call) => calls.indexOf(call.split(',')[0]) + (call.includes(',') ? 10 : 0);

const text = `## A reply is lost, and then

A call is carried out, and its reply is lost. Each further call of its kind is told the same: the truth, OK, one of the other sixteen statuses of gRPC, or nothing, as it is lost again. Between the loss and the next call, another run does \`ensure\` of the same name, to its end, and uses what it finds. ${count} histories in virtual time, on the emulator's store: each call of each step and of the end of its job; the reply lost with its connection, or in silence; with what is told said to the looks for the key as well, and to the end of the job; with NOT_FOUND said first; with values that reads show, and that they do not. Each is held to this:

- the key that the other run was told that it may use stays active. Excepted are keys that the step was asked to retire, those that end with the job for all who use them, and one case more³;
- Create is not sent twice under one name, and no run gives the name to two keys;
- every sentence that names a key is true of it, and \`changed\` is; a change of which nobody knows whether it was done is not told as one that was refused;
- a key that the step has made, or has begun to retire, and that is left active, is named by its id, or by its name where the service never told the id. What is left under a provisional name is deleted by a later run.

The table shows the calls that change something, with the reply lost with its connection and values that reads do not show: how the step ended, or for a call at the end of the job that end, and what had become of the key of that call when the job was over.

${[
  row(['The call that is lost', 'Of', ...titles]),
  row(['', '', ...titles].map(() => '---')),
  ...rows().map(({ call, became, of }) => row([call, of.join('; '), ...became])),
].join('\n')}

¹ ${columns['another refusal¹'].join(', ')}.\\
² ${columns['nothing that is clear²'].join(', ')}.\\
³ While a rotation is under way, the previous key and the new one are both active. If it fails, the previous one stays, and the new one is taken back, though another run may have found it. That run was warned of the two keys.

- \`in doubt\`: the step failed, and nobody knows whether what it had asked for was done: then the key may be as the step was to make it, and it says so. \`failed\`: the call that came after the lost one was refused. \`value hidden\`: the other run's key has the name by now, and its value is that run's.
- \`gone\` after a lost Create: without its value the key is of no use, so it is deleted, and another one is made.
- A lost read (List, Get) has done nothing. The same holds of it, and it is made again.
`;

await putPart('docs/robustness.md', robustnessParts, text, 'lost-replies');
