import { summary } from '@actions/core';
import type { Failure } from '../core/failure.ts';
import type { KeyFacts, Outcome } from '../operations/operation.ts';
import type { Log } from '../core/ports.ts';
import { oneLine } from '../core/text.ts';

// GitHub takes 1 MiB a step. A table that people read is far shorter.
const mostRows = 100;
const longestName = 120;
const longestSentence = 1000;

/** What the summary is about. */
export interface SummaryHead {
  readonly operation: string;
  readonly dryRun: boolean;
}

/**
 * Writes the job summary: what was done, and the keys in a table. Never a value. A summary that
 * cannot be written is no reason to fail.
 */
export async function writeSummary(head: SummaryHead, outcome: Outcome, log: Log): Promise<void> {
  const rows = outcome.shown ?? outcome.keys ?? (outcome.key === undefined ? [] : [outcome.key]);
  await write(heading(head, '') + paragraph(outcome.sentence) + table(rows), log);
}

/** Writes the job summary of a step that failed. */
export async function writeFailureSummary(
  head: SummaryHead,
  failure: Failure,
  log: Log,
): Promise<void> {
  const { message, items, hint, report } = failure;
  const told =
    items.length === 0
      ? paragraph(report)
      : paragraph(message) + list(items) + (hint === undefined ? '' : paragraph(hint));
  await write(heading(head, ` failed (${failure.kind})`) + told, log);
}

/** Writes what was done at the job's end. */
export async function writeJobEndSummary(sentences: readonly string[], log: Log): Promise<void> {
  await write(
    heading({ operation: 'end of job', dryRun: false }, '') + sentences.map(paragraph).join(''),
    log,
  );
}

async function write(html: string, log: Log): Promise<void> {
  try {
    await summary.addRaw(html, true).write();
  } catch {
    log.info('The job summary could not be written.');
  }
}

// All of it is HTML without an empty line, so that nothing in it is read as Markdown.
function heading({ operation, dryRun }: SummaryHead, suffix: string): string {
  return `<h3>Coralogix API key: ${escape(operation, 40)}${escape(suffix, 40)}${dryRun ? ' (dry run)' : ''}</h3>\n`;
}

function paragraph(sentence: string): string {
  return `<p>${escape(sentence, longestSentence)}</p>\n`;
}

function list(sentences: readonly string[]): string {
  const items = sentences
    .slice(0, mostRows)
    .map((each) => `<li>${escape(each, longestSentence)}</li>`);
  return `<ul>${items.join('')}</ul>\n`;
}

function table(keys: readonly KeyFacts[]): string {
  if (keys.length === 0) return '';
  const shown = keys.slice(0, mostRows);
  // Few keys have one: where none has, there is nothing to show.
  const withPolicy = shown.some(({ accessPolicy = '' }) => accessPolicy !== '');
  const withState = shown.some(({ is }) => is !== undefined);
  const rows = shown.map((key) => row(key, { withPolicy, withState })).join('');
  const rest = keys.length > mostRows ? `<p>And ${keys.length - mostRows} more.</p>\n` : '';
  return `<table><tr><th>Name</th><th>Id</th><th>Active</th><th>Hashed</th>${withPolicy ? '<th>Access policy</th>' : ''}${withState ? '<th>State</th>' : ''}</tr>${rows}</table>\n${rest}`;
}

function row(
  key: KeyFacts,
  { withPolicy, withState }: { readonly withPolicy: boolean; readonly withState: boolean },
): string {
  const { name, id, active, hashed, accessPolicy = '' } = key;
  const cells = [code(name), code(id), yesOrNo(active), yesOrNo(hashed)];
  if (withPolicy) {
    cells.push(yesOrNo('accessPolicy' in key ? accessPolicy !== '' : undefined));
  }
  if (withState) cells.push(escape(key.is ?? '', longestName));
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function code(text: string): string {
  return text === '' ? '' : `<code>${escape(text, longestName)}</code>`;
}

function yesOrNo(value: boolean | undefined): string {
  return value === undefined ? '' : value ? 'yes' : 'no';
}

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * Text from outside as text: one line, no tag, no entity, no link, no mention, no emphasis. The runner
 * masks secrets here, too, as they are and with the entities above. So the characters that keys and
 * tokens are made of stay as they are: in HTML, `_` and `/` mean nothing.
 */
function escape(text: string, max: number): string {
  // In one pass: a second one would escape the escapes of the first.
  return oneLine(text, max).replace(
    /[&<>"'`*~[\](){}#@!|\\]/gu,
    (character) => named[character] ?? `&#${character.charCodeAt(0)};`,
  );
}
