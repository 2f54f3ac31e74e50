import type { StoredKey } from '../key.ts';
import type { Store } from '../store.ts';
import { hashOfValue } from '../value-hash.ts';

/** How long the ingress takes to hear of what happened to a key. Milliseconds, by the store's clock. */
export interface KeyDelays {
  /** A new or reactivated key is refused for so long. 0 by default. */
  readonly newKeysAcceptedAfterMs?: number;
  /** An inactive or deleted key is accepted for so long. 0 by default. */
  readonly retiredKeysRefusedAfterMs?: number;
}

/** A key, and since when it is what it is. */
interface Entry {
  readonly key: StoredKey;
  readonly isActive: boolean;
  readonly since: number;
}

/**
 * The keys as an ingress knows them: by their values, of whatever team, some time after the store. It
 * holds no value, only hashes, so that it knows a hashed key like any other.
 */
export class KeyRing {
  readonly #entries = new Map<string, Entry>();
  readonly #stopListening: () => void;
  readonly #now: () => number;

  /** @param now the store's clock */
  constructor(store: Store, now: () => number) {
    this.#now = now;
    // How long they have been what they are nobody knows any more: long enough.
    for (const key of store.keys()) this.#note(key, key.active, -Infinity);
    for (const key of store.deletedKeys()) this.#note(key, false, -Infinity);
    this.#stopListening = store.onCommit(({ kind, key, at }) => {
      this.#note(key, key.active && kind !== 'deleted', at);
    });
  }

  /**
   * The key with this value, if it is accepted at this moment.
   *
   * @param value what was sent as a bearer token
   */
  accepted(value: string, delays: KeyDelays): StoredKey | undefined {
    const { newKeysAcceptedAfterMs = 0, retiredKeysRefusedAfterMs = 0 } = delays;
    const entry = this.#entries.get(hashOfValue(value));
    if (entry === undefined) return undefined;
    const age = this.#now() - entry.since;
    const isAccepted = entry.isActive
      ? age >= newKeysAcceptedAfterMs
      : age < retiredKeysRefusedAfterMs;
    return isAccepted ? entry.key : undefined;
  }

  /** The id of the key with this value, accepted or not; undefined when no key ever had it. */
  idOf(value: string): string | undefined {
    return this.#entries.get(hashOfValue(value))?.key.id;
  }

  /** Hears of nothing more. */
  stop(): void {
    this.#stopListening();
  }

  #note(key: StoredKey, isActive: boolean, at: number): void {
    const known = this.#entries.get(key.valueHash);
    // A new name, say, does not make it new; and an inactive key that is deleted was refused before.
    const isSame = known?.isActive === isActive;
    const since = isSame ? known.since : at;
    // A key that is seeded inactive was never accepted: nothing to wear off.
    const isNew = known === undefined && !isActive;
    this.#entries.set(key.valueHash, { key, isActive, since: isNew ? -Infinity : since });
  }
}
