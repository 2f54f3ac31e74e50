import type { StepRun } from '../runner/index.ts';

/** What the demo prints: the log, the outputs and the summary of a step, as a user would see them. */

const wide = 96;

/** A line across the screen with a title in it. */
export function title(text: string): void {
  console.log(`\n━━ ${text} ${'━'.repeat(Math.max(2, wide - text.length - 4))}`);
}

/** A step's `with:`, its log, its outputs and its summary. */
export function showStep(inputs: Readonly<Record<string, string>>, run: StepRun): void {
  block('with', yaml(inputs));
  block('log', run.log);
  block('outputs', outputs(run));
  block('summary', plain(run.summary));
  console.log(
    `   ${run.succeeded ? '✓' : '✗'} exit code ${run.exitCode ?? 'none'}, ${Math.round(run.wallMs)} ms`,
  );
}

/** A named block of lines, indented. */
export function block(name: string, text: string): void {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return;
  console.log(`   ${name}`);
  for (const line of lines) console.log(`   │ ${line}`);
}

function yaml(inputs: Readonly<Record<string, string>>): string {
  return Object.entries(inputs)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

/** As later steps see them; the value as the log would show it. */
function outputs(run: StepRun): string {
  return Object.entries(run.outputs)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${name === 'value' ? '***' : shortened(value)}`)
    .join('\n');
}

function shortened(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&amp;': '&',
};

/** The summary's HTML as lines of text: cells become columns. */
function plain(html: string): string {
  return html
    .replace(/<\/(?:tr|h3|p)>/gu, '\n')
    .replace(/<\/t[dh]>/gu, '  ')
    .replace(/<[^>]*>/gu, '')
    .replace(/&#(\d+);/gu, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/&(?:lt|gt|quot|amp);/gu, (entity) => entities[entity] ?? entity);
}
