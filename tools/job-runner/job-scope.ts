import type { RunnerContext } from './environment.ts';
import { type Contexts, fillInAll, type StatusFunctions } from './expressions.ts';
import type { WorkflowEvent } from './github-context.ts';
import type { Masks } from './masks.ts';
import type { Combination } from './matrix.ts';
import type { Moment, Patience } from './interruption.ts';
import type { JobStatus } from './run-action.ts';
import type { Secrets } from './secrets.ts';
import type { StepRun } from './step-run.ts';
import type { RunDefaults, StepFile } from './workflow-file.ts';

/** Cancels the run in the middle of a step. */
export interface CancelDuring {
  /** The id of the step. */
  readonly step: string;
  /** The id of its job, where several have such a step. */
  readonly job?: string;
  readonly when: Moment;
}

/** What stands for an action of others, which the step runner cannot run. */
export interface StandIn {
  readonly outputs: Readonly<Record<string, string>>;
  /** The outputs that the real one masks. */
  readonly masked?: readonly string[];
}

/** What a workflow's caller decides for all its jobs. */
export interface JobSettings {
  readonly actionFolder: string;
  /** `OWNER/NAME`, with or without `@ref`, that stands for the action beside `./`. */
  readonly actionReference: string | undefined;
  /** What stands for actions of others, by `OWNER/NAME`. */
  readonly standIns: Readonly<Record<string, StandIn>>;
  readonly workspace: string | undefined;
  /** A folder that comes first on the `PATH` of `run:` steps. */
  readonly commandFolder: string | undefined;
  /** Whether `run:` steps run, or are only shown. */
  readonly scripts: 'run' | 'show';
  /** Laid over the environment of every process; an undefined value takes a variable away. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly debug: boolean;
  readonly stepTimeoutMs: number;
  readonly cancelDuring: CancelDuring | undefined;
  readonly patience: Patience;
}

/** How a step that has an id is seen by later ones. */
export interface StepContext {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: StepOutcome;
  readonly conclusion: StepOutcome;
}

/** How a step ended. */
export type StepOutcome = 'success' | 'failure' | 'cancelled' | 'skipped';

/** What a running job knows at the start. */
export interface JobParts {
  readonly id: string;
  readonly settings: JobSettings;
  readonly event: WorkflowEvent;
  /** Texts of the `github` context, with the token. */
  readonly github: Readonly<Record<string, string>>;
  readonly needs: Contexts;
  readonly vars: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secrets: Secrets;
  readonly matrix: Combination;
  readonly masks: Masks;
  readonly workspace: string;
  readonly runner: RunnerContext;
  readonly defaults: RunDefaults;
  /** When the job's time is over. */
  readonly deadline: Promise<unknown> | undefined;
}

/** A job while it runs: what its steps see, and what they change. */
export class JobScope {
  readonly parts: JobParts;
  /** Variables for all steps: the job's own, and those that steps have set. */
  readonly environment: Record<string, string> = {};
  /** Folders that steps have put on the path; the last one comes first. */
  readonly path: string[] = [];
  readonly steps: Record<string, StepContext> = {};
  /** Whether the repository's files are there, without which `uses: ./` finds nothing. */
  isCheckedOut = false;
  #status: JobStatus = 'success';

  /** @param parts what it knows at the start */
  constructor(parts: JobParts) {
    this.parts = parts;
    void parts.deadline?.then(() => {
      this.cancel();
    });
  }

  get status(): JobStatus {
    return this.#status;
  }

  /** Notes that a step has failed; a cancelled job stays cancelled. */
  fail(): void {
    if (this.#status === 'success') this.#status = 'failure';
  }

  cancel(): void {
    this.#status = 'cancelled';
  }

  /** What the expressions of a step can name, given the step's environment. */
  contexts(env: Readonly<Record<string, string>> = this.environment): Contexts {
    const { parts } = this;
    return {
      github: { ...parts.github, event: parts.event.payload ?? {} },
      env,
      vars: parts.vars,
      job: { status: this.#status },
      steps: this.steps,
      runner: parts.runner,
      secrets: parts.secrets,
      strategy: {},
      matrix: parts.matrix,
      needs: parts.needs,
      inputs: parts.inputs,
    };
  }

  /**
   * The variables of a step, its own over those of the job.
   *
   * @throws ExpressionMistake
   */
  stepEnvironment(step: StepFile): Readonly<Record<string, string>> {
    return { ...this.environment, ...fillInAll(step.env, this.contexts()) };
  }

  /** Takes over what a process has told for the steps that follow. */
  learn(run: StepRun): void {
    Object.assign(this.environment, run.environment);
    for (const folder of run.path) {
      const known = this.path.indexOf(folder);
      if (known >= 0) this.path.splice(known, 1);
      this.path.push(folder);
    }
  }

  /** What an `if:` of a step can name: all but the secrets, as on GitHub. */
  conditionContexts(env: Readonly<Record<string, string>>): Contexts {
    return Object.fromEntries(
      Object.entries(this.contexts(env)).filter(([name]) => name !== 'secrets'),
    );
  }
}

/** What the functions `success()`, `failure()`, `cancelled()` answer in a step's `if:`. */
export function statusFunctions(status: JobStatus): StatusFunctions {
  return {
    success: status === 'success',
    failure: status === 'failure',
    cancelled: status === 'cancelled',
  };
}
