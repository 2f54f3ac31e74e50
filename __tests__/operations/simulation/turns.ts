import type { Ports } from '../../../src/operations/operation.ts';
import { Prng } from './prng.ts';
import type { World } from './world.ts';

/** A call that waits for its turn. */
interface Waiting {
  readonly call: TurnCall;
  readonly release: () => void;
}

/** A call, and what it reads and writes of what all runs share: `name`, `record`, `secret`, or a key's id. */
export interface TurnCall {
  readonly run: string;
  /** Tells it from all others; the same in every world in which the same was served before. */
  readonly id: string;
  readonly what: string;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

/** Which calls were served, by their ids, in this order. */
export type Schedule = readonly string[];

/**
 * Serves the calls of several runs one after the other: each waits until it is its turn, and is over
 * before the next one begins. What is none of the others' business (a key under its provisional name) is
 * served at once.
 */
export class Turns {
  /** By the calls' ids: a run may make several at the same time. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #counts = new Map<string, number>();
  /** What was served, in this order. */
  readonly served: TurnCall[] = [];

  /** For a world's `tamper`. */
  readonly tamper = ({ keys, github, ...ports }: Ports, run: string): Ports => {
    const turn = async <T>(
      call: Omit<TurnCall, 'run' | 'id'>,
      act: () => Promise<T>,
    ): Promise<T> => {
      const count = (this.#counts.get(run) ?? 0) + 1;
      this.#counts.set(run, count);
      const id = `${run}/${count}`;
      await new Promise<void>((release) => {
        this.#waiting.set(id, { call: { ...call, run, id }, release });
      });
      return act();
    };
    return {
      ...ports,
      keys: {
        ...keys,
        list: () => turn({ what: 'list', reads: ['name'], writes: [] }, () => keys.list()),
        update: (id, change) =>
          turn(
            change.newName === undefined
              ? // Whether the secret holds its value at that moment makes a difference.
                { what: `retire ${id}`, reads: ['secret'], writes: ['name', id] }
              : { what: `name ${id}`, reads: [], writes: ['name', id] },
            () => keys.update(id, change),
          ),
        delete: (id) =>
          turn({ what: `delete ${id}`, reads: ['secret'], writes: ['name', id] }, () =>
            keys.delete(id),
          ),
      },
      github: {
        ...github,
        findSecret: (secret) =>
          turn({ what: 'find the secret', reads: ['secret'], writes: [] }, () =>
            github.findSecret(secret),
          ),
        readRecord: (secret) =>
          turn({ what: 'read the record', reads: ['record'], writes: [] }, () =>
            github.readRecord(secret),
          ),
        writeRecord: (secret, text) =>
          turn({ what: `record ${text.slice(0, 40)}`, reads: [], writes: ['record'] }, () =>
            github.writeRecord(secret, text),
          ),
        storeSecret: (secret) =>
          turn({ what: 'store the secret', reads: [], writes: ['secret'] }, () =>
            github.storeSecret(secret),
          ),
      },
    };
  };

  /** What waits, in the order of the runs' names. Runs of which nothing does have ended. */
  waiting(): readonly TurnCall[] {
    return [...this.#waiting.values()]
      .map(({ call }) => call)
      .sort((a, b) => a.id.localeCompare(b.id));
  }

  /** Serves a call that waits. */
  serve(id: string): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) throw new Error(`no call ${id} waits`);
    this.#waiting.delete(id);
    this.served.push(waiting.call);
    waiting.release();
  }
}

/** Whether the order of two calls makes a difference. Writes of the name to different keys do not. */
function interfere(a: TurnCall, b: TurnCall): boolean {
  const onSame = (some: readonly string[], others: readonly string[]): boolean =>
    some.some((one) => others.includes(one));
  const writesOf = ({ writes }: TurnCall): readonly string[] =>
    writes.filter((one) => one !== 'name');
  return onSame(a.writes, b.reads) || onSame(a.reads, b.writes) || onSame(writesOf(a), writesOf(b));
}

/** What a schedule led to, and where it could have gone on in another way. */
interface Played {
  readonly isWhole: boolean;
  readonly others: readonly Schedule[];
}

/**
 * Plays all schedules of some runs that can end differently. Of those that differ only in the order of
 * neighbours which have nothing to do with each other, one is played: the one in which the run whose name
 * comes first goes first.
 *
 * @param begin makes the world anew and arranges the runs
 * @param check looks at a world in which nothing is left to happen
 * @returns how many were played
 */
export async function playAllSchedules(
  begin: (turns: Turns) => Promise<World>,
  check: (world: World, turns: Turns) => void,
): Promise<number> {
  const open: Schedule[] = [[]];
  let count = 0;
  for (let schedule = open.pop(); schedule !== undefined; schedule = open.pop()) {
    const turns = new Turns();
    const world = await begin(turns);
    const { isWhole, others } = await follow(schedule, world, turns);
    open.push(...others);
    if (!isWhole) continue;
    count += 1;
    check(world, turns);
  }
  return count;
}

/** Follows a schedule, and from its end on always takes the first that may go on. */
async function follow(schedule: Schedule, world: World, turns: Turns): Promise<Played> {
  const taken: string[] = [];
  const others: Schedule[] = [];
  for (;;) {
    await world.time.run();
    const waiting = turns.waiting();
    if (waiting.length === 0) return { isWhole: true, others };
    const last = turns.served.at(-1);
    const able = waiting.filter(
      (call) => last === undefined || call.run >= last.run || interfere(last, call),
    );
    const [first, ...rest] = able.map(({ id }) => id);
    const planned = schedule[taken.length];
    if (planned === undefined) {
      // All that comes here was played in another order.
      if (first === undefined) return { isWhole: false, others };
      others.push(...rest.map((id) => [...taken, id]));
    }
    const next = planned ?? first;
    if (next === undefined) throw new Error('unreachable');
    turns.serve(next);
    taken.push(next);
  }
}

/**
 * Plays some schedules, drawn by lot, where there are too many to play them all.
 *
 * @param count how many
 * @param begin makes the world anew and arranges the runs
 * @param check looks at a world in which nothing is left to happen
 */
export async function playSomeSchedules(
  count: number,
  begin: (turns: Turns) => Promise<World>,
  check: (world: World, turns: Turns) => void,
): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    const prng = new Prng(`schedule ${number}`);
    const turns = new Turns();
    const world = await begin(turns);
    for (;;) {
      await world.time.run();
      const [first, ...others] = turns.waiting().map(({ id }) => id);
      if (first === undefined) break;
      turns.serve(prng.pick(first, ...others));
    }
    check(world, turns);
  }
}
