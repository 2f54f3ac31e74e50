import { summary } from '@actions/core';
import type { Failure } from '../../core/failure.ts';
import type { Log } from '../../core/ports.ts';
import { withoutEnd } from '../../names/stamp.ts';
import { isWrong } from '../../operations/inventory.ts';
import type { KeyFacts, Outcome } from '../../operations/operation.ts';
import { failedInShort, failedStep } from './failed-step.ts';
import { code, facts, fold, safe, joined, mark, prose, type Html } from './html.ts';
import { keysTable, type KeyRow } from './keys-table.ts';
import { oneKey } from './one-key.ts';
import { whereOf } from './place.ts';
import type { StepFacts } from './step-facts.ts';

/**
 * The job summary. Each step is one block below a headline that says it all, all of the same level, so that
 * the steps of a job read as one story. Never a value. A summary that cannot be written is no reason to fail.
 */

/** Writes what a step has achieved. */
export async function writeSummary(step: StepFacts, outcome: Outcome, log: Log): Promise<void> {
  const { key, gist, needsLook = false } = outcome;
  const about = [nameOf(key), step.subject, key?.id].find((each) => (each ?? '') !== '') ?? '';
  const title = headline(needsLook ? mark.look : mark.done, about, prose(gist), step.dryRun);
  await write(
    key === undefined
      ? safe`${title}${severalKeys(outcome, step)}`
      : safe`${title}${oneKey(outcome, key, step)}`,
    log,
  );
}

/** Writes why a step failed. */
export async function writeFailureSummary(
  step: StepFacts,
  failure: Failure,
  log: Log,
): Promise<void> {
  const title = headline(
    mark.failed,
    step.subject ?? '',
    failedInShort(step, failure),
    step.dryRun,
  );
  await write(safe`${title}${failedStep(step, failure)}`, log);
}

/**
 * Writes what was done at the job's end: the story of the step goes on.
 *
 * @param name      the key that it is about
 * @param sentences what was done
 * @param failure   what could not be done
 */
export async function writeJobEndSummary(
  name: string,
  sentences: readonly string[],
  failure: Failure | undefined,
  log: Log,
): Promise<void> {
  const isDone = failure === undefined;
  const gist = isDone ? 'settled at the end of the job' : 'not all settled at the end of the job';
  const title = headline(isDone ? mark.done : mark.look, name, prose(gist), false);
  const told = [...sentences, ...(isDone ? [] : [failure.report])];
  await write(safe`${title}${joined(told.map((each) => safe`<p>${prose(each)}</p>\n`))}`, log);
}

/** What it is about, and what came of it. */
function headline(sign: Html, about: string, told: Html, dryRun: boolean): Html {
  const subject = about === '' ? safe`` : safe`${code(about)}: `;
  return safe`<h3>${sign} ${dryRun ? safe`Dry run: ` : safe``}${subject}${told}</h3>\n`;
}

/** Without its end, which has a row of its own. */
function nameOf(key: KeyFacts | undefined): string {
  return key === undefined ? '' : withoutEnd(key.name);
}

/** Keys of which something became, or, of a list, those that should be looked at; the rest in a fold. */
function severalKeys({ shown, keys = [], sentence }: Outcome, step: StepFacts): Html {
  const rows = (shown ?? keys).map(toRow);
  const details = facts([
    ['Where', whereOf(step)],
    ['In full', prose(sentence)],
  ]);
  if (!rows.some(({ isListed }) => isListed)) {
    return safe`${keysTable(rows)}${fold(safe`Details`, details)}`;
  }
  const wrong = rows.filter(({ isWrong }) => isWrong);
  const others = rows.filter(({ isWrong }) => !isWrong);
  const title =
    wrong.length === 0 ? safe`Keys` : safe`Details, and ${others.length} keys that are in order`;
  return safe`${keysTable(wrong)}${fold(title, safe`${details}${keysTable(others)}`)}`;
}

function toRow(key: KeyFacts): KeyRow & { readonly isListed: boolean; readonly isWrong: boolean } {
  const { state } = key;
  return { ...key, isListed: state !== undefined, isWrong: state !== undefined && isWrong(state) };
}

async function write(block: Html, log: Log): Promise<void> {
  try {
    await summary.addRaw(block, true).write();
  } catch {
    log.info('The job summary could not be written.');
  }
}
