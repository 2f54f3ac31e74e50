import { createInterface } from 'node:readline/promises';
import { mostKeys } from './account.ts';
import { namePrefix } from './clean-up.ts';
import type { Target } from './target.ts';

/**
 * Has a person agree before keys are made where others have theirs.
 *
 * @param isAgreed whether somebody has already, with `--yes`
 * @param signal   ends the question
 * @throws Error when nobody did, or nobody can be asked
 */
export async function requireConsent(
  target: Target,
  isAgreed: boolean,
  signal: AbortSignal,
): Promise<void> {
  if (!target.isShared || isAgreed) return;
  const sends =
    target.ingestion === undefined
      ? ''
      : ` Exports without records are sent to\n${target.ingestion.endpoint}: nothing is stored.`;
  const plan = `In team ${target.teamId} at ${target.name}, keys will be made, changed and deleted, at most ${mostKeys} at a
time, all of them under the name ${namePrefix}…; whatever bears
such a name already is deleted first. No other key is touched.${sends}`;
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new Error(`${plan}\nThere is nobody to ask whether that may be: say so with --yes.`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${plan}\nType yes to begin: `, { signal });
    if (answer.trim().toLowerCase() !== 'yes') throw new Error('Nothing was done.');
  } finally {
    terminal.close();
  }
}
