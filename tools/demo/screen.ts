import {
  withoutEntities,
  type JobRun,
  type StepResult,
  type StepRun,
} from '../job-runner/index.ts';

/** What the demo prints: the log, the outputs and the summary of a step, as a user would see them. */

const wide = 100;

/** A line across the screen with a title in it. */
export function title(text: string): void {
  console.log(`\n━━ ${text} ${'━'.repeat(Math.max(2, wide - text.length - 4))}`);
}

/** A step's own inputs, its log, its outputs and its summary. */
export function showStep(inputs: Readonly<Record<string, string>>, run: StepRun): void {
  const given = Object.entries(inputs).map(([name, value]) => `${name}: ${value}`);
  block('with', wrapped(given));
  block('log', lines(run.log));
  showResults(run);
  const time = `${Math.round(run.wallMs)} ms`;
  console.log(`   ${run.succeeded ? '✓' : '✗'} exit code ${run.exitCode ?? 'none'}, ${time}`);
}

/** A job of a workflow: each step's log under its title, and what the action's steps made. */
export function showJob({ name, result, steps }: JobRun): void {
  console.log(`   job ${name}: ${result}`);
  for (const step of steps) {
    const log = uncollapsed(step);
    // A post script that says nothing has nothing to show.
    if (step.phase === 'post' && log.length === 0) continue;
    console.log(`   ▶ ${step.name}`);
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
    console.log(`   ${(index === 0 ? name : '').padEnd(7)} │ ${line}`);
  }
}

function showResults(run: StepRun): void {
  // As later steps see them; the value as the log would show it.
  const outputs = Object.entries(run.outputs)
    .filter(([, value]) => value !== '' && value !== '[]')
    .map(([name, value]) => `${name}=${name === 'value' ? '***' : shortened(value)}`);
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
function wrapped(texts: readonly string[]): readonly string[] {
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
