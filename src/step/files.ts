import { closeSync, openSync } from 'node:fs';
import { Failure } from '../failure.ts';

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
      'The runner makes these files for each step. Nothing was sent, since a value that cannot be handed out would be lost.';
    if (path === '') {
      throw new Failure('runner', `The environment variable ${variable} is not set.`, { hint });
    }
    try {
      closeSync(openSync(path, 'r+'));
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
      throw new Failure('runner', `The file that ${variable} names cannot be written (${code}).`, {
        hint,
        cause: thrown,
      });
    }
  }
}
