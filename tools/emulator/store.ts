import { randomInt, randomUUID } from 'node:crypto';
import { History } from './history.ts';
import type {
  Caller,
  Commit,
  CreateArguments,
  Created,
  KeyView,
  Permissions,
  StoredKey,
  UpdateArguments,
} from './key.ts';
import { StatusError } from './status.ts';
import { hashOfValue } from './value-hash.ts';

/** How a store is made. */
export interface StoreOptions {
  /** The time in milliseconds; never goes back. */
  readonly now: () => number;
  /** Reads show the state as it was so many milliseconds ago. Default 0. */
  readonly readLagMs?: number;
  /** Reads never carry a value, of whatever key. Default false. */
  readonly hideValues?: boolean;
  /** Makes ids; UUIDs from the system's chance by default. */
  readonly newId?: () => string;
  /** Makes values; `cxtp_` and 30 letters and digits by default. */
  readonly newValue?: () => string;
}

/** What seeded keys have in common. */
export interface SeedOptions {
  readonly teamId: number;
  readonly active?: boolean;
  readonly hashed?: boolean;
  readonly presets?: readonly string[];
}

/** The keys of one team, by id. */
type Team = Map<string, History<StoredKey>>;

const sendData = 'SendData';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const randomValue = (): string =>
  `cxtp_${Array.from({ length: 30 }, () => alphabet.charAt(randomInt(alphabet.length))).join('')}`;

/**
 * The vendor's service without a network: teams, callers and keys in memory. Synchronous, with no
 * I/O and no timers, so that property tests run it in virtual time. Every operation takes the
 * caller's token first and throws a {@link StatusError} when it refuses.
 */
export class Store {
  readonly #options: Required<StoreOptions>;
  readonly #callers = new Map<string, Caller>();
  readonly #teams = new Map<number, Team>();
  readonly #listeners = new Set<(commit: Commit) => void>();

  constructor(options: StoreOptions) {
    this.#options = {
      readLagMs: 0,
      hideValues: false,
      newId: randomUUID,
      newValue: randomValue,
      ...options,
    };
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

