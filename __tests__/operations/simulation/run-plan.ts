import type { JobStatus } from '../../../src/operations/job-end-rotation.ts';
import type { Request } from '../../../src/operations/index.ts';
import type { CrashPoint } from './process.ts';

/** What GitHub does with a secret: stores it, refuses it, or its answer is lost. */
export type SecretOutcome = 'stored' | 'refused' | 'stored_unanswered' | 'lost';

/** One run of the action: its main, its job, its job end. */
export interface RunPlan {
  readonly name: string;
  readonly request: Request;
  /** Milliseconds after the plan is handed in. */
  readonly startsAfter?: number;
  /** How far the runner's clock is off, in milliseconds. */
  readonly skewMs?: number;
  /** The budget of main, and of the job end. */
  readonly timeoutMs?: number;
  /** Where main is cut off. */
  readonly crash?: CrashPoint | undefined;
  /** Where the job end is cut off. */
  readonly jobEndCrash?: CrashPoint | undefined;
  /** Whether the outputs can be written. Default true. */
  readonly outputsWritable?: boolean;
  /** What the job does after main, in milliseconds. */
  readonly jobLastsMs?: number;
  /** How the job ends, unless main fails. */
  readonly jobStatus?: JobStatus;
  /** How it ends when main fails or is cut off: with `continue-on-error`, it may succeed. */
  readonly badStatus?: JobStatus;
  /** Whether the job end runs; a runner that vanishes runs none. Default true. */
  readonly hasJobEnd?: boolean;
  readonly secretOutcome?: SecretOutcome;
  /** Whether the event sees the secrets of the repository. Default true. */
  readonly seesSecrets?: boolean;
  /** What exists on GitHub, or does at a moment of virtual time; undefined: it gives no answer. */
  readonly existing?: ReadonlySet<string> | ((now: number) => ReadonlySet<string>);
  /** What is run once this run, if it was cut off or failed, is over. */
  readonly rerun?: RunPlan;
}
