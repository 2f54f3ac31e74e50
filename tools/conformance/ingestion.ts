import { setTimeout as sleep } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import { callTimeoutMs, nameOf, openChannel, type Place } from './connection.ts';
import type { Redaction, Secret } from './secret.ts';
import { Undetermined } from './undetermined.ts';

/**
 * An export of logs over gRPC:
 * https://github.com/open-telemetry/opentelemetry-proto, logs/v1/logs_service.proto.
 */
const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';

/** Says nothing about a key: what is sent to, or lies before it, was in trouble, or the quota is used up. */
const passing: readonly string[] = [
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
  'ABORTED',
  'CANCELLED',
];

/** Pauses before it is asked again after such trouble, in milliseconds. */
const pauses: readonly number[] = [1000, 4000];

/** What an export came to. */
export interface Export {
  /** The status by its name; `OK, with a partial success` where it tells more than that all was taken. */
  readonly seen: string;
  /** What was said with it, cleaned. */
  readonly detail: string;
}

/** Where keys send telemetry to: asked with exports that hold no records, so that nothing is stored. */
export class Ingestion {
  readonly #client: grpc.Client;
  readonly #redaction: Redaction;
  readonly #signal: AbortSignal;
  /** Whether trouble has lasted once: then nothing is waited for a second time. */
  #isTroubled = false;

  /**
   * @param redaction told of each key, and applied to what is said
   * @param signal    ends everything early
   */
  constructor(place: Place, redaction: Redaction, signal: AbortSignal) {
    this.#client = openChannel(place);
    this.#redaction = redaction;
    this.#signal = signal;
  }

  /**
   * Sends an export without records; again, if it met trouble that passes.
   *
   * @throws {@link Undetermined} when the trouble lasts
   */
  async send(key: Secret): Promise<Export> {
    for (const pause of this.#isTroubled ? [undefined] : [...pauses, undefined]) {
      this.#signal.throwIfAborted();
      const answer = await this.#call(key);
      this.#signal.throwIfAborted();
      if (!passing.includes(answer.seen)) return answer;
      if (pause === undefined) {
        this.#isTroubled = true;
        throw new Undetermined(`the export ended with ${answer.seen}, ${answer.detail}`);
      }
      await sleep(pause, undefined, { signal: this.#signal });
    }
    throw new Undetermined('the export gave no answer');
  }

  close(): void {
    this.#client.close();
  }

  #call(key: Secret): Promise<Export> {
    this.#redaction.add(key.reveal());
    const metadata = new grpc.Metadata();
    metadata.set('authorization', `Bearer ${key.reveal()}`);
    return new Promise((resolve) => {
      const call = this.#client.makeUnaryRequest<Buffer, Buffer>(
        path,
        (bytes) => bytes,
        (bytes) => bytes,
        // No field is set: there are no bytes.
        Buffer.alloc(0),
        metadata,
        { deadline: Date.now() + callTimeoutMs },
        (error, reply) => {
          this.#signal.removeEventListener('abort', cancel);
          if (error !== null) {
            const detail = this.#redaction.apply(error.details);
            resolve({ seen: nameOf(error.code), detail });
          } else {
            // The reply has one field, the partial success: without it, it is empty.
            const isAll = reply === undefined || reply.length === 0;
            resolve({ seen: isAll ? 'OK' : 'OK, with a partial success', detail: '' });
          }
        },
      );
      const cancel = (): void => {
        call.cancel();
      };
      this.#signal.addEventListener('abort', cancel);
    });
  }
}
