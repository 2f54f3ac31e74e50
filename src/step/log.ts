import { debug, error, info, isDebug, warning } from '@actions/core';
import type { Failure } from '../failure.ts';
import type { Log } from '../ports.ts';
import { oneLine } from '../text.ts';

// The runner cuts an annotation at 4,096 characters; a line of the log need not be longer either.
const longestLine = 3500;

/** The step's log. Each message is one printable line, whatever it quotes. */
export const log: Log = {
  info: (message) => {
    info(oneLine(message, longestLine));
  },
  warning: (message) => {
    warning(oneLine(message, longestLine));
  },
};

/**
 * The one annotation of a step that failed.
 *
 * @param operation what was asked for, as the user wrote it
 * @param failure   what to say
 */
export function reportFailure(operation: string, failure: Failure): void {
  error(oneLine(failure.report, longestLine), {
    title: `Coralogix API key: ${oneLine(operation, 40)} failed (${failure.kind})`,
  });
  if (isDebug()) debugCauses(failure);
}

/** Where it came from. Messages of strangers' errors may quote what they were given: frames only. */
function debugCauses(failure: Failure): void {
  for (let cause: unknown = failure; cause instanceof Error; cause = cause.cause) {
    const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at /u.test(line));
    debug(oneLine(`${cause.name}:${frames.join('')}`, longestLine));
  }
}
