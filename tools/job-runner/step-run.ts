import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { FileCommands, FileTexts } from './file-commands.ts';
import type { Masks } from './masks.ts';
import type { ProcessEnd } from './process.ts';
import type { Annotation, IssuedCommand, StepLog } from './step-log.ts';

/** What one process of a step did. */
export interface StepRun {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether the runner takes the step for a success: exit code 0, and all it said was understood. */
  readonly succeeded: boolean;
  /** What the process wrote, raw. */
  readonly stdout: string;
  /** What the process wrote, raw. */
  readonly stderr: string;
  /** What a reader of the job's log sees: both streams in the order in which they came, masked. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** The values that the step masked, in order. */
  readonly masks: readonly string[];
  /** All commands that were obeyed, in order. */
  readonly commands: readonly IssuedCommand[];
  /** Commands that no action should give: the withdrawn ones, and those that change the parsing. */
  readonly unexpectedCommands: readonly IssuedCommand[];
  /** As later steps see them, with those of the withdrawn `set-output` command. */
  readonly outputs: Readonly<Record<string, string>>;
  /** As the post script sees it, with that of the withdrawn `save-state` command. */
  readonly state: Readonly<Record<string, string>>;
  /** The job summary as GitHub shows it: masked. */
  readonly summary: string;
  /** Variables for the steps that follow. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folders for the `PATH` of the steps that follow. */
  readonly path: readonly string[];
  /** The runner's files as the process left them, raw. */
  readonly files: FileTexts;
  /** The files in `RUNNER_TEMP` after the run, raw: texts by path, with `/` between folders. */
  readonly temp: Readonly<Record<string, string>>;
  /** The inputs that it was given, with the defaults. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly wallMs: number;
  /** Milliseconds from the last byte of output to the exit. */
  readonly exitedAfterLastOutputMs: number;
  /** Whether the moment of the signal came. */
  readonly wasInterrupted: boolean;
}

/** Puts together what is known of a process that has ended. */
export function stepRun(parts: {
  readonly end: ProcessEnd;
  readonly log: StepLog;
  readonly told: FileCommands;
  readonly masks: Masks;
  readonly inputs: Readonly<Record<string, string>>;
  readonly temp: Readonly<Record<string, string>>;
}): StepRun {
  const { end, log, told, masks, inputs, temp } = parts;
  return {
    exitCode: end.exitCode,
    signal: end.signal,
    succeeded: end.exitCode === 0 && !log.hasFailed,
    stdout: end.stdout,
    stderr: end.stderr,
    log: log.text,
    annotations: log.annotations,
    masks: log.commands
      .filter(({ name }) => name.toLowerCase() === 'add-mask')
      .map(({ text }) => text),
    commands: log.commands,
    unexpectedCommands: log.unexpectedCommands,
    outputs: { ...log.outputs, ...told.outputs },
    state: { ...log.state, ...told.state },
    summary: masks.hide(told.summary),
    environment: told.environment,
    path: told.path,
    files: told.texts,
    temp,
    inputs,
    wallMs: end.wallMs,
    exitedAfterLastOutputMs: end.exitedAfterLastOutputMs,
    wasInterrupted: end.wasInterrupted,
  };
}

/** The texts of all files under a folder, by path relative to it. */
export async function readTree(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(folder, path).replaceAll('\\', '/');
      return [name, await readFile(path, 'utf8')] as const;
    });
  return Object.fromEntries(await Promise.all(files));
}
