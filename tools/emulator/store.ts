import { randomInt, randomUUID } from 'node:crypto';
import { KeyTable } from './key-table.ts';
import type {
  Caller,
  Commit,
  CreateArguments,
  Created,
  KeyView,
  Permissions,
  SeededKey,
  StoredKey,
  UpdateArguments,
} from './key.ts';
import { isSendDataKey, sendDataPreset } from './presets.ts';
import { StatusError } from './status.ts';

/**
 * Which replies carry a key's value: `on_create`, only that of Create, as the vendor's Terraform
 * provider found it (https://github.com/coralogix/terraform-provider-coralogix/pull/532); `always`, those
 * of Get and List as well, where the key is not hashed, as the vendor's document has it.
 */
export type DiscloseValues = 'on_create' | 'always';

/** What is not known of the service, or differs from account to account. */
export interface Behaviour {
  /** `on_create` by default. */
  readonly discloseValues?: DiscloseValues;
  /** Reads show the state as it was so many milliseconds ago. 0 by default. */
  readonly readLagMs?: number;
  /** Update and Delete say NOT_FOUND so many milliseconds from the create on. As `readLagMs` by default. */
  readonly writeLagMs?: number;
  /** Refuse a name that another key of the team has: ALREADY_EXISTS. False by default. */
  readonly uniqueNames?: boolean;
}

/** How a store is made. */
export interface StoreOptions extends Behaviour {
  /** The time in milliseconds; never goes back. */
  readonly now: () => number;
  /** Makes ids; UUIDs from the system's chance by default. */
  readonly newId?: () => string;
  /** Makes values; `cxtp_` and 30 letters and digits by default. */
  readonly newValue?: () => string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const randomValue = (): string =>
  `cxtp_${Array.from({ length: 30 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')}`;

/**
 * The vendor's service without a network: teams, callers and keys in memory. Synchronous, with no
 * I/O and no timers, so that property tests run it in virtual time. Every operation takes the
 * caller's token first and throws a {@link StatusError} when it refuses. Presets, permissions and
 * owners are kept as they were given: whoever sent them learns what was made of them from a read.
 */
export class Store {
  readonly #disclosesOnRead: boolean;
  readonly #uniqueNames: boolean;
  readonly #now: () => number;
  readonly #newId: () => string;
  readonly #newValue: () => string;
  readonly #callers = new Map<string, Caller>();
  readonly #table: KeyTable;

  constructor({ now, readLagMs = 0, writeLagMs = readLagMs, ...options }: StoreOptions) {
    this.#disclosesOnRead = (options.discloseValues ?? 'on_create') === 'always';
    this.#uniqueNames = options.uniqueNames ?? false;
    this.#now = now;
    this.#newId = options.newId ?? randomUUID;
    this.#newValue = options.newValue ?? randomValue;
    this.#table = new KeyTable({ now, readLagMs, writeLagMs });
  }

  /**
   * Lets a caller in.
   *
   * @param token  what it will send after `Bearer `
   * @param caller whom the token stands for
   */
  addCaller(token: string, caller: Caller): void {
    this.#callers.set(token, caller);
  }

