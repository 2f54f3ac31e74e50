import {
  CallError,
  type CallErrorFacts,
  type Transport,
} from '../../../src/coralogix/transport.ts';
import { StatusError } from '../../../tools/emulator/status.ts';
import type { Call, KeyState } from './history.ts';
import { facts, type CallOutcome } from './outcome.ts';
import type { Process } from './process.ts';
import { serve } from './service.ts';
import type { World } from './world.ts';

const deadlinePassed = facts('timeout', 'maybe', 'DEADLINE_EXCEEDED', 'Deadline exceeded');

/**
 * A connection of one process to the store. What the service does and what the caller learns of it
 * happen at times of their own, in either order, or not at all.
 *
 * @param world   where the store and the time are
 * @param process who calls
 */
export function connect(world: World, process: Process): Transport {
  return {
    call(rpc, request, timeoutMs) {
      const number = process.begin();
      return new Promise((resolve, reject) => {
        if (process.isDead) return;
        const { failedBefore } = process;
        const outcome = world.faults(
          { rpc, run: process.run, half: process.half, request, timeoutMs, failedBefore },
          process.prng,
        );
        const call: Call = {
          run: process.run,
          half: process.half,
          rpc,
          request,
          sentAt: world.time.now,
          neverSent: outcome.failure?.sent === 'never',
          isRefused: outcome.acts === undefined && outcome.failure?.status === 'RESOURCE_EXHAUSTED',
          servedAt: undefined,
          shown: undefined,
          endedAt: undefined,
          isAnswered: false,
        };
        world.history.addCall(call);
        const service = arrive(world, call, outcome);
        const answers = outcome.answers ?? Infinity;
        world.time.after(Math.min(answers, timeoutMs), () => {
          if (process.isDead) return;
          const failure =
            answers > timeoutMs ? deadlinePassed : (outcome.failure ?? service.refusal);
          process.failedBefore = failure === undefined ? 0 : failedBefore + 1;
          endCall(world, call, failure);
          if (!process.reach(number, 'answered')) return;
          if (failure === undefined) resolve(service.reply);
          else reject(new CallError(failure));
        });
        process.reach(number, 'sent');
      });
    },
  };
}

/** What the service made of a call. */
interface Service {
  reply: object | undefined;
  refusal: CallErrorFacts | undefined;
}

/** Lets a call take effect when its time comes. */
function arrive(world: World, call: Call, { acts }: CallOutcome): Service {
  const service: Service = { reply: undefined, refusal: undefined };
  if (acts === undefined) return service;
  world.time.after(acts, () => {
    call.servedAt = world.time.now;
    try {
      const reply = world.actingAs(call.run, () => serve(world.store, call.rpc, call.request));
      service.reply = reply;
      if ('keys' in reply) call.shown = withoutValues(reply.keys);
    } catch (thrown) {
      if (!(thrown instanceof StatusError)) throw thrown;
      service.refusal = facts('status', 'maybe', thrown.status, thrown.message);
    }
  });
  return service;
}

function endCall({ time, history }: World, call: Call, failure: CallErrorFacts | undefined): void {
  call.endedAt = time.now;
  call.isAnswered = failure === undefined;
  history.note(time.now, `${call.run} ${call.half}`, () => `< ${call.rpc} ${told(failure)}`);
}

function withoutValues(keys: unknown): readonly KeyState[] {
  return (keys as readonly KeyState[]).map(({ id, name, active }) => ({ id, name, active }));
}

function told(failure: CallErrorFacts | undefined): string {
  if (failure === undefined) return 'done';
  const { cause, status, sent } = failure;
  if (cause === 'status') return `status ${status ?? '?'}`;
  return `${cause}${sent === 'never' ? ', never sent' : ''}`;
}
