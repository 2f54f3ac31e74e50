import type { Endpoint } from '../network/endpoint.ts';
import type { Proxy } from '../network/proxy.ts';
import type { NameMatcher } from '../names/matcher.ts';
import type { Retire } from './ports.ts';
import type { Secret } from './secret.ts';

/** What one step asks for: one type for each operation, told apart by `operation`. */
export type Request =
  | CreateRequest
  | GetRequest
  | ListRequest
  | UpdateRequest
  | ByKeyRequest
  | EnsureRequest
  | RotateRequest
  | PruneRequest;

/** The names of the operations. */
export type OperationName = Request['operation'];

/** Where a value is stored as a GitHub secret. */
export interface SecretTarget {
  readonly secretName: string;
  /** The environment whose secret it is; the repository's when undefined. */
  readonly environment: string | undefined;
}

/** What all operations that make a key need. */
export interface CreateOptions {
  /** The final name, filled in. */
  readonly name: string;
  readonly teamId: number;
  readonly hashed: boolean;
  readonly secret: SecretTarget | undefined;
  readonly retire: Retire;
  readonly dryRun: boolean;
}

/** How long a key lives: until someone ends it, or until the job does. */
export type Lifetime = 'permanent' | 'job';

/** Makes a new key, always. */
export interface CreateRequest extends CreateOptions {
  readonly operation: 'create';
  readonly lifetime: Lifetime;
}

/** One key, by its id or by its exact name. */
export type KeySelector =
  { readonly by: 'id'; readonly id: string } | { readonly by: 'name'; readonly name: string };

/** Reads one key. */
export interface GetRequest {
  readonly operation: 'get';
  readonly key: KeySelector;
}

/** Reads the keys, all or those whose name matches. */
export interface ListRequest {
  readonly operation: 'list';
  /** A name in which `*` stands for any text; all keys when undefined. */
  readonly name: string | undefined;
}

/** Renames and/or (de)activates one key. */
export interface UpdateRequest {
  readonly operation: 'update';
  readonly key: KeySelector;
  readonly newName: string | undefined;
  readonly active: boolean | undefined;
  readonly dryRun: boolean;
}

/** Acts on the keys with these ids, or on every key with exactly this name. */
export interface ByKeyRequest {
  readonly operation: 'delete' | 'activate' | 'deactivate';
  readonly keys:
    | { readonly by: 'ids'; readonly ids: readonly string[] }
    | { readonly by: 'name'; readonly name: string };
  readonly dryRun: boolean;
}

/** What to do about an existing key whose value cannot be read. */
export type OnExisting = 'reuse' | 'rotate' | 'fail';

/** Exactly one active key with this name. */
export interface EnsureRequest extends CreateOptions {
  readonly operation: 'ensure';
  readonly onExisting: OnExisting;
  readonly lifetime: Lifetime;
}

/** When the previous keys of a rotation are retired. */
export type RetireWhen = 'job_succeeds' | 'now' | 'never';

/** A new active key under this name; the previous ones are retired. */
export interface RotateRequest extends CreateOptions {
  readonly operation: 'rotate';
  readonly retireWhen: RetireWhen;
}

/** Retires the keys of what no longer exists on GitHub. */
export interface PruneRequest {
  readonly operation: 'prune';
  readonly template: NameMatcher;
  readonly retire: Retire;
  /** Refuse to retire more than this. */
  readonly most: number;
  readonly dryRun: boolean;
}

/** How to reach the service. */
export interface Connection {
  readonly endpoint: Endpoint;
  readonly proxy: Proxy | undefined;
  readonly extraCertificates: string | undefined;
  readonly apiKey: Secret;
}

/** What the runner was asked for as a whole. */
export interface StepRequest {
  readonly connection: Connection;
  readonly operation: Request;
  /** Undefined when none is given: then nothing on GitHub can be read or stored. */
  readonly githubToken: Secret | undefined;
  /** The whole step's budget. */
  readonly timeoutMs: number;
  /** Whether to write a job summary. */
  readonly summary: boolean;
}
