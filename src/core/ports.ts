import type { Failure } from './failure.ts';
import type { Secret } from './secret.ts';

/**
 * What an operation may use of the world. Each port is a small interface, handed in, so that an
 * operation runs the same against the service, the emulator's store in virtual time, or nothing.
 */

/** A Send-Your-Data key, as reads return it. */
export interface Key {
  /** The service's UUID of the key. */
  readonly id: string;
  /** Any text; not unique. */
  readonly name: string;
  readonly active: boolean;
  readonly hashed: boolean;
  readonly owner: Owner | undefined;
  readonly presets: readonly Preset[];
  /** Permissions given one by one, besides those of the presets. */
  readonly permissions: readonly string[];
  /** JSON text: who may view or manage the key. Undefined or empty when there is no policy. */
  readonly accessPolicy: string | undefined;
  /** Undefined when the service does not disclose it. Already masked. */
  readonly value: Secret | undefined;
}

/** Who owns a key: one of the three kinds that the service knows. */
export type Owner =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'team'; readonly teamId: number }
  | { readonly kind: 'organisation'; readonly organisationId: string };

/** A predefined group of permissions. */
export interface Preset {
  readonly name: string;
  readonly permissions: readonly string[];
}

/** What a key may do, as a request says it: with the names of presets alone. */
export interface KeyPermissions {
  /** Names of predefined groups of permissions. */
  readonly presets: readonly string[];
  /** Permissions given one by one, besides those of the presets. */
  readonly permissions: readonly string[];
}

/** What to make: an active key. */
export interface NewKey {
  readonly name: string;
  readonly teamId: number;
  readonly hashed: boolean;
  /** The preset `SendData` and nothing else, when absent. */
  readonly keyPermissions?: KeyPermissions;
  /** JSON text: who may view or manage the key. None when absent. */
  readonly accessPolicy?: string;
}

/** A key that was just made. */
export interface CreatedKey {
  readonly id: string;
  readonly name: string;
  /** The only dependable disclosure of the value. Already masked. */
  readonly value: Secret;
}

/** What to change of a key; what is absent stays. */
export interface KeyChange {
  readonly newName?: string;
  readonly active?: boolean;
  /** JSON text: who may view or manage the key. An empty text removes the policy that is there. */
  readonly accessPolicy?: string;
}

/** The service's keys. Every method throws a `Failure` and nothing else. */
export interface Keys {
  /**
   * Makes a key. Sent again only if it surely made none, as it never left or was told to wait: a lost
   * answer throws `outcome_unknown`.
   */
  create(key: NewKey): Promise<CreatedKey>;
  /** Reads one key; `not_found` when there is none. */
  get(id: string): Promise<Key>;
  /** Reads all Send-Your-Data keys that the caller owns, active or not. */
  list(): Promise<readonly Key[]>;
  /** Changes a key; `not_found` when there is none. */
  update(id: string, change: KeyChange): Promise<void>;
  /**
   * Deletes a key for good. `gone`: the service says that there is none. `maybe_deleted`: it says so
   * after an attempt whose answer was lost, which may have deleted it, or have missed it as well.
   */
  delete(id: string): Promise<'deleted' | 'gone' | 'maybe_deleted'>;
}

/** What the ingestion says to an export without records. */
export type IngestionAnswer =
  /** As it does with a key that works; `remark` is what it says besides: text from outside. */
  | { readonly kind: 'accepted'; readonly remark?: string }
  /** It does not know the key: not yet, or not any more, or not in this region. */
  | { readonly kind: 'unknown_key'; readonly why: Failure }
  /** Nothing about the key, and that may pass. */
  | { readonly kind: 'inconclusive'; readonly why: Failure }
  /** Nothing about the key, or that it does not help: the same will be said the next time. */
  | { readonly kind: 'refused'; readonly why: Failure };

/** Coralogix's ingestion, which the keys are for. */
export interface Ingestion {
  /** `host:port`, for sentences. */
  readonly authority: string;
  /**
   * Sends an export without records: it stores nothing and costs no quota. Again, where nothing was
   * heard, for as long as there is time.
   *
   * @param value  a key's value, or what looks like one
   * @param budget bounds it
   */
  tryKey(value: Secret, budget: Pick<Budget, 'remaining'>): Promise<IngestionAnswer>;
}

/** Time. */
export interface Clock {
  /** Milliseconds since 1970; used for names and ages only. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back, whatever happens to the wall clock. */
  elapsed(): number;
  /** Resolves after so many milliseconds. */
  sleep(milliseconds: number): Promise<void>;
}

/** The time that the whole step may take. */
export interface Budget {
  /** Milliseconds left; zero or less when it is spent. */
  remaining(): number;
  /** From now on also counts what was held back for taking back what was begun. */
  useReserve(): void;
}

/** Chance. */
export interface Random {
  /** Text of lower-case letters and digits that no other run comes up with. */
  nonce(): string;
  /** A number from 0 up to, not including, 1. */
  fraction(): number;
}

