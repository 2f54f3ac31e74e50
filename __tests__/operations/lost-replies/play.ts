import { isDeepStrictEqual } from 'node:util';
import type { StatusName } from '../../../src/coralogix/status.ts';
import { status as statuses } from '../../support/status.ts';
import { noFaults, type FaultSchedule, type Sent } from '../simulation/fault-schedule.ts';
import type { Call } from '../simulation/history.ts';
import { dropped, replied, silence, status, type CallOutcome } from '../simulation/outcome.ts';
import type { Report } from '../simulation/report.ts';
import { ensuring, name } from '../simulation/requests.ts';
import { arrange } from '../simulation/run.ts';
import { World } from '../simulation/world.ts';
import type { Step } from './steps.ts';

/** How long a message travels, in milliseconds. */
const oneWayMs = 10;

/** So late a loss is noticed: by then another run is over, also one that waits for this one first. */
const noticedAfterMs = 14_000;

/** What a further call is told: the truth, one of gRPC's statuses, or nothing. */
export type Answer = 'the truth' | 'OK' | Exclude<StatusName, 'OK'> | 'lost again';

/** All of them. */
export const answers: readonly Answer[] = [
  'the truth',
  'OK',
  ...(Object.keys(statuses) as Exclude<StatusName, 'OK'>[]),
  'lost again',
];

/** A step, one of whose calls is carried out, and its reply lost. */
export interface LostReply {
  readonly step: Step;
  /** Which of its calls, from 0 on; undefined: none. */
  readonly lost?: number;
  /** What each further call of the same kind is told. */
  readonly answer: Answer;
  /** Whether the first of them is told NOT_FOUND. */
  readonly isLagging?: boolean;
  /** Whether it is also told so when it lists the keys. */
  readonly isBlind?: boolean;
  /** Whether the end of the job is told so as well, when the call was lost before that. */
  readonly isLasting?: boolean;
  /** Whether the call ends with its deadline, and not with its connection. */
  readonly isSilent?: boolean;
  /** Whether no other run ensures the name between the loss and the next call. */
  readonly isAlone?: boolean;
  /** Whether reads tell values, too. */
  readonly showsValues?: boolean;
}

/** What became of it. */
export interface Played {
  readonly reply: LostReply;
  readonly world: World;
  readonly first: Report;
  readonly second: Report | undefined;
  /** The keys of the name that were there before. */
  readonly planted: readonly string[];
  /** The calls of the step and of the end of its job. */
  readonly calls: readonly Call[];
  /** The one that was lost. */
  readonly lostCall: Call | undefined;
}

/** Lets it happen, until the job has ended. */
export async function play(reply: LostReply): Promise<Played> {
  const { step, showsValues = false, lost } = reply;
  // Of two keys that are made at the same time, the rival's has to come first.
  const seed = step.isBeaten === true ? 'beaten 1' : 'one';
  const world = new World({ seed, faults: noFaults(oneWayMs), hideValues: !showsValues });
  const planted = await world.plant((step.before ?? []).map((active) => ({ name, active })));
  world.faults = scheduleFor(reply, world);
  const request = step.request(planted[0] ?? '');
  arrange(world, {
    name: 'first',
    request,
    jobLastsMs: 60_000,
    jobStatus: 'success',
    ...step.plan,
  });
  if (step.isBeaten === true) arrange(world, { ...ensuringToo, name: 'rival' });
  await world.time.run();
  const named = (run: string): Report | undefined =>
    world.reports.find(({ plan }) => plan.name === run);
  const first = named('first');
  if (first === undefined) throw new Error('The step did not run.');
  const calls = world.history.calls.filter(({ run }) => run === 'first');
  const lostCall = lost === undefined ? undefined : calls[lost];
  return { reply, world, first, second: named('second'), planted, calls, lostCall };
}

/** When the end of the job made its first call. */
export function jobEndOf(calls: Played['calls']): number | undefined {
  return calls.find(({ half }) => half === 'job-end')?.sentAt;
}

/** Another run, which uses whatever it finds. */
const ensuringToo = {
  name: 'second',
  request: ensuring({ ifValueLost: 'ignore' }),
  hasJobEnd: false,
} as const;

function scheduleFor(reply: LostReply, world: World): FaultSchedule {
  const { lost, answer, isLagging = false, isBlind = false, isLasting = false } = reply;
  const usual = noFaults(oneWayMs);
  let count = 0;
  let lostCall: Sent | undefined;
  let further = 0;
  return (call, prng) => {
    if (call.run !== 'first') return usual(call, prng);
    count += 1;
    if (count - 1 === lost) {
      lostCall = call;
      return lose(reply, world);
    }
    const isSame = call.rpc === lostCall?.rpc || (isBlind && call.rpc === 'GetSendDataApiKeys');
    const isThen = call.half === lostCall?.half || isLasting;
    if (lostCall === undefined || !isSame || !isThen) return usual(call, prng);
    further += 1;
    if (isLagging && further === 1) return status('NOT_FOUND', 2 * oneWayMs);
    // That is said of a call that was made before; of others, a service that says so has done it.
    if (answer === 'OK' && !isRepeated(call, lostCall)) return usual(call, prng);
    return told(answer);
  };
}

function lose({ isSilent = false, isAlone = false }: LostReply, world: World): CallOutcome {
  // It begins when the call has been carried out.
  if (!isAlone) arrange(world, { ...ensuringToo, startsAfter: 2 * oneWayMs });
  if (isSilent) return silence(oneWayMs);
  return dropped(oneWayMs, isAlone ? 2 * oneWayMs : noticedAfterMs);
}

/** Whether it is the same change once more: of an Update or Delete, "OK" is the whole reply. */
function isRepeated({ rpc, request }: Sent, before: Sent): boolean {
  const isEmpty = rpc === 'UpdateApiKey' || rpc === 'DeleteApiKey';
  return isEmpty && rpc === before.rpc && isDeepStrictEqual(request, before.request);
}

function told(answer: Answer): CallOutcome {
  if (answer === 'the truth') return replied(oneWayMs, oneWayMs);
  if (answer === 'OK') return { acts: undefined, answers: 2 * oneWayMs };
  if (answer === 'lost again') return dropped(oneWayMs, 2 * oneWayMs);
  return status(answer, 2 * oneWayMs);
}
