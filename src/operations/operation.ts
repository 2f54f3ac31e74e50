import type { Failure } from '../core/failure.ts';
import type {
  Budget,
  Clock,
  GitHub,
  JobEnd,
  Key,
  Keys,
  Log,
  Owner,
  Random,
  SecretReference,
} from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import type { KeyState, ListedKey } from './inventory.ts';
import type { Proof, Verifier } from './verifier.ts';

/** All that an operation may use of the world. */
export interface Ports {
  readonly keys: Keys;
  readonly github: GitHub;
  readonly jobEnd: JobEnd;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly random: Random;
  readonly log: Log;
  /** Proves that a key works. Nothing is sent anywhere before it is asked. */
  readonly verifier: Pick<Verifier, 'prove'>;
  /** Whether this event sees the secrets of the repository: those of forks and Dependabot do not. */
  readonly seesSecrets: () => boolean;
}

/** What an operation achieved: the step turns it into outputs, a log line and a summary. */
export interface Outcome {
  /** What was done, as a sentence to a person. */
  readonly sentence: string;
  /**
   * The same in a few words that follow the name of what it is about, for a headline:
   * `rotated; the previous key stays active`. Our own words, with nothing from outside.
   */
  readonly gist: string;
  /** Whether a person should look at what the gist says, though nothing failed. */
  readonly needsLook?: boolean;
  /** The one key that it is about, if there is one. */
  readonly key?: KeyFacts;
  /** Undefined when the service does not disclose it, or none was asked for. */
  readonly value?: Secret;
  /** Where the value of the one key is besides, or why it is nowhere; absent where that does not matter. */
  readonly valuePlace?: ValuePlace;
  /** That it works; absent when that was not asked for, or nothing was there to try. */
  readonly proof?: Proof;
  /** Whether this run made the key. */
  readonly created: boolean;
  /** Whether anything is different from before; in a dry run, whether it would be. */
  readonly changed: boolean;
  /** All keys that it is about. */
  readonly keyIds: readonly string[];
  /** What a rotation replaces. */
  readonly previousKeyIds?: readonly string[];
  /** What was read, for the `keys` output; of a list, with what each is. */
  readonly keys?: readonly (Key | ListedKey)[];
  /** Keys for the summary's table, where `keys` are not what the reader wants to see. */
  readonly shown?: readonly KeyFacts[];
  /** What is left to do once the outputs are written. */
  readonly finish?: () => Promise<void>;
  /**
   * Takes back what this run made, when its value could not be handed out.
   *
   * @returns the failure that it was given, with what became of the key
   */
  readonly undo?: (failure: Failure) => Promise<Failure>;
}

/** Where a value is that the output `value` may hold, too. */
export type ValuePlace =
  /** Since when: milliseconds since 1970; this run stored it, or in a dry run would, where that is absent. */
  | { readonly kind: 'secret'; readonly secret: SecretReference; readonly sinceMs?: number }
  /** The rest of a sentence in our own words: `not known, as …`. */
  | { readonly kind: 'unknown'; readonly why: string };

/** What is said of a key. Never its value. */
export interface KeyFacts {
  readonly id: string;
  readonly name: string;
  readonly active?: boolean;
  readonly hashed?: boolean;
  readonly owner?: Owner | undefined;
  /** Undefined or empty when it has none; absent where that is not known. */
  readonly accessPolicy?: string | undefined;
  /** What it is, or what became of it, in words: where there are several. */
  readonly is?: string;
  /** The same as a state, where a list tells. */
  readonly state?: KeyState;
}

/** An operation: a function of what was asked and of the ports. */
export type Operation<Asked> = (request: Asked, ports: Ports) => Promise<Outcome>;
