import { systemRandom } from '../core/clock.ts';
import type { Clock, Ingestion, IngestionAnswer, Random } from '../core/ports.ts';
import { oneLine } from '../core/text.ts';
import { authority } from '../network/endpoint.ts';
import type { IngestionConnection } from '../network/connection.ts';
import type { Debug } from './attempt-line.ts';
import type { Destination } from './failure.ts';
import type { IngestionChannel } from './grpc/channel.ts';
import { ingestionFailure, partlyRejected, strangeReply, unsendable } from './ingestion-failure.ts';
import { createRetry, RetriesSpent } from './retry.ts';
import type { StatusName } from './status.ts';
import { CallError, type CallErrorFacts } from './transport.ts';

/** The ingestion, connected. */
export interface ConnectedIngestion extends Ingestion {
  /** Ends the connection and all calls on it. */
  readonly close: () => void;
}

/**
 * Puts the ingestion together. Its transport is loaded here, and the connection begun.
 *
 * @param connection how to reach it
 * @param clock      time
 * @param debug      takes a line for each call that is sent
 */
export async function connectIngestion(
  connection: IngestionConnection,
  clock: Clock,
  debug: Debug,
): Promise<ConnectedIngestion> {
  const { openIngestionChannel } = await import('./grpc/channel.ts');
  const channel = openIngestionChannel(connection);
  const { endpoint, proxy, placedBy } = connection;
  const destination: Destination = {
    authority: authority(endpoint),
    proxy: proxy === undefined ? undefined : `${authority(proxy)} (from ${proxy.variable})`,
    givenBy: placedBy,
  };
  const ingestion = createIngestion({
    ...{ channel, clock, random: systemRandom, debug, destination },
  });
  return { ...ingestion, close: channel.close };
}

/** What the ingestion is made of. */
export interface IngestionContext {
  readonly channel: Pick<IngestionChannel, 'exportNothing'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly debug?: Debug | undefined;
  readonly destination: Destination;
}

/**
 * The ingestion in the domain's types: retried by the table in `retry.ts`, with what it says read as the
 * vendor's own sender reads it.
 *
 * @param context the connection, and time
 */
export function createIngestion({
  channel,
  clock,
  random,
  debug,
  destination,
}: IngestionContext): Ingestion {
  return {
    authority: destination.authority,
    async tryKey(value, budget) {
      if (!sendable.test(value.reveal())) return { kind: 'refused', why: unsendable(destination) };
      const retry = createRetry({ clock, random, budget, debug });
      try {
        const reply = await retry.run('ExportLogs', async (timeoutMs) =>
          channel.exportNothing(value, timeoutMs).catch((thrown: unknown) => {
            throw withoutWaiting(thrown);
          }),
        );
        return readReply(reply, destination);
      } catch (thrown) {
        return thrown instanceof RetriesSpent
          ? answerOf(thrown.facts, destination)
          : { kind: 'refused', why: strangeReply(destination, thrown) };
      }
    },
  };
}

/** What a header takes: grpc-js refuses all else, in words that quote it. */
const sendable = /^[\x20-\x7e]+$/u;

/** A quota does not end while a step waits: there is nothing to send again for. */
function withoutWaiting(thrown: unknown): unknown {
  return thrown instanceof CallError && isOverQuota(thrown.facts)
    ? new CallError({ ...thrown.facts, cause: 'quota' })
    : thrown;
}

function isOverQuota({ cause, status }: CallErrorFacts): boolean {
  return cause === 'status' && status === 'RESOURCE_EXHAUSTED';
}

/** ExportLogsServiceResponse, as decoded. */
interface Reply {
  readonly partial_success: {
    readonly rejected_log_records: string;
    readonly error_message: string;
  } | null;
}

/** What success says besides: https://opentelemetry.io/docs/specs/otlp/#partial-success. */
function readReply(reply: unknown, destination: Destination): IngestionAnswer {
  const { rejected_log_records: rejected = '0', error_message: message = '' } =
    (reply as Reply).partial_success ?? {};
  const said = oneLine(message, 300);
  return rejected === '0'
    ? { kind: 'accepted', ...(said === '' ? {} : { remark: said }) }
    : { kind: 'refused', why: partlyRejected(destination, rejected, said) };
}

/**
 * What a failed export says of a key: by how the vendor's own sender reads the statuses
 * (https://github.com/open-telemetry/opentelemetry-collector-contrib, exporter/coralogixexporter).
 */
function answerOf(facts: CallErrorFacts, destination: Destination): IngestionAnswer {
  const why = ingestionFailure(facts, destination);
  const status = facts.cause === 'status' ? facts.status : undefined;
  // Refused for being empty, by who had let the key in.
  if (status === 'INVALID_ARGUMENT') return { kind: 'accepted' };
  if (status === 'UNAUTHENTICATED') return { kind: 'unknown_key', why };
  return { kind: passing.includes(status) ? 'inconclusive' : 'refused', why };
}

/** What says nothing of the key, and may be over the next time. */
const passing: readonly (StatusName | undefined)[] = [
  'INTERNAL',
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
];
