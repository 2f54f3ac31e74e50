import { summary } from '@actions/core';
import type { Failure } from '../../core/failure.ts';
import type { Log } from '../../core/ports.ts';
import { plural } from '../../core/text.ts';
import { withoutEnd } from '../../names/stamp.ts';
import { isWrong } from '../../operations/inventory.ts';
import type { JobEndDeed } from '../../operations/job-end-rotation.ts';
import type { KeyFacts, Outcome } from '../../operations/operation.ts';
import { advice, failedInShort, failedStep, mostIds } from './failed-step.ts';
import { code, codes, facts, fold, safe, joined, mark, prose, type Html } from './html.ts';
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
  const title = headline(signOf(step, needsLook), about, prose(gist));
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
    labelled(mark.failed, step),
    step.subject ?? '',
    failedInShort(step, failure),
  );
  await write(safe`${title}${failedStep(step, failure)}`, log);
}

/**
 * Writes what was done at the job's end: the story of the step goes on.
 *
 * @param name the key that it is about
 * @param done what was done
 */
export async function writeJobEndSummary(
  name: string,
  done: readonly JobEndDeed[],
  log: Log,
): Promise<void> {
  const sign = done.some(({ needsLook }) => needsLook === true) ? mark.look : mark.done;
  const gist = `at the end of the job, ${done.map((each) => each.gist).join('; ')}`;
  const sentences = done.map(({ sentence }) => safe`<p>${prose(sentence)}</p>\n`);
  await write(
    safe`${headline(sign, name, prose(gist))}${fold(safe`Details`, joined(sentences))}`,
    log,
  );
}

/** Writes what could not be done at the job's end. */
export async function writeJobEndFailureSummary(
  name: string,
  { message, hint, keyIds }: Failure,
  log: Log,
): Promise<void> {
  const title = headline(mark.look, name, safe`not all could be settled at the end of the job`);
  const table = facts([['Keys to look at', codes(keyIds, mostIds)]]);
  await write(safe`${title}<p>${prose(message)}</p>\n${advice(hint)}${table}`, log);
}

/** What it is about, and what came of it. */
function headline(sign: Html, about: string, told: Html): Html {
  const subject = about === '' ? safe`` : safe`${code(about)}: `;
  return safe`<h3>${sign} ${subject}${told}</h3>\n`;
}

function signOf(step: StepFacts, needsLook: boolean): Html {
  return labelled(needsLook ? mark.look : step.dryRun ? mark.dryRun : mark.done, step);
}

/** A mark, and that nothing was changed. */
function labelled(sign: Html, { dryRun }: StepFacts): Html {
  return dryRun ? safe`${sign} Dry run:` : sign;
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
  const title = wrong.length === 0 ? safe`Keys` : prose(`Details, and ${inOrder(others.length)}`);
  return safe`${keysTable(wrong)}${fold(title, safe`${details}${keysTable(others)}`)}`;
}

function inOrder(count: number): string {
  return `${plural(count, 'key')} that ${count === 1 ? 'is' : 'are'} in order`;
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