/**
 * What the operation tells the reader while it works. Each message is a sentence, or several. Of a warning
 * and of a notice GitHub shows ten a step beside the run, each under its title: `about` is the title's
 * last words, in lower case and without a name from outside, so that kinds can be told apart in the list.
 */
export interface Log {
  /** A line of the log. */
  info(message: string): void;
  /** What a person should look at, and what to do about it. */
  warning(message: string, about: string): void;
  /** What a person should know, and need not do anything about. */
  notice(message: string, about: string): void;
  /** What follows is folded under a title, until {@link endGroup}. */
  startGroup(title: string): void;
  endGroup(): void;
}

/** What a name template leaves open when `prune` reads it backwards. */
export type OpenPlaceholder = 'branch' | 'pull_request' | 'environment';

/** A GitHub secret, by its name and its place. */
export interface SecretReference {
  readonly secretName: string;
  /** `owner/name` of another repository; the workflow's own when undefined. */
  readonly repository?: string | undefined;
  /** The environment whose secret it is; the repository's when undefined. */
  readonly environment: string | undefined;
}

/** A GitHub secret to store. */
export interface SecretToStore extends SecretReference {
  readonly value: Secret;
}

/** What became of looking for something on GitHub, where 404 is also the answer to who may not look. */
export type Lookup<Found = unknown> =
  | ({ readonly state: 'exists' } & Found)
  /** Surely not there: the same token may read what its place keeps. */
  | { readonly state: 'missing' }
  /** Nobody knows: the token may not look, or there is no such place. */
  | { readonly state: 'invisible'; readonly why: Failure };

/** When something on GitHub was changed last. */
export interface Dated {
  /** Milliseconds since 1970; undefined where GitHub does not say. */
  readonly updatedMs: number | undefined;
}

/**
 * What GitHub knows of a stored secret, and the record beside it: the variable `<secret_name>_RECORD` of
 * the same place. Every method throws a `Failure` and nothing else.
 */
interface SecretRecords {
  /** Whether the secret is there. Its value, nobody can read. */
  findSecret(secret: SecretReference): Promise<Lookup<Dated>>;
  /** The record's text. */
  readRecord(secret: SecretReference): Promise<Lookup<Dated & { readonly text: string }>>;
  /**
   * Writes the record, in place of the one that is there. Throws `outcome_unknown` when it may have been
   * written.
   *
   * @param text of 48 KB at most; no secret
   * @returns whether it is written: not where GitHub knows no variables, or shows the token none
   */
  writeRecord(secret: SecretReference, text: string): Promise<boolean>;
}

/** GitHub, as far as the operations need it. Every method throws a `Failure` and nothing else. */
export interface GitHub extends SecretRecords {
  /**
   * What exists now: names of branches, numbers of open pull requests, names of environments in lower
   * case. All pages; an answer that is not surely whole throws.
   */
  existing(kind: OpenPlaceholder): Promise<ReadonlySet<string>>;
  /**
   * Throws `github`, with what is needed, when the secret or its record surely cannot be stored. Writes
   * nothing.
   */
  checkSecretAccess(secret: SecretReference): Promise<void>;
  /**
   * Encrypts and stores a secret, in place of one that has the same name. Throws `outcome_unknown`
   * when it may have been stored.
   */
  storeSecret(secret: SecretToStore): Promise<void>;
}

/** A key that this run is making under a name that is not yet its own. */
export interface PendingKey {
  /** Its unique provisional name. */
  readonly name: string;
  /** Undefined until the service's answer is known. */
  readonly id: string | undefined;
}

/** What is left to do when the job ends. Written down before each step that could be cut off. */
export interface JobEndPlan {
  /** The final name that all of it is about. */
  readonly name: string;
  /** What retiring means. */
  readonly retire: Retire;
  /** Keys to delete, unless they bear the final name by then. */
  readonly pending: readonly PendingKey[];
  /** A key to retire, however the job ended. */
  readonly lifetimeKeyId: string | undefined;
  /** Whether that key is to go because its value did not get where it was to go. */
  readonly isRevoked?: boolean;
  readonly rotation: Rotation | undefined;
}

/** A rotation whose previous keys are still active. */
export interface Rotation {
  readonly newKeyId: string;
  readonly previousKeyIds: readonly string[];
  /** Whether the new value is, or may be, in a secret: then the new key outlives a failed job. */
  readonly secretStored: boolean;
  /** Whether the step came to its end: without that, the new value reached nobody as an output. */
  readonly valueDelivered: boolean;
  /** How long the previous keys stay active after the job has succeeded, in milliseconds; not at all when absent. */
  readonly graceMs?: number | undefined;
  /** The secret whose record has to name the new key still; absent when none was stored. */
  readonly secret?: SecretReference | undefined;
}

/** What retiring a key means: reversible, or for good. */
export type Retire = 'deactivate' | 'delete';

/** Keeps the plan for the job's end. Replaces the plan that it had. */
export interface JobEnd {
  plan(plan: JobEndPlan): void;
}
