import { stripVTControlCharacters } from 'node:util';
import {
  Masks,
  withoutEntities,
  type JobRun,
  type StepResult,
  type StepRun,
} from '../job-runner/index.ts';
import { cut, filled, wrapped } from './layout.ts';
import { terminalOf, type Style } from './terminal.ts';

/** What the demo and `npm run workflow` print: logs, outputs and summaries, as on GitHub. */

const { width, paint } = terminalOf(process.stdout, process.env);

/** The margin with the name of a block in it. */
const margin = 19;

const printed: string[] = [];

/** All that was printed so far, without colours and line breaks of ours: what a value must not be in. */
export const screen: readonly string[] = printed;

/** Prints a paragraph. */
export function print(text: string, style?: Style): void {
  printed.push(text);
  for (const line of wrapped(harmless(text), width)) {
    console.log(style === undefined ? line : paint(style, line));
  }
}

/** A headline across the whole width. */
export function headline(text: string): void {
  const head = `━━ ${text} `;
  console.log();
  print(head.padEnd(width, '━').slice(0, Math.max(width, head.length)), 'title');
}

/** Lines under a name in the margin; nothing when there are none. */
export function block(name: string, text: readonly string[], style?: Style): void {
  let label = harmless(name);
  for (const line of text) {
    printed.push(line);
    for (const part of wrapped(harmless(line), width - margin - 2)) {
      const painted = style === undefined ? annotated(line, part) : paint(style, part);
      const inMargin = `   ${cut(label, margin - 4)}`.padEnd(margin);
      console.log(`${paint('label', `${inMargin}│`)} ${painted}`);
      label = '';
    }
  }
}

/** Without what a terminal would obey: a script may print anything, and a workflow be called anything. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, '�');
}

/** As GitHub's log marks an annotation; in the demo, by the line that it is part of. */
function annotated(line: string, part: string): string {
  if (line.startsWith('Error: ')) return paint('bad', part);
  if (line.startsWith('Warning: ')) return paint('warning', part);
  return line.startsWith('Notice: ') ? paint('notice', part) : part;
}

/** Several short texts in a block, as many on a line as fit. */
export function shortTexts(texts: readonly string[]): readonly string[] {
  return filled(texts, width - margin - 2);
}

/** A step's own inputs where it has any, and its log. */
export function showStep(inputs: Readonly<Record<string, string>>, run: StepRun): void {
  block('with', shortTexts(Object.entries(inputs).map(([name, value]) => `${name}: ${value}`)));
  block('log', lines(run.log));
}

/** A step's outputs, as later steps see them and the log would show them, and its summary. */
export function showResults(run: StepRun): void {
  showOutputs(run);
  block('summary', lines(plain(run.summary)));
  const time = `${Math.round(run.wallMs)} ms`;
  const mark = run.succeeded ? '✓' : '✗';
  block(mark, [`exit code ${run.exitCode ?? 'none'}, ${time}`], run.succeeded ? 'good' : 'bad');
}

/** A step's outputs, as later steps see them and the log would show them. */
export function showOutputs(run: StepRun): void {
  const masks = new Masks(run.masks);
  const outputs = Object.entries(run.outputs)
    .filter(([, value]) => value !== '' && value !== '[]')
    .map(([name, value]) => `${name}=${masks.hide(value)}`)
    .map((output) => cut(output, width - margin - 2));
  block('outputs', shortTexts(outputs));
}

/** A job of a workflow: what each of its steps has logged, where it has. */
export function showJob({ name, result, steps }: JobRun): void {
  const isGood = result === 'success';
  block('job', [`${isGood ? '✓' : '✗'} ${name}: ${result}`], isGood ? 'good' : 'bad');
  for (const step of steps) block(nameOf(step), uncollapsed(step));
}

/** Whether a process was one of the action, and not of a `run:` step. */
export function isOfAction(run: StepRun): boolean {
  return 'operation' in run.inputs;
}

function nameOf({ name, phase, run }: StepResult): string {
  if (run !== undefined && isOfAction(run)) return phase === 'post' ? 'end of job' : 'the action';
  return name.replace(/^Run /u, '');
}

// What the runner writes above a step's output: GitHub shows it when the line above is clicked.
const heading =
  /^▼ .*\n(?:(?:.*\n)*?shell: .*\n)?(?:(?:with|env):\n(?: {2}.*\n)+)*|^Post job cleanup\.\n/u;

/** The lines of a step's log, without what the runner writes above them. */
export function uncollapsed({ log }: StepResult): readonly string[] {
  return lines(log.replace(heading, ''));
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** The summary's HTML as lines of text: cells become columns. */
function plain(html: string): string {
  return withoutEntities(
    html
      .replace(/<\/(?:tr|h\d|p|li|summary)>/gu, '\n')
      .replace(/<\/t[dh]>/gu, '  ')
      .replace(/<[^>]*>/gu, ''),
  );
}
