import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runnerContext } from './environment.ts';
import { freshFolder } from './fresh-folder.ts';
import { type Contexts, evaluated, fillIn, holds } from './expressions.ts';
import { type JobOutcome, type JobRun, type RanJob, runJob } from './job.ts';
import { Masks } from './masks.ts';
import { type Combination, combinations } from './matrix.ts';
import { environmentSecrets } from './secrets.ts';
import type { JobFile } from './workflow-file.ts';
import type { WorkflowScope } from './workflow-scope.ts';

/**
 * Runs a job of a workflow: once, or for each combination of its matrix, one after another.
 *
 * @returns one entry for each run; for a job whose `if:` does not hold one that was skipped
 * @throws ExpressionMistake when the job's own settings cannot be evaluated
 */
export async function runJobs(scope: WorkflowScope, job: JobFile): Promise<readonly JobRun[]> {
  const contexts = scope.contextsOf(job);
  if (!holds(job.if, contexts, scope.statusFor(job))) {
    return [notRun(job, null, 'skipped')];
  }
  const runs: JobRun[] = [];
  for (const matrix of combinations(job.matrix, contexts)) {
    const hasFailed = runs.some(({ result }) => result === 'failure');
    const isCancelled = runs.some(({ result }) => result === 'cancelled');
    const isStopped = isCancelled || (hasFailed && job.failFast);
    runs.push(isStopped ? notRun(job, matrix, 'cancelled') : await runOne(scope, job, matrix));
  }
  return runs;
}

async function runOne(scope: WorkflowScope, job: JobFile, matrix: Combination): Promise<JobRun> {
  const { options, settings } = scope;
  const contexts: Contexts = { ...scope.contextsOf(job), matrix, strategy: {} };
  const environment =
    job.environment === undefined ? undefined : fillIn(job.environment.name, contexts);
  // "Running a workflow that references an environment that does not exist will create an environment
  // with the referenced name": https://docs.github.com/en/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments
  if (environment !== undefined) options.onEnvironment?.(environment);
  // An environment's secrets are those of this moment: a job before may have stored one.
  const own =
    environment === undefined ? {} : environmentSecrets(options.secrets ?? {}, environment);
  const secrets = { ...scope.secrets, ...own };
  const folder = await freshFolder('job-');
  const clock = startClock(job.timeoutMinutes, contexts);
  try {
    const temp = join(folder, 'temp');
    const workspace = settings.workspace ?? join(folder, 'workspace');
    for (const made of [temp, workspace]) await mkdir(made, { recursive: true });
    const parts = {
      id: job.id,
      settings,
      event: options.event,
      github: { ...scope.github, job: job.id, workspace },
      needs: scope.needsOf(job),
      vars: options.vars ?? {},
      inputs: scope.inputs,
      secrets,
      matrix,
      masks: new Masks(Object.values(secrets)),
      workspace,
      runner: runnerContext({ temp, toolCache: join(folder, 'tools') }, settings.debug),
      defaults: {
        shell: job.defaults.shell ?? scope.file.defaults.shell,
        workingDirectory: job.defaults.workingDirectory ?? scope.file.defaults.workingDirectory,
      },
      deadline: clock.deadline,
    };
    const ran = await runJob(job, parts, scope.env, environment);
    return described(job, matrix, ran, contexts);
  } finally {
    clock.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function described(job: JobFile, matrix: Combination, ran: RanJob, contexts: Contexts): JobRun {
  return {
    id: job.id,
    name: job.name === undefined ? nameOf(job, matrix) : fillIn(job.name, contexts),
    matrix,
    permissions: job.permissions,
    concurrency: evaluated(job.concurrency, contexts),
    ...ran,
  };
}

function notRun(job: JobFile, matrix: Combination, result: JobOutcome): JobRun {
  return {
    id: job.id,
    name: nameOf(job, matrix),
    matrix,
    result,
    environment: undefined,
    permissions: job.permissions,
    concurrency: job.concurrency,
    outputs: {},
    steps: [],
    log: '',
    annotations: [],
  };
}

function nameOf(job: JobFile, matrix: Combination): string {
  return matrix === null ? job.id : `${job.id} (${Object.values(matrix).join(', ')})`;
}

function startClock(
  minutes: string | undefined,
  contexts: Contexts,
): { readonly deadline: Promise<unknown> | undefined; readonly stop: () => void } {
  if (minutes === undefined) return { deadline: undefined, stop: () => undefined };
  const milliseconds = Number(fillIn(minutes, contexts)) * 60_000;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  return {
    deadline,
    stop: () => {
      clearTimeout(timer);
    },
  };
}
