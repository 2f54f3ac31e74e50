import { spawn, spawnSync } from 'node:child_process';
import type { Interruption } from './interruption.ts';
import { Lines } from './lines.ts';
import type { Stream } from './step-log.ts';

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

  const killTree = (): void => {
    if (child.pid === undefined) return;
    try {
      if (process.platform === 'win32') {
        spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { windowsHide: true });
      } else {
        process.kill(-child.pid, 'SIGKILL');
      }
    } catch {
      // All of them went in the meantime.
    }
  };
  const send = (name: NodeJS.Signals): void => {
    if (isGone) return;
    const isFinal = name === 'SIGKILL' || process.platform === 'win32';
    if (options.hasChildren === true && isFinal) killTree();
    else child.kill(name);
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
      // What a stopped script has started would hold its streams open, and outlive the test.
      if (ownGroup && (wasInterrupted || timedOut)) killTree();
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
