import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  machineEnvironment,
  overlaid,
  type RunnerContext,
  runnerContext,
  runnerEnvironment,
} from './environment.ts';
import { freshFolder } from './fresh-folder.ts';
import { makeFiles, readFiles } from './file-commands.ts';
import { githubContext, githubEnvironment, type WorkflowEvent } from './github-context.ts';
import { Masks } from './masks.ts';
import type { Interruption } from './interruption.ts';
import { runProcess } from './process.ts';
import { StepLog } from './step-log.ts';
import { readTree, type StepRun, stepRun } from './step-run.ts';

/** What all processes of steps have in common. */
export interface StageOptions {
  /** What has started the run. */
  readonly event: WorkflowEvent;
  /** Entries of the `github` context in place of those that the event gives, by name. */
  readonly github?: Readonly<Record<string, string>>;
  /** Laid over the environment at the end; an undefined value takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Debug logging. */
  readonly debug?: boolean;
  /** The job's masks, which grow; by default no value is masked at the start. */
  readonly masks?: Masks;
  /** Signals to send while it runs; see {@link cancellation} for what a cancelled job sends. */
  readonly signal?: Interruption | undefined;
  /** Kill the process (SIGKILL) after so many milliseconds. */
  readonly killAfterMs?: number;
  /** Kill the process after so many milliseconds, and throw; by default a minute. */
  readonly timeoutMs?: number;
  /** The working folder; by default a fresh, empty one, removed at the end. */
  readonly workspace?: string;
  /** `RUNNER_TEMP`; by default a fresh one, removed at the end. */
  readonly temp?: string;
  /** `RUNNER_TOOL_CACHE`; by default a fresh one, removed at the end. */
  readonly toolCache?: string;
}

/** What a process can be told of the place in which it runs. */
export interface Stage {
  /** The texts of the `github` context. */
  readonly github: Readonly<Record<string, string>>;
  readonly runner: RunnerContext;
  readonly log: StepLog;
  /** A folder for this process alone. */
  readonly folder: string;
}

/** The process to run on a stage. */
export interface Performance {
  readonly file: string;
  readonly arguments: readonly string[];
  /** Relative to the workspace; by default that itself. */
  readonly folder?: string;
  /** Beside what every step is given. */
  readonly environment: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly hasChildren?: boolean;
}

/**
 * Runs one process with everything that the runner puts around it, and cleans up.
 *
 * @param options what is known beforehand
 * @param prepare what to run, given the place
 * @throws Error when it cannot be started, or does not end in time (then with its log)
 */
export async function inStage(
  options: StageOptions,
  prepare: (stage: Stage) => Performance | Promise<Performance>,
): Promise<StepRun> {
  const own = await freshFolder('step-');
  try {
    return await runIn(own, options, prepare);
  } finally {
    await rm(own, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runIn(
  own: string,
  options: StageOptions,
  prepare: (stage: Stage) => Performance | Promise<Performance>,
): Promise<StepRun> {
  const { event, debug = false, masks = new Masks() } = options;
  const workspace = options.workspace ?? join(own, 'workspace');
  const temp = options.temp ?? join(own, 'temp');
  const toolCache = options.toolCache ?? join(own, 'tools');
  for (const made of [workspace, temp, toolCache]) await mkdir(made, { recursive: true });
  const eventPath = join(own, 'event.json');
  await writeFile(eventPath, JSON.stringify(event.payload ?? {}));
  const files = await makeFiles(join(own, 'files'));

  const given = { action: '__self', job: 'job', workspace, ...options.github };
  const github = { ...githubContext(event, given), event_path: eventPath };
  const runner = runnerContext({ temp, toolCache }, debug);
  const log = new StepLog({ masks, debug });
  const performance = await prepare({ github, runner, log, folder: own });
  const end = await runProcess({
    file: performance.file,
    arguments: performance.arguments,
    folder: join(workspace, performance.folder ?? ''),
    environment: overlaid(
      machineEnvironment(),
      { CI: 'true', GITHUB_ACTIONS: 'true' },
      performance.environment,
      githubEnvironment({ ...github, ...files }),
      runnerEnvironment(runner),
      options.env ?? {},
    ),
    onLine: (stream, line) => {
      log.receive(stream, line);
    },
    interruption: options.signal,
    killAfterMs: options.killAfterMs,
    timeoutMs: options.timeoutMs ?? 60_000,
    hasChildren: performance.hasChildren ?? false,
  });
  const told = await readFiles(files, log);
  if (end.timedOut) {
    throw new Error(`The process of the step did not end in time. Its log:\n${log.text}`);
  }
  return stepRun({ end, log, told, masks, inputs: performance.inputs, temp: await readTree(temp) });
}
