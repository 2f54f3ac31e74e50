import type { Authority } from '../certificates.ts';
import type { Store } from '../store.ts';
import { Upstream } from '../upstream.ts';
import type { IngestionBehaviour } from './behaviour.ts';
import { Front, type IngestionRequest } from './front.ts';
import { Gateway } from './gateway.ts';
import { createGrpcServer } from './grpc.ts';
import { Ingress, type Received } from './ingress.ts';
import { KeyRing } from './key-ring.ts';
import { openPort, type IngestionTls } from './port.ts';

/** How the ingestion is started. */
export interface IngestionOptions extends IngestionBehaviour {
  /** 0, the default, for any free one. */
  readonly port?: number;
  /** As the emulator's by default, and `trusted` where that is `tls1.1`. */
  readonly tls?: IngestionTls;
}

/** What it has of the emulator that it belongs to. */
export interface IngestionSurroundings {
  readonly store: Store;
  /** The store's clock. */
  readonly now: () => number;
  readonly authority: Authority;
  readonly host: string;
  readonly extraNames: readonly string[];
  readonly tls: IngestionTls;
}

/** The ingestion that the store's keys are for. */
export interface Ingestion {
  /** `https://localhost:PORT`, or, without TLS, `http://127.0.0.1:PORT`: for both protocols. */
  readonly endpoint: string;
  readonly port: number;
  /** All requests so far, in the order of arrival. */
  readonly requests: readonly IngestionRequest[];
  /** Tells of every request once its outcome is known; gives a function that ends it. */
  onRequest(listener: (request: IngestionRequest) => void): () => void;
  /** What a key has sent so far. */
  received(keyId: string): Received;
  /** Behaves so from now on, with the defaults for what is left out; what was counted stays. */
  behave(behaviour: IngestionBehaviour): void;
  /** Ends at once: the port, all connections, all requests. */
  stop(): Promise<void>;
}

/** Starts the ingestion and resolves once it listens. */
export async function startIngestion(
  options: IngestionOptions,
  { store, now, authority, host, extraNames, ...surroundings }: IngestionSurroundings,
): Promise<Ingestion> {
  const { tls = surroundings.tls } = options;
  let behaviour: IngestionBehaviour = options;
  const keys = new KeyRing(store, now);
  const ingress = new Ingress(keys, () => behaviour);
  const upstream = new Upstream(createGrpcServer((request) => ingress.take(request)));
  const gateway = new Gateway();
  gateway.behave(behaviour);
  const front = new Front({ ingress, gateway, upstream, behaviour: () => behaviour });
  const stop = (): void => {
    keys.stop();
    upstream.stop();
  };
  const listener = await openPort({
    ...{ host, tls, extraNames, authority, port: options.port ?? 0 },
    serve: (exchange) => front.serve(exchange),
  }).catch((error: unknown) => {
    stop();
    throw error;
  });
  const address = host.includes(':') ? `[${host}]` : host;
  return {
    endpoint:
      tls === 'plain' ? `http://${address}:${listener.port}` : `https://localhost:${listener.port}`,
    port: listener.port,
    requests: front.requests,
    onRequest: (listener) => front.onRequest(listener),
    received: (keyId) => ingress.received(keyId),
    behave: (next) => {
      behaviour = next;
      gateway.behave(next);
    },
    stop: () => {
      stop();
      return listener.stop();
    },
  };
}
