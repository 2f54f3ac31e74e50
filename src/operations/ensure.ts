import { Failure } from '../failure.ts';
import type { Key, MadeKey } from '../ports.ts';
import type { EnsureRequest } from '../request.ts';
import type { Secret } from '../secret.ts';
import { listed, quote } from '../text.ts';
import { checkSecret, storeSecret, takeBack } from './hand-out.ts';
import { isRefusal, renameOwn } from './lag.ts';
import { createWorkbench, type Workbench } from './make.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { rotate } from './rotate.ts';
import { survey, type Survey } from './survey.ts';
import { sweepAbandoned } from './sweep.ts';

/**
 * How long a new key waits before its name is settled, in milliseconds. Whoever found no key before
 * this one was made has made its own by the end of it, and all of them see all.
 */
const settleMs = 3000;

/** How long a run waits for another one to settle the name, in milliseconds, and how often it looks. */
const patienceMs = 10_000;
const lookEveryMs = 500;

/**
 * Exactly one active key with this name.
 *
 * A key that exists is used: one RPC. Otherwise each run makes a key under a provisional name, lets
 * the others show up, and of all that did, the one with the smallest id gets the name. The rest
 * take back what they made, wait, and use that one. A name that exists is therefore settled for
 * good, and whoever reads it may use it at once. A run that finds others at work when it starts
 * makes nothing and waits for them. What dies on the way is waited for only so long; then all who
 * waited begin anew.
 */
export const ensure: Operation<EnsureRequest> = async (request, ports) => {
  const first = survey(await ports.keys.list(), request.name, ports.clock.now());
  const existing = first.active[0];
  if (existing !== undefined) return adopt(request, existing, first, ports);
  if (request.dryRun) return wouldCreate(request, first);
  await checkSecret(request, ports);
  const election = createElection(request, ports);
  try {
    return await election.run(first);
  } catch (thrown) {
    await election.giveUp();
    throw thrown;
  }
};

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
    `A key for ${quote(name)} was made, but did not show up in the list of keys within \`timeout_seconds\`; it was taken back.`,
    {
      hint: 'The key in `api_key` must see the Send-Your-Data keys of the team in `team_id`: check that `list` shows them. If it does, raise `timeout_seconds`.',
    },
  );
}

