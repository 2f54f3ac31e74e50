import { Failure, toFailure } from '../core/failure.ts';
import type { Key, CreatedKey, PendingKey } from '../core/ports.ts';
import { listed, quote } from '../core/text.ts';
import type { Creating } from './created.ts';
import { explained, maybeNamed } from './github-secret.ts';
import { isRefusal, renameOwn } from './consistency.ts';
import { createWorkbench, type AtJobEnd, type Workbench } from './key-transaction.ts';
import type { Ports } from './operation.ts';
import { classify, type Classified } from './classify.ts';

/**
 * How long a new key waits before its name is settled, in milliseconds. Whoever found no key before
 * this one was made has made its own by the end of it, and all of them see all.
 */
const settleMs = 3000;

/** How long a run waits for another one to settle the name, in milliseconds, and how often it looks. */
const patienceMs = 10_000;
const lookEveryMs = 500;

/** Which key has the name now: one that this run made, or one that another run did. */
export type Settled =
  | { readonly made: CreatedKey; readonly seen: Classified; readonly workbench: Workbench }
  | {
      readonly existing: Key;
      readonly seen: Classified;
      /** What this run has left under provisional names. */
      readonly pending: readonly PendingKey[];
    };

/**
 * Settles, among all runs that want it, which key gets a name that no active key bears.
 *
 * @param request whose name
 * @param ports   the world
 * @param first   what the list said a moment ago
 * @throws a `Failure`; what was made is taken back by then, as far as that works
 */
export async function settleName(
  request: Creating,
  ports: Ports,
  first: Classified,
): Promise<Settled> {
  const election = createElection(request, ports);
  try {
    return await election.run(first);
  } catch (thrown) {
    throw await election.giveUp(toFailure(thrown));
  }
}