  /** Makes a key, in the caller's team, whoever is to own it. */
  create(token: string, key: CreateArguments): Created {
    const { teamId } = this.#authorize(token, ['manage']);
    requireJson(key.accessPolicy);
    if (key.owner?.kind === 'team' && key.owner.teamId !== teamId) {
      throw new StatusError('PERMISSION_DENIED', 'the owner is another team');
    }
    this.#requireFreeName(teamId, key.name);
    const value = this.#newValue();
    const { id } = this.#insert(value, {
      teamId,
      owner: key.owner,
      name: key.name,
      active: true,
      hashed: key.hashed,
      presets: key.presets,
      permissions: key.permissions,
      accessPolicy: key.accessPolicy === '' ? undefined : key.accessPolicy,
      createdAt: this.#now(),
      untold: [],
    });
    return { keyId: id, name: key.name, value };
  }

  /** Reads one key. */
  get(token: string, keyId: string): KeyView {
    const { teamId } = this.#authorize(token, ['manage']);
    requireUuid(keyId);
    const key = this.#table.read(teamId, keyId);
    if (key === undefined) throw notFound();
    return this.#view(key);
  }

  /** Reads the Send-Your-Data keys of the caller's team, whoever owns them, active or not. */
  list(token: string): KeyView[] {
    const { teamId } = this.#authorize(token, ['manage', 'read']);
    const keys = this.#table.list(teamId).filter(isSendDataKey);
    return keys.map((key) => this.#view(key));
  }

  /** Changes what is named, and leaves the rest alone. */
  update(token: string, change: UpdateArguments): void {
    const { teamId } = this.#authorize(token, ['manage']);
    requireJson(change.accessPolicy);
    const key = this.#find(teamId, change.keyId);
    if (change.newName !== undefined) this.#requireFreeName(teamId, change.newName, key.id);
    const policy = change.accessPolicy ?? key.accessPolicy;
    const isRegranted = change.presets !== undefined || change.permissions !== undefined;
    this.#table.commit('updated', {
      ...key,
      name: change.newName ?? key.name,
      active: change.isActive ?? key.active,
      presets: change.presets ?? key.presets,
      permissions: change.permissions ?? key.permissions,
      accessPolicy: policy === '' ? undefined : policy,
      untold: isRegranted ? key.untold.filter((field) => field !== 'key_permissions') : key.untold,
    });
  }

  /** Deletes a key for good. */
  delete(token: string, keyId: string): void {
    const { teamId } = this.#authorize(token, ['manage']);
    this.#table.commit('deleted', this.#find(teamId, keyId));
  }

  /**
   * Has keys of any shape there, as if somebody had made them long ago: no lag hides them, and
   * nothing about them is checked.
   */
  add(...keys: readonly SeededKey[]): readonly StoredKey[] {
    return keys.map(({ teamId, permissions = [], untold = [], ...key }) =>
      this.#insert(this.#newValue(), {
        teamId,
        owner: key.owner ?? { kind: 'team', teamId },
        name: key.name,
        active: key.active ?? true,
        hashed: key.hashed ?? false,
        presets: key.presets ?? (permissions.length === 0 ? [sendDataPreset] : []),
        permissions,
        accessPolicy: key.accessPolicy,
        createdAt: -Infinity,
        untold,
      }),
    );
  }

  /**
   * As {@link add}, for many keys of one shape.
   *
   * @param count      how many
   * @param namePrefix what their names begin with; a number from 0 follows
   */
  seed(count: number, namePrefix: string, shape: Omit<SeededKey, 'name'>): readonly StoredKey[] {
    return Array.from({ length: count }, (_, index) => ({
      ...shape,
      name: `${namePrefix}${index}`,
    })).flatMap((key) => this.add(key));
  }

  /** All keys of all teams as they are now, whatever the lag: for assertions. */
  keys(): StoredKey[] {
    return this.#table.all();
  }

  /** The last state of every key that was deleted: for assertions. */
  deletedKeys(): StoredKey[] {
    return this.#table.deleted();
  }

  /**
   * Tells of every commit, within the call that makes it.
   *
   * @returns a function that ends it
   */
  onCommit(listener: (commit: Commit) => void): () => void {
    return this.#table.onCommit(listener);
  }

  #authorize(token: string, allowed: readonly Permissions[]): Caller {
    const caller = this.#callers.get(token);
    if (caller === undefined) throw new StatusError('UNAUTHENTICATED', 'invalid API key');
    if (!allowed.includes(caller.permissions)) {
      throw new StatusError('PERMISSION_DENIED', 'the API key lacks the permission for this');
    }
    return caller;
  }

  /** The key to change. */
  #find(teamId: number, keyId: string): StoredKey {
    requireUuid(keyId);
    const key = this.#table.find(teamId, keyId);
    if (key === undefined) throw notFound();
    return key;
  }

  #insert(value: string, key: Omit<StoredKey, 'id' | 'value'>): StoredKey {
    const stored = { ...key, id: this.#newId(), value: key.hashed ? undefined : value };
    this.#table.commit('created', stored, stored.createdAt);
    return stored;
  }

  #requireFreeName(teamId: number, name: string, exceptId?: string): void {
    if (this.#uniqueNames && this.#table.isTaken(teamId, name, exceptId)) {
      throw new StatusError('ALREADY_EXISTS', 'another key has this name');
    }
  }

  #view(key: StoredKey): KeyView {
    return this.#disclosesOnRead ? key : { ...key, value: undefined };
  }
}

function notFound(): StatusError {
  return new StatusError('NOT_FOUND', 'API key not found');
}

function requireUuid(keyId: string): void {
  if (!uuid.test(keyId)) throw new StatusError('INVALID_ARGUMENT', 'key_id is not a UUID');
}

/** An empty text is no policy: in Update it removes the one that is there. */
function requireJson(accessPolicy: string | undefined): void {
  if (accessPolicy === undefined || accessPolicy === '') return;
  try {
    JSON.parse(accessPolicy);
  } catch {
    throw new StatusError('INVALID_ARGUMENT', 'access_policy is not JSON');
  }
}

/** Makes a {@link Store}. */
export function createStore(options: StoreOptions): Store {
  return new Store(options);
}
