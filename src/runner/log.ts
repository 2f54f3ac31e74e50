import { debug, error, info, isDebug, warning } from '@actions/core';
import type { Failure } from '../core/failure.ts';
import type { Log } from '../core/ports.ts';
import { oneLine } from '../core/text.ts';

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
 * Longest wait for the runner to take what was printed, in milliseconds. The masks of a long list are
 * more than a pipe holds, and the runner takes its time over each.
 */
const longestWaitMs = 10_000;

let isBroken = false;

/** Takes note when nothing can be printed any more: to report that would fail, and be reported again. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', () => {
      isBroken = true;
    });
  }
}

/**
 * Waits until the runner has taken all that was printed.
 *
 * @returns false when it has not within {@link longestWaitMs}, or no longer can
 */
export async function isPrinted(): Promise<boolean> {
  const streams = [process.stdout, process.stderr];
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, longestWaitMs, false);
  });
  const taken = Promise.all(streams.map(flushed)).then((all) => all.every(Boolean));
  const isTaken = await Promise.race([taken, tooLate]);
  clearTimeout(timer);
  return isTaken && !isBroken;
}

function flushed(stream: NodeJS.WriteStream): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write('', (error) => {
      resolve(error === null || error === undefined);
    });
  });
}

/**
 * The one annotation of a step that failed.
 *
 * @param operation what was asked for, as the user wrote it
 * @param failure   what to say
 */
export function reportFailure(operation: string, failure: Failure): void {
  error(annotation(failure), {
    title: `Coralogix API key: ${oneLine(operation, 40)} failed (${failure.kind})`,
  });
  if (isDebug()) debugCauses(failure);
}

/**
 * One printable line, or one for each item between the sentence and the hint. The toolkit writes the line
 * breaks as `%0A`, and what a line quotes holds none: so it stays one command.
 */
function annotation({ message, items, hint, report }: Failure): string {
  if (items.length === 0) return oneLine(report, longestLine);
  const lines = [
    message,
    ...items.map((item) => `- ${item}`),
    ...(hint === undefined ? [] : [hint]),
  ];
  const whole = lines.map((line) => oneLine(line, longestLine));
  if (whole.join('\n').length <= longestLine) return whole.join('\n');
  // Each is cut, so that none is left out: there are no more than there are inputs.
  const most = Math.floor(longestLine / lines.length) - 2;
  return lines.map((line) => oneLine(line, most)).join('\n');
}

/** Where it came from. Messages of strangers' errors may quote what they were given: frames only. */
function debugCauses(failure: Failure): void {
  for (let cause: unknown = failure; cause instanceof Error; cause = cause.cause) {
    const stack = (cause.stack ?? '').replace(cause.message, '');
    const frames = stack.split('\n').filter((line) => /^\s+at /u.test(line));
    debug(oneLine(`${cause.name}:${frames.join('')}`, longestLine));
  }
}
