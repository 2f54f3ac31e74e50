import type { Debug } from './attempt-line.ts';
import { Failure, type Effect } from '../core/failure.ts';
import type { Budget, Clock, KeyChange, Keys, Random } from '../core/ports.ts';
import { quote, seconds } from '../core/text.ts';
import { effectOf } from './effect.ts';
import { callFailure, type Destination } from './failure.ts';
import {
  fromCreateReply,
  fromGetReply,
  fromListReply,
  ReplyError,
  toCreateRequest,
  toIdRequest,
  toUpdateRequest,
  valuesIn,
} from './messages.ts';
import { createRetry, RetriesSpent } from './retry.ts';
import { isKeyQuota } from './quota.ts';
import { CallError, type CallErrorFacts, type Rpc, type Transport } from './transport.ts';

/** What the keys are made of. */
export interface KeysContext {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: Budget;
  /** Called with every value in every reply, before anything else is done with the reply. */
  readonly mask: (value: string) => void;
  /** Called with a line for each call that is sent. */
  readonly debug?: Debug;
  readonly destination: Destination;
}

/**
 * The service's five RPCs in the domain's types: masked, retried by the table in `retry.ts`, with
 * every failure as a `Failure`. Longer than a screen: five short calls that share one way to be made.
 *
 * @param context the connection, time, and where values go to be masked
 */
export function createKeys(context: KeysContext): Keys {
  const { transport, mask, destination } = context;
  const retry = createRetry(context);

  async function send<T>(rpc: Rpc, request: object, read: (reply: unknown) => T): Promise<T> {
    return retry.run(rpc, async (timeoutMs) => {
      const reply = await called(transport, rpc, request, timeoutMs);
      for (const value of valuesIn(reply)) mask(value);
      return read(reply);
    });
  }

  /** Sends, and turns whatever is thrown into a `Failure` with the sentence's beginning. */
  async function call<T>(
    what: string,
    rpc: Rpc,
    request: object,
    read: (reply: unknown) => T,
  ): Promise<T> {
    try {
      return await send(rpc, request, read);
    } catch (thrown) {
      throw explained(what, thrown, destination);
    }
  }

  return {
    async create(key) {
      const what = `Creating the key ${quote(key.name)}`;
      try {
        const { value, ...made } = await send(
          'CreateApiKey',
          toCreateRequest(key),
          fromCreateReply,
        );
        if (value !== undefined) return { ...made, value };
        throw new Failure('internal', `${what} gave a key without a value.`, {
          hint: 'Without its value the key is of no use: delete it. To run the job again may well make another one like it; if it does, report it.',
          keyIds: [made.id],
        });
      } catch (thrown) {
        throw createFailure(what, thrown, destination);
      }
    },
    async get(id) {
      const key = await call(`Reading the key ${id}`, 'GetApiKey', toIdRequest(id), fromGetReply);
      if (key.id.toLowerCase() === id.toLowerCase()) return key;
      throw new Failure('internal', `Reading the key ${id} gave another key, ${key.id}.`, {
        hint: 'Report this: the service contradicts itself.',
      });
    },
    list() {
      return call('Listing the keys', 'GetSendDataApiKeys', {}, fromListReply);
    },
    async update(id, change) {
      await call(
        updating(id, change),
        'UpdateApiKey',
        toUpdateRequest(id, change),
        () => undefined,
      );
    },
    async delete(id) {
      try {
        await send('DeleteApiKey', toIdRequest(id), () => undefined);
        return 'deleted';
      } catch (thrown) {
        if (thrown instanceof RetriesSpent && isNotFound(thrown.facts)) {
          // After an attempt whose answer was lost, "not found" is its own work, or the lag of a service
          // that does not know a new key yet: only who looks at the keys can tell.
          return thrown.maybeDoneBefore ? 'maybe_deleted' : 'gone';
        }
        throw explained(`Deleting the key ${id}`, thrown, destination);
      }
    },
  };
}

/** Sends a call once. A Create that is refused for the number of keys has a cause of its own. */
async function called(
  transport: Transport,
  rpc: Rpc,
  request: object,
  timeoutMs: number,
): Promise<unknown> {
  try {
    return await transport.call(rpc, request, timeoutMs);
  } catch (thrown) {
    if (rpc !== 'CreateApiKey' || !(thrown instanceof CallError)) throw thrown;
    throw isKeyQuota(thrown.facts) ? new CallError({ ...thrown.facts, cause: 'quota' }) : thrown;
  }
}

/** What an update is for, as a noun phrase: the change that matters most. */
function updating(id: string, { newName, active, accessPolicy }: KeyChange): string {
  if (newName !== undefined) return `Renaming the key ${id} to ${quote(newName)}`;
  if (active !== undefined) return `${active ? 'Activating' : 'Deactivating'} the key ${id}`;
  return `${accessPolicy === '' ? 'Removing' : 'Setting'} the access policy of the key ${id}`;
}

function isNotFound(facts: CallErrorFacts): boolean {
  return facts.cause === 'status' && facts.status === 'NOT_FOUND';
}

function explained(
  what: string,
  thrown: unknown,
  destination: Destination,
  isRepeatable = true,
): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof RetriesSpent) {
    const effect = overallEffect(thrown);
    if (thrown.attempts === 0 && thrown.facts.cause === 'timeout') {
      return new Failure('timeout', `${what} was not begun: the time for the step is over.`, {
        hint: 'Run the job again; if that helps only sometimes, raise `timeout_seconds`.',
        effect,
      });
    }
    return callFailure(attempted(what, thrown), thrown.facts, destination, {
      mustNotBeRepeated: !isRepeatable && effect === 'unknown',
    }).with({ effect });
  }
  if (thrown instanceof ReplyError) {
    return new Failure(
      'internal',
      `${what} failed: the answer of ${destination.authority} is not what the API promises. ${thrown.message}`,
      {
        hint: `Check ${destination.givenBy ?? '`endpoint`'}; if it is right, report this: the API may have changed.`,
      },
    );
  }
  return new Failure('internal', `${what} failed for an unexpected reason.`, {
    hint: 'Report this, with what debug logging shows of it.',
    cause: thrown,
  });
}

function attempted(what: string, { attempts, facts }: RetriesSpent): string {
  if (attempts > 1) return `${what} (${attempts} attempts)`;
  // The answer was to another call of this step, and forbids this one, too.
  if (attempts === 0) {
    return `${what} (not sent: the service asked to wait ${seconds(facts.retryAfterMs ?? 0)})`;
  }
  return what;
}

/** A Create that did not succeed: either it surely made nothing, or nobody knows. */
function createFailure(what: string, thrown: unknown, destination: Destination): Failure {
  const failure = explained(what, thrown, destination, false);
  if (failure.effect === 'none' || thrown instanceof Failure) return failure;
  return failure.with({
    kind: 'outcome_unknown',
    sentence: 'The key may have been made all the same.',
  });
}

/** Of several attempts, one that is unknown makes all of them so. */
function overallEffect({ facts, maybeDoneBefore }: RetriesSpent): Effect {
  return maybeDoneBefore ? 'unknown' : effectOf(facts);
}