function createElection(request: Creating, ports: Ports) {
  const { keys, clock, budget, log } = ports;
  const workbench = createWorkbench(request, ports);
  /** Provisional keys that are not waited for (again): they did not make it in time, or were mine. */
  const dead = new Set<string>();
  let mine: CreatedKey | undefined;

  async function lookOnce(): Promise<Classified> {
    const all = await keys.list();
    const others = workbench.hasLooseEnds ? await workbench.sweep(all) : all;
    return classify(others, request, clock.now());
  }

  /** Who waits for others anyway outlasts a disturbance for as long as it would wait for them. */
  async function look(): Promise<Classified> {
    const end = clock.elapsed() + patienceMs;
    for (;;) {
      try {
        return await lookOnce();
      } catch (thrown) {
        const isOver = clock.elapsed() >= end || budget.remaining() <= lookEveryMs;
        if (isOver || !isPassing(thrown)) throw thrown;
        await clock.sleep(lookEveryMs);
      }
    }
  }

  async function pause(milliseconds: number, outOfTime = unsettled): Promise<void> {
    if (budget.remaining() <= milliseconds) throw outOfTime(request.name);
    await clock.sleep(milliseconds);
  }

  /** Waits until whoever made a key without seeing this one can be seen. */
  async function showing({ id }: CreatedKey): Promise<Classified> {
    const isShown = ({ active, underWay }: Classified): boolean =>
      active.length > 0 || underWay.some((key) => key.id === id);
    const begun = clock.elapsed();
    await pause(settleMs);
    let seen = await look();
    if (isShown(seen)) return seen;
    while (!isShown(seen)) {
      await pause(lookEveryMs, unseen);
      seen = await look();
    }
    // Reads lag by more than the settle time. The others read as late before they made theirs, and
    // what they made shows as late: so wait for the same time again.
    await pause(clock.elapsed() - begun + settleMs);
    return look();
  }

  /** Waits for those who are ahead to settle the name; undefined when they do not. */
  async function waitFor(rivals: readonly Key[]): Promise<Classified | undefined> {
    const end = clock.elapsed() + patienceMs;
    while (clock.elapsed() < end) {
      await pause(lookEveryMs);
      const seen = await look();
      if (seen.active.length > 0) return seen;
      const left = new Set(seen.underWay.map(({ id }) => id));
      // They gave up, or lost to one that gave up.
      if (!rivals.some(({ id }) => left.has(id))) return seen;
    }
    for (const { id } of rivals) dead.add(id);
    return undefined;
  }

  async function win(winner: CreatedKey, seen: Classified): Promise<Settled> {
    workbench.foresee(winner, atJobEnd(request, winner));
    try {
      await renameOwn(keys, winner.id, request.name, ports);
    } catch (thrown) {
      if (isRefusal(thrown)) throw thrown;
      // If the rename may have arrived, others may be using the key: then it is not taken back.
      mine = undefined;
      throw maybeNamed(thrown, winner.id);
    }
    mine = undefined;
    workbench.keep(winner);
    if (dead.size > 0) await warnOfOthers(winner);
    return { made: winner, seen, workbench };
  }

  /** A run that was taken for dead may have come back. It is a courtesy: nothing fails for it. */
  async function warnOfOthers(winner: CreatedKey): Promise<void> {
    const all = await keys.list().catch(() => []);
    const { active } = classify(all, request, clock.now());
    const others = active.filter(({ id }) => id !== winner.id);
    if (others.length > 0)
      warnOfDuplicates(request.name, [...others.map(({ id }) => id), winner.id], log);
  }

  return {
    async run(first: Classified): Promise<Settled> {
      let seen = first;
      for (;;) {
        const existing = seen.active[0];
        if (existing !== undefined) {
          await concede();
          return { existing, seen, pending: workbench.pending };
        }
        const own = mine;
        const rivals = seen.underWay.filter(
          ({ id }) => !dead.has(id) && id !== own?.id && (own === undefined || id < own.id),
        );
        if (rivals.length > 0) {
          // Given up before the wait, and not after it: whoever waits that long is taken for dead by
          // the others who wait, and all of them would come back with their keys at once.
          await concede();
          seen = (await waitFor(rivals)) ?? (await look());
        } else if (own === undefined) {
          mine = await workbench.make();
          seen = await showing(mine);
        } else {
          return win(own, seen);
        }
      }
    },
    /**
     * Takes back what was made, as far as that works.
     *
     * @returns the failure, with what became of it
     */
    async giveUp(failure: Failure): Promise<Failure> {
      if (mine === undefined) return failure;
      return explained(failure, mine.id, await workbench.discard(mine));
    },
  };

  /** Takes back what was made, as another key gets the name. */
  async function concede(): Promise<void> {
    if (mine === undefined) return;
    const loser = mine;
    mine = undefined;
    // Where reads lag, it is still seen for a while.
    dead.add(loser.id);
    await workbench.withdraw(loser);
  }
}

/** Whether a failure may be over in a moment. */
function isPassing(thrown: unknown): boolean {
  const passing: readonly string[] = ['dropped', 'unavailable', 'timeout', 'rate_limited'];
  return thrown instanceof Failure && passing.includes(thrown.kind);
}

function atJobEnd(request: Creating, made: CreatedKey): AtJobEnd {
  return {
    lifetimeKeyId: request.lifetime === 'job' ? made.id : undefined,
    rotation: undefined,
  };
}

/** Says that a name has several active keys, and which of them all runs use. */
export function warnOfDuplicates(name: string, ids: readonly string[], log: Ports['log']): void {
  log.warning(
    `${ids.length} active keys are named ${quote(name)}: ${listed(ids)}. If a rotation is under way, it will retire the previous ones; until then all runs of \`ensure\` use the first of them. Otherwise run \`rotate\`, which leaves one.`,
  );
}

function unsettled(name: string): Failure {
  return new Failure(
    'timeout',
    `No key named ${quote(name)} was settled within \`timeout_seconds\`.`,
    {
      hint: 'Run the job again, or raise `timeout_seconds`: making a new key takes at least 4 seconds, and more after a crash.',
    },
  );
}

function unseen(name: string): Failure {
  return new Failure(
    'timeout',
    `A key for ${quote(name)} was made, but did not show up in the list of keys within \`timeout_seconds\`.`,
    {
      hint: 'The key in `api_key` must see the Send-Your-Data keys of the team in `team_id`: check that `list` shows them. If it does, raise `timeout_seconds`.',
    },
  );
}
