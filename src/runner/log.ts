import { debug, endGroup, error, info, isDebug, notice, startGroup, warning } from '@actions/core';
import type { Failure } from '../core/failure.ts';
import type { Log } from '../core/ports.ts';
import { oneLine } from '../core/text.ts';

// The runner cuts an annotation at 4,096 characters; a line of the log need not be longer either.
const longestLine = 3500;

/**
 * The step's log. Each message is one printable line, whatever it quotes. What was said in a warning or a
 * notice is not said again: GitHub shows ten of each a step.
 *
 * @param operation what was asked for, as the user wrote it: for the titles of annotations
 */
export function createLog(operation: string): Log {
  const said = new Set<string>();
  const annotate = (print: typeof warning, message: string, about: string): void => {
    const text = oneLine(message, longestLine);
    if (said.has(text)) return;
    said.add(text);
    print(text, { title: titleOf(`${oneLine(operation, 40)} (${oneLine(about, 60)})`) });
  };
  return {
    info: (message) => {
      info(oneLine(message, longestLine));
    },
    warning: (message, about) => {
      annotate(warning, message, about);
    },
    notice: (message, about) => {
      annotate(notice, message, about);
    },
    startGroup: (title) => {
      startGroup(oneLine(title, longestLine));
    },
    endGroup,
  };
}

/**
 * A line that the runner shows with debug logging only.
 *
 * @param message anything but a secret
 */
export function debugLine(message: string): void {
  if (isDebug()) debug(oneLine(message, longestLine));
}

/** All annotations of a workflow are in one list: the first words say whose this one is. */
function titleOf(what: string): string {
  return `Coralogix API key: ${what}`;
}

/**
 * What is to be known of the inputs: one annotation for all of it, so that it does not use up the ten that
 * GitHub shows, before the work has begun.
 *
 * @param operation what was asked for
 * @param warnings  a sentence each
 */
export function warnOfInputs(operation: string, warnings: readonly string[]): void {
  if (warnings.length === 0) return;
  const message = warnings.length === 1 ? warnings.join('') : 'Some inputs are not as they seem:';
  const items = warnings.length === 1 ? [] : warnings;
  warning(annotation({ message, items, hint: undefined }), {
    title: titleOf(`${oneLine(operation, 40)} (inputs)`),
  });
}

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
    title: titleOf(`${oneLine(operation, 40)} failed (${failure.kind})`),
  });
  debugCauses(failure);
}

/**
 * One printable line, or one for each item between the sentence and the hint. The toolkit writes the line
 * breaks as `%0A`, and what a line quotes holds none: so it stays one command.
 */
function annotation({ message, items, hint }: Pick<Failure, 'message' | 'items' | 'hint'>): string {
  if (items.length === 0) {
    return oneLine(hint === undefined ? message : `${message} ${hint}`, longestLine);
  }
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
    debugLine(`${cause.name}:${frames.join('')}`);
  }
}
