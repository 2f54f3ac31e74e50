import { Failure, toFailure } from '../core/failure.ts';
import type { CreatedKey, Key, PendingKey } from '../core/ports.ts';
import type { CreateOptions } from './create-options.ts';
import { quote } from '../core/text.ts';
import { provisionalName } from '../names/stamp.ts';
import {
  attemptChange,
  deleteOwn,
  renameOwn,
  waitUntilVisible,
  wasThere,
  type ChangeResult,
} from './consistency.ts';
import {
  afterDeleting,
  enter,
  pendingOf,
  taskOf,
  type JobEndTask,
  type RunKey,
  type RunKeys,
} from './key-state.ts';
import type { Ports } from './operation.ts';

/** A key after a lost reply is worth a few new attempts; after that, something else is wrong. */
const mostAttempts = 3;

/** Waits in milliseconds while looking for a key whose reply was lost. */
const searchWaits = [250, 750, 2000];

const reportIt =
  'The service did not tell its value, as it promises to: report it, if it happens again.';

/** What to do where nobody knows what came of making a key: unlike a `create`, it left none under the name. */
function afterLost({ hint }: Failure): string {
  const before = hint === undefined ? '' : ` ${hint}`;
  return `Run the job again: what may have been made has a provisional name and is in nobody's use, and the end of the job or a later run deletes it.${before}`;
}

/**
 * What a run makes under one name: a key is made under a provisional name, and gets its final one or
 * is deleted. Each state (`key-state.ts`) is written down for the job's end before what may follow.
 */
export class KeyTransaction {
  readonly #options: CreateOptions;
  readonly #ports: Ports;
  #keys: RunKeys;

