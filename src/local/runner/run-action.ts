import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateInputs, projectFolder, readActionFile } from './action-file.ts';
import { machineEnvironment, overlaid, runnerContext, runnerEnvironment } from './environment.ts';
import { makeFiles, readFiles } from './file-commands.ts';
import { githubContext, githubEnvironment, type WorkflowEvent } from './github-context.ts';
import { Masks } from './masks.ts';
import { node24Path } from './node24.ts';
import { type Interruption, runProcess } from './process.ts';
import { StepLog } from './step-log.ts';
import { readTree, type StepRun, stepRun } from './step-run.ts';

/** How a job stands, as `job.status` tells it. */
export type JobStatus = 'success' | 'failure' | 'cancelled';

/** One process run of an action. Everything has a default but the inputs that the action needs. */
export interface ActionOptions {
  /** The folder with the `action.yml`; by default this project. */
  readonly actionFolder?: string;
  /** Which script: the step's own, or the one at the end of the job. */
  readonly phase?: 'main' | 'post';
  /** The step's `with:`, evaluated; an undefined one is not given. */
  readonly inputs?: Readonly<Record<string, string | undefined>>;
  /** For the post script: what the main one has saved. */
  readonly state?: Readonly<Record<string, string>>;
  /** What has started the run; by default a push to `main`. */
  readonly event?: WorkflowEvent;
  /** Entries of the `github` context in place of those that the event gives, by name. */
  readonly github?: Readonly<Record<string, string>>;
  /** For expressions in defaults of inputs. */
  readonly jobStatus?: JobStatus;
  /** For expressions in defaults of inputs. */
  readonly matrix?: Readonly<Record<string, unknown>>;
  /** Laid over the environment at the end; an undefined value takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Debug logging. */
  readonly debug?: boolean;
  /** The job's masks, which grow; by default no value is masked at the start. */
  readonly masks?: Masks;
  /** Signals to send while it runs; see {@link cancellation} for what a cancelled job sends. */
  readonly signal?: Interruption;
  /** Kill the process (SIGKILL) after so many milliseconds. */
  readonly killAfterMs?: number;
  /** Kill the process after so many milliseconds, and throw; by default a minute. */
  readonly timeoutMs?: number;
  /** The working folder; by default a fresh, empty one, removed at the end. */
  readonly workspace?: string;
  /** `RUNNER_TEMP`; by default a fresh one, removed at the end. */
  readonly temp?: string;
  /** The node to run it with; by default a Node 24. */
  readonly node?: string;
  /** What to give to node before the script. */
  readonly nodeArguments?: readonly string[];
}

/**
 * Runs one script of an action as GitHub's runner does: a process of its own with a bare
 * environment, told its inputs by variables, answering by files and by commands on its output.
 *
 * @throws Error when the action cannot be started, or does not end in time (then with its log)
 */
export async function runAction(options: ActionOptions): Promise<StepRun> {
  const own = await mkdtemp(join(tmpdir(), 'step-'));
  try {
    return await runIn(own, options);
  } finally {
    await rm(own, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runIn(own: string, options: ActionOptions): Promise<StepRun> {
  const { phase = 'main', debug = false, masks = new Masks(), jobStatus = 'success' } = options;
  const folder = options.actionFolder ?? projectFolder();
  const action = await readActionFile(folder);
  const script = phase === 'main' ? action.main : action.post;
  if (script === undefined) throw new Error('The action.yml has no runs.post.');
  const workspace = options.workspace ?? join(own, 'workspace');
  const temp = options.temp ?? join(own, 'temp');
  const toolCache = join(own, 'tools');
  for (const made of [workspace, temp, toolCache]) await mkdir(made, { recursive: true });

  const event = options.event ?? { name: 'push', payload: { ref: 'refs/heads/main' } };
  const eventPath = join(own, 'event.json');
  await writeFile(eventPath, JSON.stringify(event.payload ?? {}));
  const files = await makeFiles(join(own, 'files'));
  const github = {
    ...githubContext(event, { action: '__self', job: 'job', workspace, ...options.github }),
    action_path: folder,
    event_path: eventPath,
  };
  const runner = runnerContext({ temp, toolCache }, debug);
  const log = new StepLog({ masks, debug });
  const given = Object.entries(options.inputs ?? {}).filter(
    (input): input is [string, string] => input[1] !== undefined,
  );
  const inputs = evaluateInputs(action, Object.fromEntries(given), {
    github: { ...github, event: event.payload ?? {} },
    strategy: {},
    matrix: options.matrix ?? null,
    job: { status: jobStatus },
    runner,
  });
  if (inputs.unknown.length > 0) {
    const known = action.inputs.map(({ name }) => name).join("', '");
    log.annotate(
      'warning',
      `Unexpected input(s) '${inputs.unknown.join("', '")}', valid inputs are ['${known}']`,
    );
  }

  const end = await runProcess({
    file: options.node ?? node24Path(),
    arguments: [...(options.nodeArguments ?? []), script],
    folder: workspace,
    environment: overlaid(
      machineEnvironment(),
      { CI: 'true', GITHUB_ACTIONS: 'true' },
      prefixed('STATE_', phase === 'post' ? (options.state ?? {}) : {}),
      prefixed('INPUT_', Object.fromEntries(Object.entries(inputs.values).map(inputVariable))),
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
  });
  const told = await readFiles(files, log);
  if (end.timedOut) {
    throw new Error(`The ${phase} script did not end in time. Its log:\n${log.text}`);
  }
  return stepRun({ end, log, told, masks, inputs: inputs.values, temp: await readTree(temp) });
}

function prefixed(
  prefix: string,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
}

function inputVariable([name, value]: readonly [string, string]): readonly [string, string] {
  return [name.replaceAll(' ', '_').toUpperCase(), value];
}
