import { randomUUID } from 'node:crypto';
import { projectFolder } from './action-file.ts';
import { dispatchInputs } from './dispatch-inputs.ts';
import { type Contexts, fillInAll, type StatusFunctions } from './expressions.ts';
import { githubContext } from './github-context.ts';
import type { JobSettings } from './job-scope.ts';
import type { JobOutcome, JobRun } from './job.ts';
import { repositorySecrets, type Secrets } from './secrets.ts';
import type { JobFile, WorkflowFile } from './workflow-file.ts';
import type { WorkflowOptions } from './workflow-options.ts';

/** How all runs of one job went together, as later jobs see it. */
interface JobSummary {
  readonly result: JobOutcome;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A workflow while it runs: what its jobs see. */
export class WorkflowScope {
  readonly file: WorkflowFile;
  readonly options: WorkflowOptions;
  readonly settings: JobSettings;
  /** The texts of the `github` context, with the token. */
  readonly github: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The repository's, as they were when the run was queued. */
  readonly secrets: Secrets;
  readonly env: Readonly<Record<string, string>>;
  readonly #jobs = new Map<string, JobSummary>();

  /** @throws ExpressionMistake when the workflow's `env` cannot be evaluated */
  constructor(file: WorkflowFile, options: WorkflowOptions) {
    this.file = file;
    this.options = options;
    this.settings = {
      actionFolder: options.actionFolder ?? projectFolder(),
      actionReference: options.actionReference,
      standIns: options.standIns ?? {},
      workspace: options.workspace,
      commandFolder: options.commandFolder,
      scripts: options.scripts ?? 'run',
      env: options.env ?? {},
      debug: options.debug ?? false,
      stepTimeoutMs: options.stepTimeoutMs ?? 60_000,
      cancelDuring: options.cancelDuring,
      patience: options.patience ?? {},
    };
    const token = options.token ?? `ghs_${randomUUID().replaceAll('-', '')}`;
    const named = file.name === '' ? {} : { workflow: file.name };
    this.github = { ...githubContext(options.event, { ...named, ...options.github }), token };
    this.inputs = dispatchInputs(file.on, options.event);
    this.secrets = { ...repositorySecrets(options.secrets ?? {}), GITHUB_TOKEN: token };
    this.env = fillInAll(file.env, {
      github: this.#githubContext(),
      secrets: this.secrets,
      inputs: this.inputs,
      vars: options.vars ?? {},
    });
  }

  /** Whether the run was cancelled, which is known when a job was. */
  get isCancelled(): boolean {
    return [...this.#jobs.values()].some(({ result }) => result === 'cancelled');
  }

  /** Jobs in an order in which each comes after those that it needs. */
  *jobsInOrder(): Generator<JobFile, void, undefined> {
    const waiting = [...this.file.jobs];
    while (waiting.length > 0) {
      const at = waiting.findIndex(({ needs }) => needs.every((id) => this.#jobs.has(id)));
      const [job] = at < 0 ? [] : waiting.splice(at, 1);
      if (job === undefined) {
        throw new Error(`Jobs need each other: ${waiting.map(({ id }) => id).join(', ')}.`);
      }
      yield job;
    }
  }

  /** Notes how the runs of a job went. */
  finish(job: JobFile, runs: readonly JobRun[]): void {
    const results = runs.map(({ result }) => result);
    const worst = (['failure', 'cancelled', 'success'] as const).find((r) => results.includes(r));
    const outputs = Object.assign({}, ...runs.map((run) => run.outputs)) as JobSummary['outputs'];
    this.#jobs.set(job.id, { result: worst ?? 'skipped', outputs });
  }

  /** The `needs` context of a job. */
  needsOf(job: JobFile): Contexts {
    return Object.fromEntries(job.needs.map((id) => [id, this.#jobs.get(id)]));
  }

  /** What a job's own settings can name; its `if:` nothing more. */
  contextsOf(job: JobFile): Contexts {
    return {
      github: this.#githubContext(),
      needs: this.needsOf(job),
      vars: this.options.vars ?? {},
      inputs: this.inputs,
    };
  }

  /** What `concurrency` of the workflow can name. */
  get contexts(): Contexts {
    return {
      github: this.#githubContext(),
      inputs: this.inputs,
      vars: this.options.vars ?? {},
    };
  }

  /** What the status functions answer in a job's `if:`. */
  statusFor(job: JobFile): StatusFunctions {
    const resultOf = (id: string): JobOutcome | undefined => this.#jobs.get(id)?.result;
    return {
      success: !this.isCancelled && job.needs.every((id) => resultOf(id) === 'success'),
      failure: this.#ancestors(job).some((id) => resultOf(id) === 'failure'),
      cancelled: this.isCancelled,
    };
  }

  #ancestors(job: JobFile): readonly string[] {
    const above = this.file.jobs.filter(({ id }) => job.needs.includes(id));
    return [...job.needs, ...above.flatMap((one) => this.#ancestors(one))];
  }

  #githubContext(): unknown {
    return { ...this.github, event: this.options.event.payload ?? {} };
  }
}