function createElection(request: EnsureRequest, ports: Ports) {
  const { keys, clock, budget, log } = ports;
  const workbench = createWorkbench(request, ports);
  /** Provisional keys that are not waited for (again): they did not make it in time, or were mine. */
  const dead = new Set<string>();
  let mine: MadeKey | undefined;

  async function lookOnce(): Promise<Survey> {
    const all = await keys.list();
    const others = workbench.hasLooseEnds ? await workbench.sweep(all) : all;
    return survey(others, request.name, clock.now());
  }

  /** Who waits for others anyway outlasts a disturbance for as long as it would wait for them. */
  async function look(): Promise<Survey> {
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
  async function showing({ id }: MadeKey): Promise<Survey> {
    const isShown = ({ active, underWay }: Survey): boolean =>
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
  async function waitFor(rivals: readonly Key[]): Promise<Survey | undefined> {
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

  async function win(winner: MadeKey, seen: Survey): Promise<Outcome> {
    workbench.foresee(atJobEnd(request, winner));
    try {
      await renameOwn(keys, winner.id, request.name, ports);
    } catch (thrown) {
      // If the rename may have arrived, others may be using the key: then it is not taken back here.
      // The post step deletes it if it still bears its provisional name.
      if (!isRefusal(thrown)) mine = undefined;
      throw thrown;
    }
    mine = undefined;
    workbench.keep(winner);
    if (dead.size > 0) await warnOfOthers(winner);
    await sweepAbandoned(seen.abandoned, ports);
    return handOut(request, winner, ports);
  }

  /** A run that was taken for dead may have come back. It is a courtesy: nothing fails for it. */
  async function warnOfOthers(winner: MadeKey): Promise<void> {
    const all = await keys.list().catch(() => []);
    const { active } = survey(all, request.name, clock.now());
    const others = active.filter(({ id }) => id !== winner.id);
    if (others.length > 0)
      warnOfDuplicates(request.name, [...others.map(({ id }) => id), winner.id], log);
  }

  return {
    async run(first: Survey): Promise<Outcome> {
      let seen = first;
      for (;;) {
        const existing = seen.active[0];
        if (existing !== undefined) {
          await concede();
          return adopt(request, existing, seen, ports);
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
    /** Takes back what was made, as far as that works. */
    async giveUp(): Promise<void> {
      if (mine !== undefined) await workbench.discard(mine);
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

function atJobEnd(request: EnsureRequest, made: MadeKey): Parameters<Workbench['foresee']>[0] {
  return {
    lifetimeKeyId: request.lifetime === 'job' ? made.id : undefined,
    rotation: undefined,
  };
}

async function handOut(request: EnsureRequest, made: MadeKey, ports: Ports): Promise<Outcome> {
  try {
    await storeSecret(request.secret, made.value, ports);
  } catch (thrown) {
    throw await takeBack(made, thrown, request, ports);
  }
  return {
    sentence: `Created the key ${quote(request.name)} (${made.id}).`,
    key: { id: made.id, name: request.name, active: true, hashed: request.hashed },
    value: made.value,
    created: true,
    changed: true,
    keyIds: [made.id],
    undo: (failure) => takeBack(made, failure, request, ports),
  };
}

/** Uses a key that exists. */
async function adopt(
  request: EnsureRequest,
  key: Key,
  seen: Survey,
  ports: Ports,
): Promise<Outcome> {
  if (seen.active.length > 1) {
    warnOfDuplicates(
      request.name,
      seen.active.map(({ id }) => id),
      ports.log,
    );
  }
  if (!request.dryRun) await sweepAbandoned(seen.abandoned, ports);
  if (key.value === undefined && request.onExisting !== 'reuse')
    return replace(request, key, ports);
  const value = key.value ?? warnOfHidden(request, key, ports);
  if (value !== undefined && !request.dryRun) await storeSecret(request.secret, value, ports);
  return {
    sentence: `The key ${quote(request.name)} exists (${key.id}).`,
    key,
    ...(value === undefined ? {} : { value }),
    created: false,
    changed: false,
    keyIds: [key.id],
  };
}

/** The value of an existing key cannot be read, and reusing it without is not what is wanted. */
function replace(request: EnsureRequest, key: Key, ports: Ports): Promise<Outcome> {
  if (request.onExisting === 'rotate') {
    return rotate({ ...request, operation: 'rotate', retireWhen: 'job_succeeds' }, ports);
  }
  throw new Failure(
    'value_hidden',
    `The key ${quote(request.name)} exists (${key.id}), and the service does not disclose its value.`,
    {
      hint: 'Use the value that was stored when the key was made, set `on_existing: rotate` to have a new key made, or `on_existing: reuse` to go on without the value.',
      keyIds: [key.id],
    },
  );
}

function warnOfHidden(request: EnsureRequest, key: Key, { log }: Ports): Secret | undefined {
  const stored = request.secret === undefined ? '' : ' Nothing was stored as a secret, either.';
  log.warning(
    `The key ${quote(request.name)} exists (${key.id}), and the service does not disclose its value: the output \`value\` is empty.${stored} See \`on_existing\`.`,
  );
  return undefined;
}

function warnOfDuplicates(name: string, ids: readonly string[], log: Ports['log']): void {
  log.warning(
    `${ids.length} active keys are named ${quote(name)}: ${listed(ids)}. All runs use the first of them. Deactivate the others once nobody uses them.`,
  );
}

function wouldCreate(request: EnsureRequest, seen: Survey): Outcome {
  const others = seen.underWay.length > 0 ? ' Another run seems to be making it just now.' : '';
  return {
    sentence: `Would create the key ${quote(request.name)}.${others}`,
    created: false,
    changed: true,
    keyIds: [],
  };
}
