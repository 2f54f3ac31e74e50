import type { StoredKey } from '../key.ts';
import { StatusError } from '../status.ts';
import type { IngestionBehaviour, PartialSuccess } from './behaviour.ts';
import type { KeyRing } from './key-ring.ts';
import type { Signal } from './otlp.ts';

/** How a request came. */
export type OtlpProtocol = 'grpc' | 'http';

/** A request that has arrived whole. */
export interface ExportRequest {
  readonly signal: Signal;
  readonly protocol: OtlpProtocol;
  /** The `authorization` header; empty when there is none. */
  readonly authorization: string;
  /** How many records it carries. */
  readonly records: number;
}

/** Takes a request, as {@link Ingress.take} does. */
export type Take = (request: ExportRequest) => PartialSuccess | undefined;

/** What a key has sent: log records, spans, and data points; and in how many requests. */
export interface Received {
  readonly logs: number;
  readonly traces: number;
  readonly metrics: number;
  readonly requests: number;
}

const nothing: Received = { logs: 0, traces: 0, metrics: 0, requests: 0 };

/** Decides what is taken, and counts it. Synchronous, and without a network. */
export class Ingress {
  readonly #keys: KeyRing;
  readonly #behaviour: () => IngestionBehaviour;
  readonly #received = new Map<string, Received>();
  readonly #receivedOfTeam = new Map<number, number>();

  /** @param behaviour how to behave, asked for at each request */
  constructor(keys: KeyRing, behaviour: () => IngestionBehaviour) {
    this.#keys = keys;
    this.#behaviour = behaviour;
  }

  /**
   * Takes a request.
   *
   * @returns what to tell besides success, if anything
   * @throws StatusError when it is refused
   */
  take(request: ExportRequest): PartialSuccess | undefined {
    const behaviour = this.#behaviour();
    const { emptyRequests = 'as-documented', quota = Infinity } = behaviour;
    const isEmpty = request.records === 0;
    if (isEmpty && emptyRequests === 'key-not-checked') return undefined;

    const key = this.#authorize(request, behaviour);
    const soFar = this.#receivedOfTeam.get(key.teamId) ?? 0;
    if (soFar + request.records > quota || soFar >= quota) {
      throw new StatusError('RESOURCE_EXHAUSTED', 'the team is over its quota');
    }
    const isRefused =
      emptyRequests === 'refused' ||
      (emptyRequests === 'as-documented' && request.protocol === 'http');
    if (isEmpty && isRefused) throw new StatusError('INVALID_ARGUMENT', 'the request is empty');
    const { partialSuccess } = behaviour;
    this.#count(key, request, Math.max(0, request.records - (partialSuccess?.rejected ?? 0)));
    return partialSuccess;
  }

  /** What a key has sent so far. */
  received(keyId: string): Received {
    return this.#received.get(keyId) ?? nothing;
  }

  /** What each key has sent so far, by key id; keys that have sent nothing are left out. */
  receivedByKey(): Readonly<Record<string, Received>> {
    return Object.fromEntries(this.#received);
  }

  /** The id of the key in an `authorization` header, accepted or not; undefined when it is none. */
  keyIdOf(authorization: string): string | undefined {
    return this.#keys.idOf(valueIn(authorization));
  }

  #authorize({ authorization, signal }: ExportRequest, behaviour: IngestionBehaviour): StoredKey {
    const key = this.#keys.accepted(valueIn(authorization), behaviour);
    if (key === undefined) throw new StatusError('UNAUTHENTICATED', 'unknown API key');
    if (!maySend(key, signal)) {
      throw new StatusError('PERMISSION_DENIED', `the API key may not send ${signal}`);
    }
    return key;
  }

  #count(key: StoredKey, { signal }: ExportRequest, records: number): void {
    const before = this.received(key.id);
    this.#received.set(key.id, {
      ...before,
      [signal]: before[signal] + records,
      requests: before.requests + 1,
    });
    const team = this.#receivedOfTeam.get(key.teamId) ?? 0;
    this.#receivedOfTeam.set(key.teamId, team + records);
  }
}

function valueIn(authorization: string): string {
  return /^bearer (.+)$/iu.exec(authorization)?.[1] ?? '';
}

/** The permission that sends a signal, as the vendor's page on API keys names it. */
const permissions: Readonly<Record<Signal, string>> = {
  logs: 'logs.data-ingress:SendData',
  traces: 'spans.data-ingress:SendData',
  metrics: 'metrics.data-ingress:SendData',
};

function maySend(key: StoredKey, signal: Signal): boolean {
  return key.presets.includes('SendData') || key.permissions.includes(permissions[signal]);
}
