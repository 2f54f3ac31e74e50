import { readFile } from 'node:fs/promises';
import { evaluated } from './expressions.ts';
import type { JobSettings } from './job-scope.ts';
import type { JobRun } from './job.ts';
import { shellCommand } from './script-step.ts';
import { kindOf } from './step-performance.ts';
import type { StepRun } from './step-run.ts';
import { whyNotTriggered } from './triggers.ts';
import { parseWorkflow, type WorkflowFile } from './workflow-file.ts';
import { runJobs } from './workflow-job.ts';
import type { WorkflowOptions } from './workflow-options.ts';
import { WorkflowScope } from './workflow-scope.ts';

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
 * `run:` steps, actions/checkout (which does nothing), the one action, and stand-ins for others.
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
  const scope = new WorkflowScope(file, options);
  checkSteps(file, scope.settings);
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
function checkSteps(file: WorkflowFile, settings: JobSettings): void {
  for (const job of file.jobs) {
    if (settings.scripts === 'run') shellCommand(job.defaults.shell ?? file.defaults.shell);
    for (const step of job.steps) {
      kindOf(step, settings);
      if (settings.scripts === 'run') shellCommand(step.shell);
    }
  }
}
