import { Failure, toFailure } from '../core/failure.ts';
import type { CreatedKey, Key } from '../core/ports.ts';
import { listed, quote } from '../core/text.ts';
import { classify, type Classified } from './classify.ts';
import type { ChangeResult } from './consistency.ts';
import { afterNaming, decide, unusedIn, type ElectionState, type In } from './election-state.ts';
import type { Creating } from './created.ts';
import { announce, type Announced } from './github-secret.ts';
import { KeyTransaction } from './key-transaction.ts';
import { LongWait, type Pause } from './long-wait.ts';
import type { Ports } from './operation.ts';
import { listForName } from './read-permissions.ts';
import { explained, maybeNamed } from './revoke.ts';
import { proofBoundMs } from './proof-bound.ts';
import type { Proof } from './verifier.ts';
import { proveNew } from './verify.ts';

/**
 * How long a new key waits before a name is given, in milliseconds. Whoever found no key before
 * this one was made has made its own by the end of it, and all of them see all.
 */
const settleMs = 3000;

/**
 * How long a run waits for another one to name a key, in milliseconds, and how often it looks. A key that
 * has to be proven to work takes as much longer as the proof may.
 */
const patienceMs = 10_000;
const lookEveryMs = 500;

function patience({ request, ports }: Run): number {
  return patienceMs + (request.verify ? proofBoundMs(ports.budget.remaining()) : 0);
}

/** Which key has the name now: one that this run made, or one that another run did. */
export interface Elected {
  readonly result: In<'named' | 'yielded'>;
  /** Where the value of its key is to be stored, if it has the name; undefined when nowhere. */
  readonly announced: Announced | undefined;
  /** That its key works, if it has the name and that was asked for. */
  readonly proof: Proof | undefined;
  /** What this run made. */
  readonly transaction: KeyTransaction;
}

/** One run that takes part. */
interface Run {
  readonly request: Creating;
  readonly ports: Ports;
  readonly transaction: KeyTransaction;
  /** Provisional keys that are not waited for (again): they did not make it in time, or were own. */
  readonly passedOver: Set<string>;
  /** From the beginning of it on: others may be waited for more than once. */
  readonly wait: LongWait;
  announced: Announced | undefined;
  proof: Proof | undefined;
}

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
  const transaction = new KeyTransaction(request, ports);
  const run: Run = {
    ...{ request, ports, transaction, passedOver: new Set(), wait: new LongWait(ports) },
    ...{ announced: undefined, proof: undefined },
  };
  let state: ElectionState = { state: 'deciding', own: undefined, seen: first };
  try {
    while (state.state !== 'named' && state.state !== 'yielded') state = await advance(state, run);
  } catch (thrown) {
    const failure = toFailure(thrown);
    const own = unusedIn(state);
    throw own === undefined ? failure : explained(failure, own.id, await transaction.abort(own));
  }
  if (state.state === 'named') {
    transaction.commit(state.own);
    if (run.passedOver.size > 0) await warnOfOthers(state.own, run);
  }
  return { result: state, announced: run.announced, proof: run.proof, transaction };
}

/** Does what a state is there for. */
async function advance(
  now: Exclude<ElectionState, In<'named' | 'yielded'>>,
  run: Run,
): Promise<ElectionState> {
  const { clock } = run.ports;
  switch (now.state) {
    case 'deciding': {
      const next = decide(now, run.passedOver);
      // Given up before the wait, and not after it: whoever waits that long is taken for dead by
      // the others who wait, and all of them would come back with their keys at once.
      if (now.own !== undefined && next.state !== 'naming') await giveUp(now.own, run);
      return next;
    }
    case 'proposing':
      return { state: 'proving', own: await run.transaction.create(), madeMs: clock.elapsed() };
    case 'proving':
      // Before the name, so that nobody else can have begun to use the key if it does not work.
      run.proof = await proveNew(now.own, run.request, run.ports);
      return { ...now, state: 'showing' };
    case 'showing':
      return { state: 'deciding', own: now.own, seen: await show(now, run) };
    case 'waiting': {
      const seen = (await waitFor(now.rivals, run)) ?? (await look(run));
      return { state: 'deciding', own: undefined, seen };
    }
    case 'naming':
      return afterNaming(now, await giveName(now.own, run));
    case 'refused':
      throw now.failure;
    case 'doubtful':
      throw maybeNamed(now.failure, now.own.id);
  }
}

