import { Failure, toFailure } from '../core/failure.ts';
import type { CreatedKey, Key } from '../core/ports.ts';
import { listed, quote } from '../core/text.ts';
import { classify, type Classified } from './classify.ts';
import type { Creating } from './created.ts';
import type { ChangeResult } from './consistency.ts';
import {
  afterNaming,
  decide,
  unusedIn,
  type Elected,
  type ElectionState,
} from './election-state.ts';
import { KeyTransaction } from './key-transaction.ts';
import type { Ports } from './operation.ts';
import { explained, maybeNamed } from './revoke.ts';

/**
 * How long a new key waits before a name is given, in milliseconds. Whoever found no key before
 * this one was made has made its own by the end of it, and all of them see all.
 */
const settleMs = 3000;

/** How long a run waits for another one to name a key, in milliseconds, and how often it looks. */
const patienceMs = 10_000;
const lookEveryMs = 500;

/**
 * Elects, among all runs that want it, the key that gets a name that no active key bears.
 *
 * @param request whose name
 * @param ports   the world
 * @param first   what the list said a moment ago
 * @throws a `Failure`; what was made is deleted by then, as far as that works and nobody can use it
 */
export async function electKey(
  request: Creating,
  ports: Ports,
  first: Classified,
): Promise<Elected> {
  const election = new Election(request, ports);
  let state: ElectionState = { state: 'deciding', own: undefined, seen: first };
  try {
    while (state.state !== 'over') state = await election.advance(state);
    return state.elected;
  } catch (thrown) {
    throw await election.fail(state, toFailure(thrown));
  }
}

/** What one run does in the states of `election-state.ts`. */
class Election {
  readonly #request: Creating;
  readonly #ports: Ports;
  readonly #transaction: KeyTransaction;
  /** Provisional keys that are not waited for (again): they did not make it in time, or were own. */
  readonly #passedOver = new Set<string>();

  constructor(request: Creating, ports: Ports) {
    this.#request = request;
    this.#ports = ports;
    this.#transaction = new KeyTransaction(request, ports);
  }

  /** Does what a state is there for. */
  async advance(now: Exclude<ElectionState, { state: 'over' }>): Promise<ElectionState> {
    switch (now.state) {
      case 'deciding':
        return decide(now.own, now.seen, this.#passedOver);
      case 'proposing':
        return { state: 'showing', own: await this.#transaction.create() };
      case 'showing':
        return { state: 'deciding', own: now.own, seen: await this.#show(now.own) };
      case 'waiting': {
        // Given up before the wait, and not after it: whoever waits that long is taken for dead by
        // the others who wait, and all of them would come back with their keys at once.
        await this.#giveUp(now.own);
        const seen = (await this.#waitFor(now.rivals)) ?? (await this.#look());
        return { state: 'deciding', own: undefined, seen };
      }
      case 'conceding': {
        await this.#giveUp(now.own);
        const { existing, seen } = now;
        const { pending } = this.#transaction;
        return { state: 'over', elected: { by: 'another_run', existing, seen, pending } };
      }
      case 'naming':
        return afterNaming(now, await this.#name(now.own));
      case 'named': {
        const { own: made, seen } = now;
        const transaction = this.#transaction;
        transaction.commit(made);
        if (this.#passedOver.size > 0) await this.#warnOfOthers(made);
        return { state: 'over', elected: { by: 'this_run', made, seen, transaction } };
      }
      case 'refused':
        throw now.failure;
      case 'doubtful':
        throw maybeNamed(now.failure, now.own.id);
    }
  }

  /** Deletes what was made, as far as that is right, and adds to the failure what became of it. */
  async fail(state: ElectionState, failure: Failure): Promise<Failure> {
    const own = unusedIn(state);
    if (own === undefined) return failure;
    return explained(failure, own.id, await this.#transaction.abort(own));
  }

  async #lookOnce(): Promise<Classified> {
    const { keys, clock } = this.#ports;
    const all = await keys.list();
    const others = this.#transaction.hasLooseEnds ? await this.#transaction.sweep(all) : all;
    return classify(others, this.#request, clock.now());
  }

  /** Who waits for others anyway outlasts a disturbance for as long as it would wait for them. */
  async #look(): Promise<Classified> {
    const { clock, budget } = this.#ports;
    const end = clock.elapsed() + patienceMs;
    for (;;) {
      try {
        return await this.#lookOnce();
      } catch (thrown) {
        const isOver = clock.elapsed() >= end || budget.remaining() <= lookEveryMs;
        if (isOver || !isPassing(thrown)) throw thrown;
        await clock.sleep(lookEveryMs);
      }
    }
  }

  async #pause(milliseconds: number, outOfTime = unsettled): Promise<void> {
    const { clock, budget } = this.#ports;
    if (budget.remaining() <= milliseconds) throw outOfTime(this.#request.name);
    await clock.sleep(milliseconds);
  }

  /** Waits until whoever made a key without seeing this one can be seen. */
  async #show({ id }: CreatedKey): Promise<Classified> {
    const { clock } = this.#ports;
    const isShown = ({ active, underWay }: Classified): boolean =>
      active.length > 0 || underWay.some((key) => key.id === id);
    const begun = clock.elapsed();
    await this.#pause(settleMs);
    let seen = await this.#look();
    if (isShown(seen)) return seen;
    while (!isShown(seen)) {
      await this.#pause(lookEveryMs, unseen);
      seen = await this.#look();
    }
    // Reads lag by more than the settle time. The others read as late before they made theirs, and
    // what they made shows as late: so wait for the same time again.
    await this.#pause(clock.elapsed() - begun + settleMs);
    return this.#look();
  }

  /** Waits for those who are ahead to name a key; undefined when they do not. */
  async #waitFor(rivals: readonly Key[]): Promise<Classified | undefined> {
    const { clock } = this.#ports;
    const end = clock.elapsed() + patienceMs;
    while (clock.elapsed() < end) {
      await this.#pause(lookEveryMs);
      const seen = await this.#look();
      if (seen.active.length > 0) return seen;
      const left = new Set(seen.underWay.map(({ id }) => id));
      // They gave up, or lost to one that gave up.
      if (!rivals.some(({ id }) => left.has(id))) return seen;
    }
    for (const { id } of rivals) this.#passedOver.add(id);
    return undefined;
  }

  #name(own: CreatedKey): Promise<ChangeResult> {
    const lifetimeKeyId = this.#request.lifetime === 'job' ? own.id : undefined;
    return this.#transaction.rename(own, { lifetimeKeyId, rotation: undefined });
  }

  /** Deletes what was made, as another key gets the name. Where that fails, it is told and left. */
  async #giveUp(own: CreatedKey | undefined): Promise<void> {
    if (own === undefined) return;
    // Where reads lag, it is still seen for a while.
    this.#passedOver.add(own.id);
    await this.#transaction.rollBack(own);
  }

  /** A run that was taken for dead may have come back. It is a courtesy: nothing fails for it. */
  async #warnOfOthers(own: CreatedKey): Promise<void> {
    const { keys, clock, log } = this.#ports;
    const all = await keys.list().catch(() => []);
    const { active } = classify(all, this.#request, clock.now());
    const others = active.filter(({ id }) => id !== own.id);
    if (others.length > 0)
      warnOfDuplicates(this.#request.name, [...others.map(({ id }) => id), own.id], log);
  }
}

/** Whether a failure may be over in a moment. */
function isPassing(thrown: unknown): boolean {
  const passing: readonly string[] = ['dropped', 'unavailable', 'timeout', 'rate_limited'];
  return thrown instanceof Failure && passing.includes(thrown.kind);
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
