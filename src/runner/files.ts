import { closeSync, openSync } from 'node:fs';
import { Failure } from '../core/failure.ts';
import { codeOf } from '../core/text.ts';

const needed = ['GITHUB_OUTPUT', 'GITHUB_STATE'] as const;

/**
 * Makes sure that the runner's files can be written, before anything is made whose value would have
 * nowhere to go. Without these files the toolkit prints outputs to the log, values and all.
 *
 * @param environment the process's variables
 * @throws `runner`
 */
export function checkRunnerFiles(environment: Readonly<Record<string, string | undefined>>): void {
  for (const variable of needed) {
    const path = environment[variable] ?? '';
    const hint =
      'The runner makes these files for each step: look at its disk, and for a step that changes the variable. Nothing was sent, since a value that cannot be handed out would be lost.';
    if (path === '') {
      throw new Failure('runner', `The environment variable ${variable} is not set.`, { hint });
    }
    try {
      closeSync(openSync(path, 'r+'));
    } catch (thrown) {
      throw new Failure(
        'runner',
        `The file that ${variable} names cannot be written (${codeOf(thrown)}).`,
        { hint, cause: thrown },
      );
    }
  }
}
