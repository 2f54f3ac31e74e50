import { randomBytes } from 'node:crypto';
import { createAuthority } from './certificates.ts';
import { FaultTable } from './fault-table.ts';
import type { FaultRule } from './faults.ts';
import { FaultProxy } from './fault-proxy.ts';
import { startIngestion, type Ingestion, type IngestionOptions } from './ingestion/index.ts';
import { Journal } from './journal.ts';
import { listen, type TlsKind } from './listener.ts';
import { RateLimit } from './rate-limit.ts';
import { createService } from './service.ts';
import { createStore, type Behaviour, type Store } from './store.ts';
import { Upstream } from './upstream.ts';

export type { TlsKind } from './listener.ts';

/** How an emulator is started. What is in {@link Behaviour} goes not together with `store`. */
export interface EmulatorOptions extends Behaviour {
  /** 0, the default, for any free one. */
  readonly port?: number;
  /** The address to listen on; `127.0.0.1` by default. */
  readonly host?: string;
  /** `trusted` by default. */
  readonly tls?: TlsKind;
  /** Host names that the certificate is for, besides those of loopback: for a client behind a proxy. */
  readonly extraNames?: readonly string[];
  /** Every call waits so many milliseconds; 0 by default. */
  readonly delayMs?: number;
  /** So many calls a second are taken, from all callers together; no limit by default. */
  readonly rateLimit?: number;
  /** Faults from the start. */
  readonly faults?: readonly FaultRule[];
  /** The team of all tokens but `otherTeam`; 4001 by default. */
  readonly teamId?: number;
  /** A store of one's own in place of a new one. The tokens are added to it. */
  readonly store?: Store;
  /** How the ingestion behaves that the keys are for; it always runs, on a port of its own. */
  readonly ingestion?: IngestionOptions;
}

/** A running emulator. */
export interface Emulator {
  /** `https://localhost:PORT`, or, without TLS, `http://127.0.0.1:PORT` (the host's address). */
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
  /** The CA that signed the server's certificate, as PEM text. */
  readonly caCertificate: string;
  /** A CA that signed nothing here, as PEM text. */
  readonly otherCaCertificate: string;
  readonly teamId: number;
  /** Made at start. The first three are of {@link teamId}: for all, for the list only, for nothing. */
  readonly tokens: {
    readonly admin: string;
    readonly reader: string;
    readonly powerless: string;
    /** May do all, in another team. */
    readonly otherTeam: string;
  };
  readonly store: Store;
  readonly journal: Journal;
  /** Where the keys send telemetry to. */
  readonly ingestion: Ingestion;
  /** Arms a fault, behind those that are armed. */
  inject(rule: FaultRule): void;
  /** Disarms all faults. */
  clearFaults(): void;
  /** Ends at once: the port, all connections, all calls. */
  stop(): Promise<void>;
}

/** Starts the emulator and resolves once it listens. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', tls = 'trusted', teamId = 4001 } = options;
  const store = options.store ?? createStore({ ...options, now: Date.now });
  const tokens = {
    admin: newToken(),
    reader: newToken(),
    powerless: newToken(),
    otherTeam: newToken(),
  };
  store.addCaller(tokens.admin, { teamId, permissions: 'manage' });
  store.addCaller(tokens.reader, { teamId, permissions: 'read' });
  store.addCaller(tokens.powerless, { teamId, permissions: 'none' });
  store.addCaller(tokens.otherTeam, { teamId: teamId + 1, permissions: 'manage' });

  const faults = new FaultTable();
  for (const rule of options.faults ?? []) faults.inject(rule);
  const journal = new Journal();
  const upstream = new Upstream(createService(store));
  const rateLimit = new RateLimit(options.rateLimit ?? Infinity, () => performance.now());
  const faultProxy = new FaultProxy({
    ...{ upstream, faults, rateLimit, journal, delayMs: options.delayMs ?? 0 },
    callerOf: (authorization) => callerOf(tokens, authorization),
  });
  const [authority, stranger] = await Promise.all([
    createAuthority('Coralogix API keys emulator CA'),
    createAuthority('A CA that signed nothing'),
  ]);

  const listener = await listen({
    host,
    tls,
    extraNames: options.extraNames ?? [],
    authority,
    port: options.port ?? 0,
    connected: () => journal.connected(),
    serve: (socket, connection) => {
      faultProxy.accept(socket, connection);
    },
  }).catch((error: unknown) => {
    upstream.stop();
    throw error;
  });
  const { port } = listener;
  const stop = (): Promise<void> => {
    faultProxy.stop();
    upstream.stop();
    return listener.stop();
  };
  const ingestion = await startIngestion(options.ingestion ?? {}, {
    ...{ store, authority, host, now: Date.now, extraNames: options.extraNames ?? [] },
    tls: tls === 'tls1.1' ? 'trusted' : tls,
  }).catch(async (error: unknown) => {
    await stop();
    throw error;
  });

  return {
    endpoint: tls === 'plain' ? `http://${inUrl(host)}:${port}` : `https://localhost:${port}`,
    host,
    port,
    caCertificate: authority.certificate,
    otherCaCertificate: stranger.certificate,
    teamId,
    tokens,
    store,
    journal,
    ingestion,
    inject: (rule) => {
      faults.inject(rule);
    },
    clearFaults: () => {
      faults.clear();
    },
    stop: async () => {
      await Promise.all([stop(), ingestion.stop()]);
    },
  };
}

/** The name of the token in an `authorization` header. */
function callerOf(tokens: Readonly<Record<string, string>>, authorization?: string): string {
  const sent = /^bearer (.+)$/iu.exec(authorization ?? '')?.[1];
  if (sent === undefined) return 'nobody';
  return Object.entries(tokens).find(([, token]) => token === sent)?.[0] ?? 'unknown';
}

/** An address as a URL wants it. */
const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Shaped like the vendor's keys, and worth nothing anywhere else. */
const newToken = (): string =>
  `cxup_${randomBytes(20).toString('base64url').replace(/[-_]/gu, 'x')}`;
