import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
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
export function runProcess(options: ProcessOptions): Promise<ProcessEnd> {
  return new RunningProcess(options).end();
}

/** A process from its start until nobody holds its streams any more. */
class RunningProcess {
  readonly #options: ProcessOptions;
  readonly #ownGroup: boolean;
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  readonly #started = performance.now();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #output = { stdout: '', stderr: '' };
  #lastOutput = this.#started;
  #exited: number | undefined;
  #wasInterrupted = false;
  #timedOut = false;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#ownGroup = options.hasChildren === true && process.platform !== 'win32';
    this.#child = spawn(options.file, options.arguments, {
      cwd: options.folder,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      detached: this.#ownGroup,
    });
    this.#listen();
    this.#limit();
  }

  /** Resolves when the process and its streams have ended; rejects when it cannot be started. */
  end(): Promise<ProcessEnd> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      child.once('error', (error) => {
        this.#stopTimers();
        reject(error);
      });
      child.once('exit', () => {
        this.#onExit();
      });
      child.once('close', (exitCode, signal) => {
        this.#stopTimers();
        const exited = this.#exited ?? this.#started;
        resolve({
          exitCode,
          signal,
          ...this.#output,
          wallMs: exited - this.#started,
          exitedAfterLastOutputMs: Math.max(0, exited - this.#lastOutput),
          wasInterrupted: this.#wasInterrupted,
          timedOut: this.#timedOut,
        });
      });
    });
  }

  /** Hands on its lines, and interrupts it at the moment that was asked for. */
  #listen(): void {
    const moments = [this.#options.interruption?.when ?? []].flat();
    const predicates = moments.filter((moment) => typeof moment === 'function');
    for (const stream of ['stdout', 'stderr'] as const) {
      const lines = new Lines((line) => {
        this.#options.onLine(stream, line);
        if (stream !== 'stdout') return;
        if (predicates.some((predicate) => predicate(line))) this.#interrupt();
      });
      this.#child[stream].on('data', (chunk: Buffer) => {
        this.#lastOutput = performance.now();
        this.#output[stream] += lines.take(chunk);
      });
      this.#child[stream].on('end', () => {
        this.#output[stream] += lines.finish();
      });
    }
    for (const moment of moments) {
      if (typeof moment === 'function') continue;
      void moment.then(() => {
        this.#interrupt();
      });
    }
  }

  /** Sees to it that it ends in time. */
  #limit(): void {
    const { killAfterMs, timeoutMs } = this.#options;
    if (killAfterMs !== undefined) {
      this.#later(killAfterMs, () => {
        this.#send('SIGKILL');
      });
    }
    this.#later(timeoutMs, () => {
      this.#timedOut = this.#exited === undefined;
      this.#send('SIGKILL');
    });
  }

  #interrupt(): void {
    const { interruption } = this.#options;
    if (interruption === undefined || this.#wasInterrupted || this.#exited !== undefined) return;
    this.#wasInterrupted = true;
    this.#send(interruption.name);
    let afterMs = 0;
    for (const next of interruption.then ?? []) {
      afterMs += next.afterMs;
      this.#later(afterMs, () => {
        this.#send(next.name);
      });
    }
  }

  #send(name: NodeJS.Signals): void {
    if (this.#exited !== undefined) return;
    const isFinal = name === 'SIGKILL' || process.platform === 'win32';
    if (this.#options.hasChildren === true && isFinal) killTree(this.#child.pid);
    else this.#child.kill(name);
  }

  /** The process has gone; others may still hold its streams. */
  #onExit(): void {
    this.#exited = performance.now();
    // What a stopped script has started would hold its streams open, and outlive the test.
    if (this.#ownGroup && (this.#wasInterrupted || this.#timedOut)) killTree(this.#child.pid);
    this.#stopTimers();
    this.#later(streamsGraceMs, () => {
      this.#child.stdout.destroy();
      this.#child.stderr.destroy();
    });
  }

  #later(afterMs: number, action: () => void): void {
    this.#timers.add(setTimeout(action, afterMs));
  }

  #stopTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** Kills a process and all that it has started. */
function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') {
      spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { windowsHide: true });
    } else {
      process.kill(-pid, 'SIGKILL');
    }
  } catch {
    // All of them went in the meantime.
  }
}
