import { History } from './history.ts';
import type { Commit, StoredKey } from './key.ts';

/** How old a state must be to count. Milliseconds, by the clock. */
export interface KeyTableOptions {
  readonly now: () => number;
  /** Reads show the state as it was so many milliseconds ago. */
  readonly readLagMs: number;
  /** Writes find a key only so many milliseconds after it was made. */
  readonly writeLagMs: number;
}

/** The keys of one team, by id. */
type Team = Map<string, History<StoredKey>>;

/** The keys of all teams over time: what readers and writers see of them at this moment. */
export class KeyTable {
  readonly #options: KeyTableOptions;
  readonly #teams = new Map<number, Team>();
  readonly #listeners = new Set<(commit: Commit) => void>();

  constructor(options: KeyTableOptions) {
    this.#options = options;
  }

  /** As a reader sees it; undefined when there is none, or none yet. */
  read(teamId: number, id: string): StoredKey | undefined {
    return this.#history(teamId, id)?.asOf(this.#readHorizon());
  }

  /** As a writer finds it: as it is now, unless it is too new; undefined when there is none. */
  find(teamId: number, id: string): StoredKey | undefined {
    const key = this.#history(teamId, id)?.now();
    const horizon = this.#options.now() - this.#options.writeLagMs;
    return key === undefined || key.createdAt > horizon ? undefined : key;
  }

  /** All keys of a team as a reader sees them, in the order of creation. */
  list(teamId: number): StoredKey[] {
    const horizon = this.#readHorizon();
    return [...this.#team(teamId).values()].flatMap((history) => history.asOf(horizon) ?? []);
  }

  /** All keys of all teams as they are now, whatever the lag. */
  all(): StoredKey[] {
    return this.#histories().flatMap((history) => history.now() ?? []);
  }

  /** The last state of every key that was deleted. */
  deleted(): StoredKey[] {
    return this.#histories().flatMap((history) => history.beforeDeletion() ?? []);
  }

  /** Whether a team's key has exactly this name now, active or not, whatever the lag. */
  isTaken(teamId: number, name: string, exceptId?: string): boolean {
    return [...this.#team(teamId).values()].some((history) => {
      const key = history.now();
      return key?.name === name && key.id !== exceptId;
    });
  }

  /**
   * Notes what a key is from now on, and tells of it.
   *
   * @param key as it is, or, when it is deleted, as it was
   * @param at  when; now by default
   */
  commit(kind: Commit['kind'], key: StoredKey, at = this.#options.now()): void {
    const team = this.#team(key.teamId);
    const id = key.id.toLowerCase();
    const history = team.get(id) ?? new History<StoredKey>();
    team.set(id, history);
    history.add({ at, state: kind === 'deleted' ? undefined : key }, this.#readHorizon());
    for (const listener of this.#listeners) listener({ kind, key, at });
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

  /** Keys of another team are unknown here, exactly like keys that never were. */
  #history(teamId: number, id: string): History<StoredKey> | undefined {
    return this.#team(teamId).get(id.toLowerCase());
  }

  #histories(): History<StoredKey>[] {
    return [...this.#teams.values()].flatMap((team) => [...team.values()]);
  }

  #team(teamId: number): Team {
    const known = this.#teams.get(teamId);
    if (known !== undefined) return known;
    const team: Team = new Map();
    this.#teams.set(teamId, team);
    return team;
  }

  /** What happened until then is seen by reads. */
  #readHorizon(): number {
    return this.#options.now() - this.#options.readLagMs;
  }
}
