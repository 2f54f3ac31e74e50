import type { Failure } from '../../../src/core/failure.ts';
import type { JobEndPlan } from '../../../src/core/ports.ts';
import type { Secret } from '../../../src/core/secret.ts';
import type { Outcome } from '../../../src/operations/operation.ts';
import type { RunPlan } from './run-plan.ts';

/** What a run told. */
export interface Report {
  readonly plan: RunPlan;
  readonly startedAt: number;
  ending: 'none' | 'done' | 'failed' | 'crashed';
  outcome: Outcome | undefined;
  /** When its outputs were written; undefined: never. */
  deliveredAt: number | undefined;
  failure: Failure | undefined;
  readonly warnings: string[];
  readonly infos: string[];
  readonly notices: string[];
  /** Titles of what is folded in the log. */
  readonly groups: string[];
  /** What main wrote down last for the job end. */
  jobEndPlan: JobEndPlan | undefined;
  /** What the GitHub secret holds by the end. */
  secret: Secret | undefined;
  /** What the job end told. */
  jobEndSentences: readonly string[] | undefined;
  jobEndFailure: Failure | undefined;
}
