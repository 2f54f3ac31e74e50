import { expect, jest, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { answers, play, type Answer, type LostReply, type Played } from './play.ts';
import { breaches, sweptLater } from './held.ts';
import { steps, type Step } from './steps.ts';
import { cellsOf, type Cell } from './table.ts';

// As long as it takes on a machine that is busy with other things.
jest.setTimeout(120_000);

/** In which ways each reply is lost. The first is the one of the table in docs/robustness.md. */
const ways: readonly Omit<LostReply, 'step' | 'lost' | 'answer'>[] = [
  {},
  { isSilent: true, showsValues: true },
  { isBlind: true },
  { isLasting: true },
  { showsValues: true, isBlind: true, isLasting: true },
  { isAlone: true, isBlind: true, isLasting: true },
  { isLagging: true },
  { isLagging: true, isBlind: true, isLasting: true },
];

const cells: Cell[] = [];
let count = 0;

test.each(steps.map((step) => [step.title, step] as const))(
  'whatever is said after a lost reply, nobody loses a key that is in use, and nothing untrue is told: %s',
  async (_title, step) => {
    const { calls, first } = await play({ step, answer: 'the truth' });
    expect([undefined, 'value_hidden']).toContain(first.failure?.kind);
    if (step.isBeaten === true) expect(calls.map(({ rpc }) => rpc)).toContain('DeleteApiKey');
    for (const lost of calls.keys()) {
      for (const answer of answers) await lose(step, lost, answer);
    }
  },
);

async function lose(step: Step, lost: number, answer: Answer): Promise<void> {
  for (const [index, way] of ways.entries()) {
    const played = await play({ step, lost, answer, ...way });
    count += 1;
    if (index === 0) cells.push(...cellsOf(played));
    const found = [...breaches(played), ...(await sweptLater(played))];
    if (found.length > 0) throw new Error(explained(played, found));
  }
}

/** What a reader needs to understand a breach. */
function explained({ reply, lostCall, world }: Played, found: readonly string[]): string {
  const { step, lost, answer, ...way } = reply;
  return [
    `call ${lost ?? 'none'} (${lostCall?.rpc ?? ''}) of ${step.title}, then: ${answer}, ${JSON.stringify(way)}`,
    ...found,
    '',
    ...world.history.lines(),
  ].join('\n');
}

test('docs/robustness.md shows what these gave (UPDATE_DOCS=1 writes it)', async () => {
  await mkdir('build', { recursive: true });
  await writeFile('build/lost-replies.json', `${JSON.stringify({ count, cells }, null, 2)}\n`);
  const mode = process.env['UPDATE_DOCS'] === '1' ? [] : ['--check'];
  await promisify(execFile)(process.execPath, ['scripts/lost-replies.mjs', ...mode]);
});
