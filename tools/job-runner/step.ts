import { ExpressionMistake, fillIn, holds, valueOf } from './expressions.ts';
import { type JobScope, statusFunctions, type StepOutcome } from './job-scope.ts';
import { type Annotation, StepLog } from './step-log.ts';
import { type Performed, performStep, type PostScript, titleOf } from './step-performance.ts';
import type { StepRun } from './step-run.ts';
import type { StepFile } from './workflow-file.ts';

/** How a step of a job went. */
export interface StepResult {
  readonly id: string | undefined;
  readonly name: string;
  readonly phase: 'main' | 'post';
  /** How it ended. */
  readonly outcome: StepOutcome;
  /** The same, but `success` for a failure with `continue-on-error`. */
  readonly conclusion: StepOutcome;
  readonly outputs: Readonly<Record<string, string>>;
  /** The job summary as GitHub shows it. */
  readonly summary: string;
  /** Its part of the job's log, masked. */
  readonly log: string;
  readonly annotations: readonly Annotation[];
  /** The process; undefined when none was started. */
  readonly run: StepRun | undefined;
}

/**
 * Runs one step of a job, or the post script of one, and tells the job what came of it.
 *
 * @param scope the job
 * @param step  the step
 * @param post  for the post script: when it runs, and the state of the main one
 * @throws Error when the step runner itself cannot go on, or a process does not end in time
 */
export async function runStep(
  scope: JobScope,
  step: StepFile,
  post?: PostScript,
): Promise<StepResult> {
  const { masks, settings } = scope.parts;
  const log = new StepLog({ masks, debug: settings.debug });
  let name = step.name ?? titleOf(step);
  let performed: Performed = { outcome: 'failure', run: undefined, outputs: {} };
  let mayFail = false;
  try {
    const env = scope.stepEnvironment(step);
    const condition = post === undefined ? step.if : post.condition;
    const contexts = scope.contexts(env);
    mayFail = String(valueOf(step.continueOnError, contexts)) === 'true';
    if (holds(condition, scope.conditionContexts(env), statusFunctions(scope.status))) {
      name = fillIn(name, contexts);
      performed = await performStep({ scope, step, post, env, condition, log });
    } else {
      performed = { ...performed, outcome: 'skipped' };
    }
  } catch (error) {
    if (!(error instanceof ExpressionMistake)) throw error;
    log.fail(error.message);
  }
  const { outcome, run, outputs } = performed;
  const conclusion = outcome === 'failure' && mayFail ? 'success' : outcome;
  if (conclusion === 'failure') scope.fail();
  if (step.id !== undefined && post === undefined) {
    scope.steps[step.id] = { outputs, outcome, conclusion };
  }
  return {
    id: step.id,
    name: post === undefined ? name : `Post ${name}`,
    phase: post === undefined ? 'main' : 'post',
    outcome,
    conclusion,
    outputs,
    summary: run?.summary ?? '',
    log: (run?.log ?? '') + log.text,
    annotations: [...(run?.annotations ?? []), ...log.annotations],
    run,
  };
}
