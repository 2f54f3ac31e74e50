/**
 * The local step runner: runs this action, or a workflow that uses it, the way GitHub's runner
 * does, for the end-to-end tests and the demo. It knows nothing of what the action is about.
 */
export { findLeaks, withHeaders, type Leak, type SecretToFind } from './leaks.ts';
export { Masks } from './masks.ts';
export { withoutEntities } from './html.ts';
export { freshFolder } from './fresh-folder.ts';
export { node24Path } from './node24.ts';
export { cancellation, type Interruption, type Moment, type Patience } from './interruption.ts';
export type { WorkflowEvent } from './github-context.ts';
export { type ActionOptions, type JobStatus, runAction } from './run-action.ts';
export type { Annotation, IssuedCommand, Stream } from './step-log.ts';
export type { CancelDuring, StandIn, StepOutcome } from './job-scope.ts';
export type { JobRun } from './job.ts';
export type { Secrets, SecretSource, SecretStore } from './secrets.ts';
export type { StepResult } from './step.ts';
export type { StepRun } from './step-run.ts';
export { whyNotTriggered } from './triggers.ts';
export { type JobFile, parseWorkflow, type StepFile, type WorkflowFile } from './workflow-file.ts';
export { runWorkflow, stepRunsOf, type WorkflowRun } from './workflow.ts';
export type { WorkflowOptions } from './workflow-options.ts';
