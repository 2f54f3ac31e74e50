import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { Stream } from './step-log.ts';

/** The first line of stdout for which a predicate is true, or when a promise resolves. */
export type Moment = ((line: string) => boolean) | Promise<unknown>;

/** Signals sent to a running process, the first at a chosen moment. */
export interface Interruption {
  readonly name: NodeJS.Signals;
  /** When; of several moments the first. */
  readonly when: Moment | readonly Moment[];
  /** What to send after that as long as the process lives, each so long after the one before. */
  readonly then?: readonly { readonly name: NodeJS.Signals; readonly afterMs: number }[];
}

/** What to run, and how. */
export interface ProcessOptions {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Each line as it arrives, without its line break. */
  readonly onLine: (stream: Stream, line: string) => void;
  readonly interruption?: Interruption | undefined;
  /** Kill the process after so many milliseconds. */
  readonly killAfterMs?: number | undefined;
  /** Kill the process after so many milliseconds, and call it a failure of the test. */
  readonly timeoutMs: number;
  /** Whether the process has children of its own, which have to die with it. */
  readonly hasChildren?: boolean;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
  /** Milliseconds from the last byte of output, or from the start if there was none, to the exit. */
  readonly exitedAfterLastOutputMs: number;
  /** Whether the interruption's moment came. */
  readonly wasInterrupted: boolean;
  readonly timedOut: boolean;
}

/** How long the runner waits, after the process has gone, for others that hold its streams open. */
const streamsGraceMs = 5_000;

/**
 * The runner's way to cancel a step: SIGINT, 7.5 seconds later SIGTERM, 2.5 seconds later SIGKILL
 * (actions/runner, ProcessInvoker.cs). On Windows, where Node cannot send an interrupt, the first
 * signal already kills.
 *
 * @param when  the moment of the SIGINT
 * @param times shorter times, in milliseconds
 */
export function cancellation(
  when: Interruption['when'],
  times: {
    readonly terminateAfterMs?: number;
    readonly killAfterMs?: number;
  } = {},
): Interruption {
  return {
    name: 'SIGINT',
    when,
    then: [
      { name: 'SIGTERM', afterMs: times.terminateAfterMs ?? 7_500 },
      { name: 'SIGKILL', afterMs: times.killAfterMs ?? 2_500 },
    ],
  };
}

/**
 * Runs a process to its end, with no input.
 *
 * @throws Error when it cannot be started
 */
export async function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  const { interruption } = options;
  const moments = [interruption?.when ?? []].flat();
  const predicates = moments.filter((moment) => typeof moment === 'function');
  const started = performance.now();
  const ownGroup = options.hasChildren === true && process.platform !== 'win32';
  const child = spawn(options.file, options.arguments, {
    cwd: options.folder,
    env: options.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    detached: ownGroup,
  });
  const raw = { stdout: '', stderr: '' };
  const timers = new Set<NodeJS.Timeout>();
  let lastOutput = started;
  let isGone = false;
  let timedOut = false;
  let wasInterrupted = false;

  const send = (name: NodeJS.Signals): void => {
    if (isGone) return;
    if (!ownGroup || name !== 'SIGKILL' || child.pid === undefined) {
      child.kill(name);
      return;
    }
    try {
      process.kill(-child.pid, name);
    } catch {
      // The whole group went in the meantime.
    }
  };
  const later = (afterMs: number, action: () => void): void => {
    timers.add(setTimeout(action, afterMs));
  };
  const interrupt = (): void => {
    if (interruption === undefined || wasInterrupted || isGone) return;
    wasInterrupted = true;
    send(interruption.name);
    let afterMs = 0;
    for (const next of interruption.then ?? []) {
      afterMs += next.afterMs;
      later(afterMs, () => {
        send(next.name);
      });
    }
  };
  const receive = (stream: Stream, line: string): void => {
    options.onLine(stream, line);
    if (stream === 'stdout' && predicates.some((predicate) => predicate(line))) interrupt();
  };

  for (const stream of ['stdout', 'stderr'] as const) {
    const lines = new Lines((line) => {
      receive(stream, line);
    });
    child[stream].on('data', (chunk: Buffer) => {
      lastOutput = performance.now();
      raw[stream] += lines.take(chunk);
    });
    child[stream].on('end', () => {
      raw[stream] += lines.finish();
    });
  }
  for (const moment of moments) {
    if (typeof moment !== 'function') void moment.then(interrupt);
  }
  if (options.killAfterMs !== undefined) {
    later(options.killAfterMs, () => {
      send('SIGKILL');
    });
  }
  later(options.timeoutMs, () => {
    timedOut = !isGone;
    send('SIGKILL');
  });

  return new Promise((resolve, reject) => {
    let exited = started;
    child.once('error', (error) => {
      for (const timer of timers) clearTimeout(timer);
      reject(error);
    });
    child.once('exit', () => {
      exited = performance.now();
      isGone = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      later(streamsGraceMs, () => {
        child.stdout.destroy();
        child.stderr.destroy();
      });
    });
    child.once('close', (exitCode, signal) => {
      for (const timer of timers) clearTimeout(timer);
      resolve({
        exitCode,
        signal,
        ...raw,
        wallMs: exited - started,
        exitedAfterLastOutputMs: Math.max(0, exited - lastOutput),
        wasInterrupted,
        timedOut,
      });
    });
  });
}

/** Cuts a stream of bytes into lines where the runner does: at `\n`, `\r\n` and also at a lone `\r`. */
class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** @returns the chunk's text */
  take(chunk: Buffer): string {
    const text = this.#decoder.write(chunk);
    const parts = (this.#rest + text).split(/\r\n|\n|\r(?!$)/u);
    this.#rest = parts.pop() ?? '';
    for (const line of parts) this.#onLine(line);
    return text;
  }

  /** @returns the text of what was left of a character */
  finish(): string {
    const text = this.#decoder.end();
    const last = (this.#rest + text).replace(/\r$/u, '');
    // A line break at the end begins no line, but an unfinished line is one.
    if (last !== '' || this.#rest !== '') this.#onLine(last);
    this.#rest = '';
    return text;
  }
}
