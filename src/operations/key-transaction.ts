import { Failure, toFailure } from '../core/failure.ts';
import type { JobEndPlan, Key, CreatedKey, PendingKey } from '../core/ports.ts';
import type { CreateOptions } from './create-options.ts';
import { quote } from '../core/text.ts';
import { deleteOwn, waitUntilVisible } from './consistency.ts';
import type { Ports } from './operation.ts';
import { provisionalName } from '../names/stamp.ts';

/** A key after a lost answer is worth a few new attempts; after that, something else is wrong. */
const mostAttempts = 3;

/** Waits in milliseconds while looking for a key whose answer was lost. */
const searchWaits = [250, 750, 2000];

/** What a run makes under one name, written down for the post step before each thing it does. */
export interface Workbench {
  /**
   * Makes a key under a provisional name. A lost answer is settled by looking for that name; where
   * that does not settle it, the next attempt has another name, so that no attempt of this run can
   * ever leave a second key under the final one.
   */
  make(): Promise<CreatedKey>;
  /**
   * Takes back a key that {@link make} made and that is not needed. Where that fails it says so, and
   * leaves it to the post step or a later run.
   *
   * @returns whether the service said that it deleted it
   */
  withdraw(key: CreatedKey): Promise<boolean>;
  /** The same as the last thing that a failing run does: with what the budget held back for it. */
  discard(key: CreatedKey): Promise<boolean>;
  /**
   * Writes down, before a key gets its final name, what is left to do with it at the job's end. From
   * here on others may see the name and use the key, however late the post step can read that. So the
   * post step no longer deletes it, unless it ends with the job anyway: should it never get its name, a
   * later run does.
   */
  foresee(key: CreatedKey, atJobEnd: AtJobEnd): void;
  /** Says that a key has its final name now, and what is left to do with it at the job's end. */
  keep(key: CreatedKey, atJobEnd?: AtJobEnd): void;
  /**
   * Deletes what lost attempts left behind, where it shows up in this list.
   *
   * @returns the list without it
   */
  sweep(listed: readonly Key[]): Promise<readonly Key[]>;
  /** Whether some attempt's outcome is still unknown. */
  readonly hasLooseEnds: boolean;
  /** What is left of this run under provisional names, for a workbench that goes on with it. */
  readonly pending: readonly PendingKey[];
}

/** What is left to do at the job's end with a key that has, or gets, its final name. */
export type AtJobEnd = Pick<JobEndPlan, 'lifetimeKeyId' | 'rotation'>;

/**
 * Sets up the making of keys for one name.
 *
 * @param making  what to make
 * @param ports   the world
 * @param before  what this run has left under provisional names before
 */
export function createWorkbench(
  making: CreateOptions,
  ports: Ports,
  before: readonly PendingKey[] = [],
): Workbench {
  const { keys, clock, random, jobEnd, log } = ports;
  const nothing: AtJobEnd = { lifetimeKeyId: undefined, rotation: undefined };
  let pending = before;
  let atEnd = nothing;

  function write(): void {
    jobEnd.plan({ name: making.name, retire: making.retire, pending, ...atEnd });
  }

  function forget(name: string): void {
    pending = pending.filter((each) => each.name !== name);
    write();
  }

  async function attempt(): Promise<CreatedKey | Failure> {
    const name = provisionalName(making.name, clock.now(), random.nonce());
    pending = [...pending, { name, id: undefined }];
    write();
    let made: CreatedKey;
    try {
      made = await keys.create({ name, teamId: making.teamId, hashed: making.hashed });
    } catch (thrown) {
      const failure = toFailure(thrown);
      if (failure.kind === 'outcome_unknown') return settleLost(name, failure);
      // A refusal made nothing, so there is nothing to look for; an answer without a value did.
      const [useless] = failure.keyIds;
      if (useless === undefined || (await deleted(useless))) forget(name);
      throw failure;
    }
    const key = { ...made, name };
    try {
      identify(name, made.id);
    } catch (thrown) {
      // What cannot be written down must not be left, either.
      await discard(key);
      throw thrown;
    }
    return key;
  }

  async function settleLost(name: string, lost: Failure): Promise<CreatedKey | Failure> {
    try {
      return (await settle(name)) ?? lost;
    } catch (thrown) {
      throw lost.with({
        sentence: `Nor could the keys be looked at: ${toFailure(thrown).message}`,
      });
    }
  }

  /** Whether the service said that it deleted a key of this run; where that fails, it is told. */
  function deleted(id: string): Promise<boolean> {
    return deleteOwn(keys, id, ports).catch((thrown: unknown) => {
      log.warning(
        `The key ${id}, which was made for ${quote(making.name)} and is not needed, is still there: ${toFailure(thrown).message}`,
      );
      return false;
    });
  }

  function identify(name: string, id: string): void {
    pending = pending.map((each) => (each.name === name ? { name, id } : each));
    write();
  }

  /** Looks for the key of a lost answer. Without its value it is of no use, and is deleted. */
  async function settle(name: string): Promise<CreatedKey | undefined> {
    const found = await waitUntilVisible(
      async () => (await keys.list()).find((key) => key.name === name),
      ports,
      searchWaits,
    );
    if (found === undefined) return undefined;
    identify(name, found.id);
    if (found.value !== undefined) return { id: found.id, name, value: found.value };
    if (await deleteOwn(keys, found.id, ports)) forget(name);
    return undefined;
  }

  async function withdraw(key: CreatedKey): Promise<boolean> {
    const { id, name } = key;
    const isDeleted = await deleted(id);
    const isForeseen = atEnd.lifetimeKeyId === id || atEnd.rotation?.newKeyId === id;
    if (isDeleted) {
      pending = pending.filter((each) => each.name !== name);
      if (isForeseen) atEnd = nothing;
    } else if (!isForeseen && !pending.some((each) => each.name === name)) {
      // The post step looks for it once more. It does so by itself for one that is foreseen.
      pending = [...pending, { name, id }];
    }
    try {
      write();
    } catch (thrown) {
      // What this is the end of failed for another reason, which matters more.
      log.warning(toFailure(thrown).report);
    }
    return isDeleted;
  }

  async function discard(key: CreatedKey): Promise<boolean> {
    ports.budget.useReserve();
    return withdraw(key);
  }

  return {
    get hasLooseEnds() {
      return pending.some(({ id }) => id === undefined);
    },
    get pending() {
      return pending;
    },
    async make() {
      for (let attempts = 1; ; attempts += 1) {
        const made = await attempt();
        if (!(made instanceof Failure)) return made;
        if (attempts >= mostAttempts) throw made;
        log.info(
          `The answer to making a key for ${quote(making.name)} was lost; trying once more.`,
        );
      }
    },
    withdraw,
    discard,
    foresee({ name, id }, atJobEnd) {
      atEnd = atJobEnd;
      if (atJobEnd.lifetimeKeyId === id) write();
      else forget(name);
    },
    keep(key, atJobEnd = atEnd) {
      atEnd = atJobEnd;
      forget(key.name);
    },
    async sweep(listed) {
      const swept = new Set<Key>();
      for (const { name, id } of pending) {
        const late = id === undefined ? listed.find((key) => key.name === name) : undefined;
        if (late === undefined) continue;
        if (await deleteOwn(keys, late.id, ports)) forget(name);
        swept.add(late);
      }
      return listed.filter((key) => !swept.has(key));
    },
  };
}
