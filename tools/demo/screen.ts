import {
  Masks,
  withoutEntities,
  type JobRun,
  type StepResult,
  type StepRun,
} from '../job-runner/index.ts';

/** What the demo prints: the log, the outputs and the summary of a step, as a user would see them. */

const wide = 100;

const printed: string[] = [];

/** All lines so far: what a value must not be in. */
export const screen: readonly string[] = printed;

/** Prints a line, or several. */
export function print(text: string): void {
  printed.push(...text.split('\n'));
  console.log(text);
}

/** A sentence between the blocks. */
export function say(text: string): void {
  print(`   ${text}`);
}

/** A line across the screen with a title in it. */
export function title(text: string): void {
  print(`\n━━ ${text} ${'━'.repeat(Math.max(2, wide - text.length - 4))}`);
}

/** A step's own inputs where it has any, its log, its outputs and its summary. */
export function showStep(inputs: Readonly<Record<string, string>>, run: StepRun): void {
  const given = Object.entries(inputs).map(([name, value]) => `${name}: ${value}`);
  block('with', wrapped(given));
  block('log', lines(run.log));
  showResults(run);
  const time = `${Math.round(run.wallMs)} ms`;
  print(`   ${run.succeeded ? '✓' : '✗'} exit code ${run.exitCode ?? 'none'}, ${time}`);
}

/** A job of a workflow: each step's log under its title, and what the action's steps made. */
export function showJob({ name, result, steps }: JobRun): void {
  print(`   job ${name}: ${result}`);
  for (const step of steps) {
    const log = uncollapsed(step);
    // A post script that says nothing has nothing to show.
    if (step.phase === 'post' && log.length === 0) continue;
    print(`   ▶ ${step.name}`);
    block('log', log);
    if (step.run !== undefined && isOfAction(step.run)) showResults(step.run);
  }
}

/** Whether a process was one of the action, and not of a `run:` step. */
export function isOfAction(run: StepRun): boolean {
  return 'operation' in run.inputs;
}

/** Lines under a name in the margin; nothing when there are none. */
export function block(name: string, text: readonly string[]): void {
  for (const [index, line] of text.entries()) {
    print(`   ${(index === 0 ? name : '').padEnd(7)} │ ${line}`);
  }
}

function showResults(run: StepRun): void {
  // As later steps see them, and as the log would show them.
  const masks = new Masks(run.masks);
  const outputs = Object.entries(run.outputs)
    .filter(([, value]) => value !== '' && value !== '[]')
    .map(([name, value]) => `${name}=${shortened(masks.hide(value))}`);
  block('outputs', wrapped(outputs));
  block('summary', lines(plain(run.summary)));
}

// What the runner writes above a step's output: GitHub shows it when the line above is clicked.
const heading =
  /^▼ .*\n(?:(?:.*\n)*?shell: .*\n)?(?:(?:with|env):\n(?: {2}.*\n)+)*|^Post job cleanup\.\n/u;

function uncollapsed({ log }: StepResult): readonly string[] {
  return lines(log.replace(heading, ''));
}

function lines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Several short texts on a line, as long as they fit. */
export function wrapped(texts: readonly string[]): readonly string[] {
  const rows: string[] = [];
  for (const text of texts) {
    const last = rows.at(-1);
    if (last === undefined || last.length + text.length + 2 > wide - 12) rows.push(text);
    else rows[rows.length - 1] = `${last}  ${text}`;
  }
  return rows;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The summary's HTML as lines of text: cells become columns. */
function plain(html: string): string {
  return withoutEntities(
    html
      .replace(/<\/(?:tr|h3|p)>/gu, '\n')
      .replace(/<\/t[dh]>/gu, '  ')
      .replace(/<[^>]*>/gu, ''),
  );
}
