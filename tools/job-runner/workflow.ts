import { readFile } from 'node:fs/promises';
import type { WorkflowEvent } from './github-context.ts';
import type { CancelDuring } from './job-scope.ts';
import type { JobRun } from './job.ts';
import type { Patience } from './interruption.ts';
import { shellCommand } from './script-step.ts';
import type { SecretSource } from './secrets.ts';
import { kindOf } from './step-performance.ts';
import type { StepRun } from './step-run.ts';
import { whyNotTriggered } from './triggers.ts';
import { parseWorkflow, type WorkflowFile } from './workflow-file.ts';
import { evaluated, runJobs } from './workflow-job.ts';
import { WorkflowScope } from './workflow-scope.ts';

/** A workflow to run, and what GitHub would know. */
export interface WorkflowOptions {
  readonly workflow: { readonly text: string } | { readonly file: string };
  readonly event: WorkflowEvent;
  /** Entries of the `github` context in place of those that the event gives, by name. */
  readonly github?: Readonly<Record<string, string>>;
  readonly secrets?: SecretSource;
  readonly vars?: Readonly<Record<string, string>>;
  /** `github.token`; by default one that opens nothing. */
  readonly token?: string;
  /** The folder with the `action.yml`; by default this project. */
  readonly actionFolder?: string;
  /** `OWNER/NAME` or `OWNER/NAME@ref` that stands for the action, beside `./`. */
  readonly actionReference?: string;
  /** The repository's files; by default each job has an empty folder. */
  readonly workspace?: string;
  /** A folder with programs that `run:` steps find first. */
  readonly commandFolder?: string;
  /** Laid over the environment of every process; an undefined value takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Debug logging. */
  readonly debug?: boolean;
  /** Throw when a single process takes longer; by default a minute. */
  readonly stepTimeoutMs?: number;
  readonly cancelDuring?: CancelDuring;
  /** How long a step that is cancelled, or has run out of time, is waited for. */
  readonly patience?: Patience;
}

/** How a workflow went. */
export type WorkflowRun =
  | {
      readonly triggered: false;
      /** Why the event does not start it. */
      readonly reason: string;
    }
  | {
      readonly triggered: true;
      readonly name: string;
      readonly result: 'success' | 'failure' | 'cancelled';
      /** As written. */
      readonly permissions: unknown;
      /** As written, evaluated. */
      readonly concurrency: unknown;
      /** In the order in which they ran; a job with a matrix once for each combination. */
      readonly jobs: readonly JobRun[];
    };

/**
 * Runs a workflow for an event, as GitHub would, one job after another on this machine. It knows
 * `run:` steps, actions/checkout (which does nothing) and the one action.
 *
 * @throws Error when the workflow is malformed, or holds what is not modelled
 */
export async function runWorkflow(options: WorkflowOptions): Promise<WorkflowRun> {
  const { workflow } = options;
  const file = parseWorkflow(
    'text' in workflow ? workflow.text : await readFile(workflow.file, 'utf8'),
  );
  const reason = whyNotTriggered(file.on, options.event);
  if (reason !== undefined) return { triggered: false, reason };
  checkSteps(file, options.actionReference);
  const scope = new WorkflowScope(file, options);
  const jobs: JobRun[] = [];
  for (const job of scope.jobsInOrder()) {
    const runs = await runJobs(scope, job);
    scope.finish(job, runs);
    jobs.push(...runs);
  }
  const hasFailed = jobs.some(({ result }) => result === 'failure');
  return {
    triggered: true,
    name: file.name,
    result: scope.isCancelled ? 'cancelled' : hasFailed ? 'failure' : 'success',
    permissions: file.permissions,
    concurrency: evaluated(file.concurrency, scope.contexts),
    jobs,
  };
}

/** All processes of a workflow's steps, in the order in which they ran: for a search for leaks. */
export function stepRunsOf(run: WorkflowRun): readonly StepRun[] {
  if (!run.triggered) return [];
  return run.jobs.flatMap(({ steps }) => steps.flatMap((step) => step.run ?? []));
}

/** Finds out before the first job whether there is a step that cannot be run. */
function checkSteps(file: WorkflowFile, reference: string | undefined): void {
  for (const job of file.jobs) {
    shellCommand(job.defaults.shell ?? file.defaults.shell);
    for (const step of job.steps) {
      kindOf(step, reference);
      shellCommand(step.shell);
    }
  }
}
