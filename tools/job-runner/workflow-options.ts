import type { WorkflowEvent } from './github-context.ts';
import type { Patience } from './interruption.ts';
import type { CancelDuring, StandIn } from './job-scope.ts';
import type { SecretSource } from './secrets.ts';

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
  /** What stands for actions of others, by `OWNER/NAME`. */
  readonly standIns?: Readonly<Record<string, StandIn>>;
  /** The repository's files; by default each job has an empty folder. */
  readonly workspace?: string;
  /** A folder with programs that `run:` steps find first. */
  readonly commandFolder?: string;
  /** Whether `run:` steps run, as by default, or are only shown, and count as successes. */
  readonly scripts?: 'run' | 'show';
  /** Told the environment of each job that has one, before its secrets are asked for: GitHub makes it then. */
  readonly onEnvironment?: (name: string) => void;
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
