import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { machineEnvironment } from './environment.ts';
import { type Heading, writeHeading } from './heading.ts';
import { inStage, type StageOptions } from './stage.ts';
import type { StepRun } from './step-run.ts';

/** A `run:` step, evaluated. */
export interface ScriptOptions extends StageOptions {
  readonly script: string;
  /** `bash`, `sh`, or undefined for the default. */
  readonly shell: string | undefined;
  /** Relative to the workspace. */
  readonly workingDirectory: string | undefined;
  readonly heading: Heading;
}

/**
 * How the runner calls a shell (actions/runner, ScriptHandlerHelpers.cs). The default is bash on
 * every system here, although GitHub's is PowerShell on Windows: examples are written for bash.
 *
 * @throws Error for a shell that is not modelled
 */
export function shellCommand(shell: string | undefined): readonly [string, ...string[]] {
  switch (shell) {
    case undefined:
      return ['bash', '-e'];
    case 'bash':
      return ['bash', '--noprofile', '--norc', '-eo', 'pipefail'];
    case 'sh':
      return ['sh', '-e'];
    default:
      throw new Error(`The shell "${shell}" is not modelled: use bash or sh.`);
  }
}

/**
 * Runs the script of a `run:` step.
 *
 * @throws Error when the shell cannot be started, or does not end in time
 */
export async function runScript(options: ScriptOptions): Promise<StepRun> {
  const [shell, ...shellArguments] = shellCommand(options.shell);
  return inStage(options, async (stage) => {
    writeHeading(stage.log, {
      title: options.heading.title,
      lines: [
        ...options.script.trimEnd().split('\n'),
        `shell: ${shell} ${shellArguments.join(' ')}`,
      ],
      mappings: { env: options.heading.env },
    });
    const path = join(stage.folder, `${randomUUID()}.sh`);
    await writeFile(path, `${options.script}\n`);
    return {
      file: shellPath(shell),
      // A bash of Windows takes a path with slashes, and a backslash for an escape.
      arguments: [...shellArguments, path.replaceAll('\\', '/')],
      ...(options.workingDirectory === undefined ? {} : { folder: options.workingDirectory }),
      environment: {},
      inputs: {},
      hasChildren: true,
    };
  });
}

/** Where a shell is: on Windows not the one of its Linux subsystem, which sees other paths. */
export function shellPath(shell: string): string {
  if (process.platform !== 'win32') return shell;
  const { PATH, Path = PATH, SystemRoot = '' } = machineEnvironment();
  const found = (Path ?? '')
    .split(delimiter)
    .filter((folder) => !folder.toLowerCase().startsWith(SystemRoot.toLowerCase()))
    .map((folder) => join(folder, `${shell}.exe`))
    .find((path) => existsSync(path));
  return found ?? shell;
}

/**
 * The `PATH` for a step.
 *
 * @param first  a folder before all others
 * @param folders what steps have added; the last one comes first
 */
export function searchPath(
  first: string | undefined,
  folders: readonly string[],
): Readonly<Record<string, string>> {
  const machine = machineEnvironment();
  const own = machine['PATH'] ?? machine['Path'] ?? '';
  const before = first === undefined ? [] : [first];
  return { PATH: [...before, ...folders.toReversed(), own].join(delimiter) };
}