  /**
   * @param options what to make
   * @param ports   the world
   * @param before  what this run has left under provisional names before
   */
  constructor(options: CreateOptions, ports: Ports, before: readonly PendingKey[] = []) {
    this.#options = options;
    this.#ports = ports;
    this.#keys = before.map(({ name, id }): RunKey =>
      id === undefined ? { state: 'lost', name } : { state: 'undeleted', name, id },
    );
  }

  /** What is left of this run under provisional names, for a transaction that goes on with it. */
  get pending(): readonly PendingKey[] {
    return pendingOf(this.#keys);
  }

  /** Whether some attempt's outcome is still unknown. */
  get hasLooseEnds(): boolean {
    return this.#keys.some(({ state }) => state === 'lost');
  }

  /**
   * Makes a key under a provisional name. A lost reply is resolved by looking for that name; where
   * that does not resolve it, the next attempt has another name, so that no attempt of this run can
   * ever leave a second key under the final one.
   */
  async create(): Promise<CreatedKey> {
    for (let attempts = 1; ; attempts += 1) {
      const made = await this.#createOnce();
      if (!(made instanceof Failure)) return made;
      if (attempts >= mostAttempts) throw made.with({ hint: afterLost(made) });
      this.#ports.log.info(
        `The answer to making a key for ${quote(this.#options.name)} was lost; trying once more.`,
      );
    }
  }

  /**
   * Gives a key its final name, and with it its access policy, which may forbid us whatever comes before;
   * {@link commit} it where that is done. Written down before: what is
   * left to do with it at the job's end. Where that cannot be written, it is refused, and not sent.
   */
  async rename({ name, id }: CreatedKey, task: JobEndTask): Promise<ChangeResult> {
    try {
      this.#enter({ state: 'prepared', name, id, task });
    } catch (thrown) {
      return { kind: 'refused', failure: toFailure(thrown).with({ effect: 'none' }) };
    }
    const { name: newName, accessPolicy } = this.#options;
    const policy = accessPolicy === undefined ? {} : { accessPolicy };
    return renameOwn(this.#ports.keys, id, newName, this.#ports, policy);
  }

  /** Says that a key has its final name, and what is left to do with it: as prepared, if not told. */
  commit({ name, id }: CreatedKey, task = taskOf(this.#keys)): void {
    this.#enter({ state: 'committed', name, id, task });
  }

  /**
   * Deletes a key that {@link create} made and that is not needed. Where that fails it says so, and
   * leaves it to the job's end or a later run.
   *
   * @returns whether the service said that it deleted it
   */
  async rollBack(key: Pick<CreatedKey, 'name' | 'id'>): Promise<boolean> {
    const isDeleted = await this.#delete(key.id);
    this.#keys = afterDeleting(this.#keys, key, isDeleted);
    try {
      this.#write();
    } catch (thrown) {
      // What this is the end of failed for another reason, which matters more.
      this.#ports.log.warning(toFailure(thrown).report, 'end of job not planned');
    }
    return isDeleted;
  }

  /** The same as the last thing that a failing run does: with what the budget held back for it. */
  async abort(key: CreatedKey): Promise<boolean> {
    this.#ports.budget.useReserve();
    return this.rollBack(key);
  }

  /**
   * Deletes what lost attempts left behind, where it shows up in this list.
   *
   * @returns the list without it
   */
  async sweep(listed: readonly Key[]): Promise<readonly Key[]> {
    const { keys } = this.#ports;
    const swept = new Set<Key>();
    for (const { name, state } of this.#keys) {
      const late = state === 'lost' ? listed.find((key) => key.name === name) : undefined;
      if (late === undefined) continue;
      if (wasThere(await deleteOwn(keys, late.id, this.#ports)))
        this.#enter({ state: 'rolled_back', name });
      swept.add(late);
    }
    return listed.filter((key) => !swept.has(key));
  }

  /** One attempt under a name of its own; a failure that is returned may be followed by another. */
  async #createOnce(): Promise<CreatedKey | Failure> {
    const { keys, clock, random } = this.#ports;
    const { name: finalName, teamId, hashed, keyPermissions } = this.#options;
    const name = provisionalName(finalName, clock.now(), random.nonce());
    const key = {
      name,
      teamId,
      hashed,
      ...(keyPermissions === undefined ? {} : { keyPermissions }),
    };
    this.#enter({ state: 'announced', name });
    const result = await attemptChange(() => keys.create(key));
    switch (result.kind) {
      case 'done':
        return this.#identify({ ...result.value, name });
      case 'refused':
        this.#enter({ state: 'rolled_back', name });
        throw result.failure;
      case 'unknown': {
        const [id] = result.failure.keyIds;
        if (id === undefined) return this.#resolveLostReply(name, result.failure);
        // The reply had no value: the key is of no use.
        const isDeleted = await this.rollBack({ name, id });
        throw result.failure.with(
          isDeleted
            ? { sentence: `The key ${id} was deleted.`, hint: reportIt, keyIds: [] }
            : { hint: `The key ${id} is of no use without its value: delete it. ${reportIt}` },
        );
      }
    }
  }

  async #identify(key: CreatedKey): Promise<CreatedKey> {
    try {
      this.#enter({ state: 'identified', name: key.name, id: key.id });
    } catch (thrown) {
      // What cannot be written down must not be left, either.
      await this.abort(key);
      throw thrown;
    }
    return key;
  }

  async #resolveLostReply(name: string, lost: Failure): Promise<CreatedKey | Failure> {
    // No other plan follows from it than from `announced`, so nothing is written.
    this.#keys = enter(this.#keys, { state: 'lost', name });
    try {
      return (await this.#findLost(name)) ?? lost;
    } catch (thrown) {
      throw lost.with({
        sentence: `Nor could the keys be looked at: ${toFailure(thrown).message}`,
        hint: afterLost(lost),
      });
    }
  }

  /** Looks for the key of a lost reply. Without its value it is of no use, and is deleted. */
  async #findLost(name: string): Promise<CreatedKey | undefined> {
    const { keys } = this.#ports;
    const found = await waitUntilVisible(
      async () => (await keys.list()).find((key) => key.name === name),
      `the list shows the key ${quote(name)}`,
      this.#ports,
      searchWaits,
    );
    if (found === undefined) return undefined;
    const { id, value } = found;
    this.#enter({ state: 'identified', name, id });
    if (value !== undefined) return { id, name, value };
    if (wasThere(await deleteOwn(keys, id, this.#ports)))
      this.#enter({ state: 'rolled_back', name });
    return undefined;
  }

  /** Whether the service said that it deleted a key of this run; where that fails, it is told. */
  async #delete(id: string): Promise<boolean> {
    const result = await deleteOwn(this.#ports.keys, id, this.#ports);
    if (result.kind === 'done') return true;
    const { kind, message } = result.failure;
    // Where the service does not show it, there is nothing to look at.
    if (result.kind === 'refused' && kind === 'not_found') return false;
    const state = result.kind === 'refused' ? 'is still there' : 'may still be there';
    this.#ports.log.warning(
      `The key ${id}, which was made for ${quote(this.#options.name)} and is not needed, ${state}: ${message} The end of the job tries to delete it, or else a later run.`,
      'a key may be left',
    );
    return false;
  }

  #enter(key: RunKey): void {
    this.#keys = enter(this.#keys, key);
    this.#write();
  }

  #write(): void {
    const { name, retire } = this.#options;
    this.#ports.jobEnd.plan({ name, retire, pending: this.pending, ...taskOf(this.#keys) });
  }
}
