import { evaluateInputs, projectFolder, readActionFile } from './action-file.ts';
import type { WorkflowEvent } from './github-context.ts';
import { type Heading, writeHeading } from './heading.ts';
import { node24Path } from './node24.ts';
import { inStage, type StageOptions } from './stage.ts';
import type { StepRun } from './step-run.ts';

/** How a job stands, as `job.status` tells it. */
export type JobStatus = 'success' | 'failure' | 'cancelled';

/** One process run of an action. Everything has a default but the inputs that the action needs. */
export interface ActionOptions extends Omit<StageOptions, 'event'> {
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
  /** For expressions in defaults of inputs. */
  readonly jobStatus?: JobStatus;
  /** For expressions in defaults of inputs. */
  readonly matrix?: Readonly<Record<string, unknown>> | undefined;
  /** The node to run it with; by default a Node 24. */
  readonly node?: string;
  /** What to give to node before the script. */
  readonly nodeArguments?: readonly string[];
  /** Starts the log with what the runner writes above the output, as a whole job's log has it. */
  readonly heading?: Heading;
}

const defaultEvent: WorkflowEvent = { name: 'push', payload: { ref: 'refs/heads/main' } };

/**
 * Runs one script of an action as GitHub's runner does: a process of its own with a bare
 * environment, told its inputs by variables, answering by files and by commands on its output.
 *
 * @throws Error when the action cannot be started, or does not end in time (then with its log)
 */
export async function runAction(options: ActionOptions): Promise<StepRun> {
  const { phase = 'main', event = defaultEvent } = options;
  const folder = options.actionFolder ?? projectFolder();
  const action = await readActionFile(folder);
  const script = phase === 'main' ? action.main : action.post;
  if (script === undefined) throw new Error('The action.yml has no runs.post.');
  return inStage(
    { ...options, event, github: { ...options.github, action_path: folder } },
    (stage) => {
      const inputs = evaluateInputs(action, present(options.inputs ?? {}), {
        github: { ...stage.github, event: event.payload ?? {} },
        strategy: {},
        matrix: options.matrix ?? null,
        job: { status: options.jobStatus ?? 'success' },
        runner: stage.runner,
      });
      const { heading } = options;
      if (heading !== undefined && phase === 'main') {
        const mappings = { with: inputs.values, env: heading.env };
        writeHeading(stage.log, { title: heading.title, mappings });
      } else if (heading !== undefined) {
        stage.log.write('Post job cleanup.');
      }
      if (inputs.unknown.length > 0) {
        const known = action.inputs.map(({ name }) => name).join("', '");
        stage.log.annotate(
          'warning',
          `Unexpected input(s) '${inputs.unknown.join("', '")}', valid inputs are ['${known}']`,
        );
      }
      return {
        file: options.node ?? node24Path(),
        arguments: [...(options.nodeArguments ?? []), script],
        environment: {
          ...named(phase === 'post' ? (options.state ?? {}) : {}, (name) => `STATE_${name}`),
          ...named(inputs.values, (name) => `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`),
        },
        inputs: inputs.values,
      };
    },
  );
}

function present(
  values: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const entries = Object.entries(values);
  return Object.fromEntries(entries.filter((e): e is [string, string] => e[1] !== undefined));
}

function named(
  values: Readonly<Record<string, string>>,
  rename: (name: string) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [rename(key), value]));
}