async function lookOnce({ request, ports, transaction }: Run): Promise<Classified> {
  const all = await listForName(request.name, ports);
  const others = transaction.hasLooseEnds ? await transaction.sweep(all) : all;
  return classify(others, request, ports.clock.now());
}

/** Who waits for others anyway outlasts a disturbance for as long as it would wait for them. */
async function look(run: Run): Promise<Classified> {
  const { clock, budget } = run.ports;
  const end = clock.elapsed() + patienceMs;
  for (;;) {
    try {
      return await lookOnce(run);
    } catch (thrown) {
      const isOver = clock.elapsed() >= end || budget.remaining() <= lookEveryMs;
      if (isOver || !isPassing(thrown)) throw thrown;
      const mostMs = Math.min(end - clock.elapsed(), budget.remaining());
      run.wait.tell({ until: 'the service lists the keys', pauseMs: lookEveryMs, mostMs });
      await clock.sleep(lookEveryMs);
    }
  }
}

/** Pauses for a moment that is told where all of it gets long, or fails where there is no time for it. */
async function pause(
  { pauseMs, mostMs = Infinity, until }: Pick<Pause, 'pauseMs' | 'until'> & Partial<Pause>,
  run: Run,
  outOfTime = unsettled,
): Promise<void> {
  const { clock, budget } = run.ports;
  const left = budget.remaining();
  if (left <= pauseMs) throw outOfTime(run.request.name);
  run.wait.tell({ until, pauseMs, mostMs: Math.min(mostMs, left) });
  await clock.sleep(pauseMs);
}

/** Waits until whoever made a key without seeing this one can be seen. */
async function show({ own: { id }, madeMs }: In<'showing'>, run: Run): Promise<Classified> {
  const { clock } = run.ports;
  const { name } = run.request;
  const others = `other runs that want a key ${quote(name)} are to be seen`;
  const isShown = ({ active, underWay }: Classified): boolean =>
    active.length > 0 || underWay.some((key) => key.id === id);
  const settled = Math.max(0, madeMs + settleMs - clock.elapsed());
  await pause({ until: others, pauseMs: settled, mostMs: settled }, run);
  let seen = await look(run);
  if (isShown(seen)) return seen;
  while (!isShown(seen)) {
    const shown = `the list shows the new key ${quote(name)} (${id})`;
    await pause({ until: shown, pauseMs: lookEveryMs }, run, unseen);
    seen = await look(run);
  }
  // Reads lag by more than the settle time. The others read as late before they made theirs, and
  // what they made shows as late: so wait for the same time again.
  const again = clock.elapsed() - madeMs + settleMs;
  await pause({ until: others, pauseMs: again, mostMs: again }, run);
  return look(run);
}

/** Waits for those who are ahead to name a key; undefined when they do not. */
async function waitFor(rivals: readonly Key[], run: Run): Promise<Classified | undefined> {
  const { clock } = run.ports;
  const end = clock.elapsed() + patience(run);
  const until = `another run has made the key ${quote(run.request.name)}`;
  while (clock.elapsed() < end) {
    await pause({ until, pauseMs: lookEveryMs, mostMs: end - clock.elapsed() }, run);
    const seen = await look(run);
    if (seen.active.length > 0) return seen;
    const left = new Set(seen.underWay.map(({ id }) => id));
    // They gave up, or lost to one that gave up.
    if (!rivals.some(({ id }) => left.has(id))) return seen;
  }
  for (const { id } of rivals) run.passedOver.add(id);
  return undefined;
}

async function giveName(own: CreatedKey, run: Run): Promise<ChangeResult> {
  const { request, ports, transaction } = run;
  run.announced = await announce(own, request.secret, [], ports);
  const lifetimeKeyId = request.lifetime === 'job' ? own.id : undefined;
  return transaction.rename(own, { lifetimeKeyId, rotation: undefined });
}

/** Deletes what was made, as another key gets the name. Where that fails, it is told and left. */
async function giveUp(own: CreatedKey, { transaction, passedOver }: Run): Promise<void> {
  // Where reads lag, it is still seen for a while.
  passedOver.add(own.id);
  await transaction.rollBack(own);
}

/** A run that was taken for dead may have come back. It is a courtesy: nothing fails for it. */
async function warnOfOthers(own: CreatedKey, { request, ports }: Run): Promise<void> {
  const all = await ports.keys.list().catch(() => []);
  const { active } = classify(all, request, ports.clock.now());
  const others = active.filter(({ id }) => id !== own.id);
  if (others.length > 0)
    warnOfDuplicates(request.name, [...others.map(({ id }) => id), own.id], ports.log);
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
    'several active keys',
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
