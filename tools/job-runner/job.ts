import { readActionFile } from './action-file.ts';
import { ExpressionMistake, fillIn, fillInAll } from './expressions.ts';
import { JobScope, type JobParts } from './job-scope.ts';
import type { Combination } from './matrix.ts';
import { type Annotation, StepLog } from './step-log.ts';
import { kindOf } from './step-performance.ts';
import { runStep, type StepResult } from './step.ts';
import type { JobFile, StepFile } from './workflow-file.ts';

/** How a job ended. */
export type JobOutcome = 'success' | 'failure' | 'cancelled' | 'skipped';

/** How a job went. */
export interface JobRun {
  readonly id: string;
  /** As GitHub shows it, with its combination of the matrix. */
  readonly name: string;
  readonly matrix: Combination;
  readonly result: JobOutcome;
  /** The environment that it named, and its address. */
  readonly environment: { readonly name: string; readonly url: string } | undefined;
  /** As written. */
  readonly permissions: unknown;
  /** As written, evaluated. */
  readonly concurrency: unknown;
  /** Without those that held a secret. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Steps in their order, then the post scripts in theirs. */
  readonly steps: readonly StepResult[];
  /** The whole job's, masked. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
}

/** A job's steps and what it leaves. */
export type RanJob = Pick<
  JobRun,
  'result' | 'environment' | 'outputs' | 'steps' | 'log' | 'annotations'
>;

/**
 * Runs a job: its steps, then their post scripts in reverse order, however the steps went.
 *
 * @param job         the job
 * @param parts       what it knows at the start
 * @param workflowEnv the workflow's own `env`, evaluated
 * @param environment the name of its environment, evaluated
 * @throws Error when the step runner itself cannot go on
 */
export async function runJob(
  job: JobFile,
  parts: JobParts,
  workflowEnv: Readonly<Record<string, string>>,
  environment: string | undefined,
): Promise<RanJob> {
  const { settings, masks } = parts;
  const scope = new JobScope(parts);
  const log = new StepLog({ masks, debug: settings.debug });
  const steps: StepResult[] = [];
  const contexts = Object.fromEntries(
    Object.entries(scope.contexts()).filter(([name]) =>
      ['github', 'needs', 'strategy', 'matrix', 'vars', 'secrets', 'inputs'].includes(name),
    ),
  );
  Object.assign(scope.environment, workflowEnv, fillInAll(job.env, contexts));

  const posts: { readonly step: StepFile; readonly main: StepResult }[] = [];
  for (const step of job.steps) {
    const main = await runStep(scope, step);
    steps.push(main);
    const isStarted = main.outcome !== 'skipped' && (step.uses !== './' || scope.isCheckedOut);
    if (isStarted && kindOf(step, settings) === 'action') {
      posts.unshift({ step, main });
    }
  }
  const action = posts.length === 0 ? undefined : await readActionFile(settings.actionFolder);
  if (action?.post !== undefined) {
    for (const { step, main } of posts) {
      const post = { condition: action.postIf, state: main.run?.state ?? {} };
      steps.push(await runStep(scope, step, post));
    }
  }

  const left = leaveJob(scope, job, log);
  return {
    result: scope.status,
    environment:
      environment === undefined ? undefined : { name: environment, url: left.environmentUrl },
    outputs: left.outputs,
    steps,
    log: steps.map((step) => step.log).join('') + log.text,
    annotations: [...steps.flatMap((step) => step.annotations), ...log.annotations],
  };
}

/** Evaluates what is known of a job when it has ended, and drops what holds a secret. */
function leaveJob(
  scope: JobScope,
  job: JobFile,
  log: StepLog,
): { readonly outputs: Readonly<Record<string, string>>; readonly environmentUrl: string } {
  const { masks } = scope.parts;
  const holdsSecret = (text: string): boolean => masks.hide(text) !== text;
  const outputs: Record<string, string> = {};
  try {
    for (const [name, value] of Object.entries(fillInAll(job.outputs, scope.contexts()))) {
      if (value === '') continue;
      if (holdsSecret(value)) {
        log.annotate('warning', `Skip output '${name}' since it may contain secret.`);
        continue;
      }
      outputs[name] = value;
    }
    const url = fillIn(job.environment?.url ?? '', scope.contexts());
    if (!holdsSecret(url)) return { outputs, environmentUrl: url };
    log.annotate('warning', 'Skip setting environment url as environment may contain secret.');
  } catch (error) {
    if (!(error instanceof ExpressionMistake)) throw error;
    log.fail(error.message);
    scope.fail();
  }
  return { outputs, environmentUrl: '' };
}
