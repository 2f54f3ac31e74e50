import type { StepRun } from '../job-runner/index.ts';
import { noteProblem } from './scenes.ts';
import { print } from '../terminal/screen.ts';

/** Notes something that was not as it should be. */
export function disappoint(sentence: string): void {
  noteProblem(sentence);
  print(`   ✗ ${sentence}`, 'bad');
}

/**
 * Compares a step with what it should have done.
 *
 * @param what      the step's title
 * @param run       how it went
 * @param outputs   what its outputs must be, or look like
 * @param errorKind undefined for a step that has to succeed
 */
export function expect(
  what: string,
  run: StepRun,
  outputs: Readonly<Record<string, string | RegExp>>,
  errorKind?: string,
): void {
  if (run.succeeded !== (errorKind === undefined)) {
    disappoint(`"${what}" ${run.succeeded ? 'succeeded' : 'failed'}, and should not have.`);
  }
  if (run.succeeded !== (run.annotations.filter(({ level }) => level === 'error').length === 0)) {
    disappoint(`"${what}" told of an error without failing, or failed without telling.`);
  }
  for (const [name, expected] of Object.entries(outputs)) {
    const value = run.outputs[name] ?? '';
    if (!(typeof expected === 'string' ? value === expected : expected.test(value))) {
      disappoint(`"${what}": the output ${name} is not what it should be.`);
    }
  }
}