  /** Makes a key, always: names need not be unique. */
  create(token: string, key: CreateArguments): Created {
    const caller = this.#authorize(token, ['manage']);
    if (key.owner?.kind !== 'team') {
      throw new StatusError('INVALID_ARGUMENT', 'owner.team_id is required');
    }
    requireSendDataOnly(key.presets, key.permissions);
    if (key.owner.teamId !== caller.teamId) {
      throw new StatusError('PERMISSION_DENIED', 'the owner is another team');
    }
    const value = this.#options.newValue();
    const { id } = this.#insert(value, {
      teamId: caller.teamId,
      name: key.name,
      active: true,
      hashed: key.hashed,
      presets: key.presets,
      permissions: key.permissions,
      accessPolicy: key.accessPolicy === '' ? undefined : key.accessPolicy,
    });
    return { keyId: id, name: key.name, value };
  }

  /** Reads one key. */
  get(token: string, keyId: string): KeyView {
    const caller = this.#authorize(token, ['manage']);
    const key = this.#history(caller, keyId).asOf(this.#horizon());
    if (key === undefined) throw notFound();
    return this.#view(key);
  }

  /** Reads the Send-Your-Data keys of the caller's team, active or not, in the order of creation. */
  list(token: string): KeyView[] {
    const caller = this.#authorize(token, ['manage', 'read']);
    const horizon = this.#horizon();
    const views: KeyView[] = [];
    for (const history of this.#team(caller.teamId).values()) {
      const key = history.asOf(horizon);
      if (key?.presets.length === 1 && key.presets[0] === sendData) views.push(this.#view(key));
    }
    return views;
  }

  /** Changes a key. */
  update(token: string, change: UpdateArguments): void {
    const caller = this.#authorize(token, ['manage']);
    const history = this.#history(caller, change.keyId);
    if (change.presets !== undefined || change.permissions !== undefined) {
      requireSendDataOnly(change.presets ?? [sendData], change.permissions ?? []);
    }
    const key = this.#writable(history);
    const policy = change.accessPolicy ?? key.accessPolicy;
    this.#commit('updated', history, {
      ...key,
      name: change.newName ?? key.name,
      active: change.isActive ?? key.active,
      accessPolicy: policy === '' ? undefined : policy,
    });
  }

  /** Deletes a key for good. */
  delete(token: string, keyId: string): void {
    const caller = this.#authorize(token, ['manage']);
    const history = this.#history(caller, keyId);
    this.#commit('deleted', history, this.#writable(history));
  }

  /**
   * Makes many keys as if somebody had made them long ago: no lag hides them.
   *
   * @param count      how many
   * @param namePrefix what their names begin with; a number from 0 follows
   */
  seed(count: number, namePrefix: string, options: SeedOptions): readonly StoredKey[] {
    const { teamId, active = true, hashed = false, presets = [sendData] } = options;
    return Array.from({ length: count }, (_, index) =>
      this.#insert(this.#options.newValue(), {
        teamId,
        name: `${namePrefix}${index}`,
        active,
        hashed,
        presets,
        permissions: [],
        accessPolicy: undefined,
        createdAt: -Infinity,
      }),
    );
  }

  /** All keys of all teams as they are now, whatever the lag: for assertions. */
  keys(): StoredKey[] {
    return [...this.#teams.values()].flatMap((team) =>
      [...team.values()].flatMap((history) => history.now() ?? []),
    );
  }

  /** The last state of every key that was deleted: for assertions. */
  deletedKeys(): StoredKey[] {
    return [...this.#teams.values()].flatMap((team) =>
      [...team.values()].flatMap((history) => history.beforeDeletion() ?? []),
    );
  }

  /**
   * Tells of every commit, within the call that makes it.
   *
   * @returns a function that ends it
   */
  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #authorize(token: string, allowed: readonly Permissions[]): Caller {
    const caller = this.#callers.get(token);
    if (caller === undefined) throw new StatusError('UNAUTHENTICATED', 'invalid API key');
    if (!allowed.includes(caller.permissions)) {
      throw new StatusError('PERMISSION_DENIED', 'the API key lacks the permission for this');
    }
    return caller;
  }

  /** Keys of another team are unknown here, exactly like keys that never were. */
  #history(caller: Caller, keyId: string): History<StoredKey> {
    if (!uuid.test(keyId)) throw new StatusError('INVALID_ARGUMENT', 'key_id is not a UUID');
    const history = this.#team(caller.teamId).get(keyId.toLowerCase());
    if (history === undefined) throw notFound();
    return history;
  }

  /** The key to change: a write, too, misses a key that is too new to be seen. */
  #writable(history: History<StoredKey>): StoredKey {
    const key = history.now();
    if (key === undefined || key.createdAt > this.#horizon()) throw notFound();
    return key;
  }

  #insert(
    value: string,
    key: Omit<StoredKey, 'id' | 'value' | 'valueHash' | 'createdAt'> & {
      readonly createdAt?: number;
    },
  ): StoredKey {
    const id = this.#options.newId();
    const stored: StoredKey = {
      createdAt: this.#options.now(),
      ...key,
      id,
      value: key.hashed ? undefined : value,
      valueHash: hashOfValue(value),
    };
    const history = new History<StoredKey>();
    this.#team(key.teamId).set(id.toLowerCase(), history);
    this.#commit('created', history, stored, stored.createdAt);
    return stored;
  }

  #commit(
    kind: Commit['kind'],
    history: History<StoredKey>,
    key: StoredKey,
    at = this.#options.now(),
  ): void {
    history.add({ at, state: kind === 'deleted' ? undefined : key }, this.#horizon());
    for (const listener of this.#listeners) listener({ kind, key, at });
  }

  #team(teamId: number): Team {
    const known = this.#teams.get(teamId);
    if (known !== undefined) return known;
    const team: Team = new Map();
    this.#teams.set(teamId, team);
    return team;
  }

  /** What happened until then is seen by reads. */
  #horizon(): number {
    return this.#options.now() - this.#options.readLagMs;
  }

  #view(key: StoredKey): KeyView {
    return this.#options.hideValues ? { ...key, value: undefined } : key;
  }
}

function notFound(): StatusError {
  return new StatusError('NOT_FOUND', 'API key not found');
}

function requireSendDataOnly(presets: readonly string[], permissions: readonly string[]): void {
  if (presets.length !== 1 || presets[0] !== sendData || permissions.length > 0) {
    throw new StatusError('INVALID_ARGUMENT', 'a Send-Your-Data key has the SendData preset only');
  }
}

/** Makes a {@link Store}. */
export function createStore(options: StoreOptions): Store {
  return new Store(options);
}
