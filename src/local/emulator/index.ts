import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createAuthority, type Authority, type CertificateKind } from './certificates.ts';
import { FaultTable } from './fault-table.ts';
import type { FaultRule } from './faults.ts';
import { Front } from './front.ts';
import { Journal } from './journal.ts';
import { createService } from './service.ts';
import { createStore, type Store } from './store.ts';
import { Upstream } from './upstream.ts';

/** How the port is protected: well, not at all, or in one of the ways that a client must refuse. */
export const tlsKinds = [
  'trusted',
  'plain',
  'expired',
  'not-yet-valid',
  'wrong-name',
  'tls1.1',
] as const;

/** One of {@link tlsKinds}. */
export type TlsKind = (typeof tlsKinds)[number];

/** How an emulator is started. */
export interface EmulatorOptions {
  /** 0, the default, for any free one. */
  readonly port?: number;
  /** The address to listen on; `127.0.0.1` by default. */
  readonly host?: string;
  /** `trusted` by default. */
  readonly tls?: TlsKind;
  /** As {@link StoreOptions.hideValues}; not together with `store`. */
  readonly hideValues?: boolean;
  /** As {@link StoreOptions.readLagMs}; not together with `store`. */
  readonly readLagMs?: number;
  /** Every call waits so many milliseconds; 0 by default. */
  readonly delayMs?: number;
  /** Faults from the start. */
  readonly faults?: readonly FaultRule[];
  /** The team of all tokens but `otherTeam`; 4001 by default. */
  readonly teamId?: number;
  /** A store of one's own in place of a new one. The tokens are added to it. */
  readonly store?: Store;
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
  const { readLagMs = 0, hideValues = false } = options;
  const store = options.store ?? createStore({ now: Date.now, readLagMs, hideValues });
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
  const front = new Front({ upstream, faults, journal, delayMs: options.delayMs ?? 0 });
  const [authority, stranger] = await Promise.all([
    createAuthority('Coralogix API keys emulator CA'),
    createAuthority('A CA that signed nothing'),
  ]);

  const sockets = new Set<Socket>();
  const numbers = new Map<string, number>();
  const serve = (socket: Socket): void => {
    front.accept(socket, numbers.get(addressOf(socket)) ?? 0);
  };
  const encrypted = tls === 'plain' ? undefined : await createEncryption(tls, authority, serve);
  const listener = createServer((socket) => {
    sockets.add(socket);
    const address = addressOf(socket);
    numbers.set(address, journal.connected());
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      numbers.delete(address);
    });
    if (encrypted === undefined) serve(socket);
    else encrypted.emit('connection', socket);
  });
  const port = await listen(listener, options.port ?? 0, host).catch((error: unknown) => {
    upstream.stop();
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
    inject: (rule) => {
      faults.inject(rule);
    },
    clearFaults: () => {
      faults.clear();
    },
    stop: () =>
      new Promise((resolve) => {
        listener.close(() => {
          resolve();
        });
        front.stop();
        upstream.stop();
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A TLS server that listens nowhere: connections are handed to it. */
async function createEncryption(
  kind: Exclude<TlsKind, 'plain'>,
  authority: Authority,
  serve: (socket: Socket) => void,
): Promise<Server> {
  const certificateKind: CertificateKind = kind === 'trusted' || kind === 'tls1.1' ? 'good' : kind;
  const { key, certificate } = await authority.issue(certificateKind);
  // OpenSSL speaks versions this old only at its lowest security level.
  const old = {
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  } as const;
  const server = createTlsServer(
    { key, cert: certificate, ALPNProtocols: ['h2'], ...(kind === 'tls1.1' ? old : {}) },
    (socket) => {
      if (socket.alpnProtocol === 'h2') serve(socket);
      else socket.destroy();
    },
  );
  // A client that refuses the certificate is what the bad ones are for.
  server.on('tlsClientError', () => undefined);
  return server;
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

const addressOf = (socket: Socket): string => `${socket.remoteAddress}:${socket.remotePort}`;

/** An address as a URL wants it. */
const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/** Shaped like the vendor's keys, and worth nothing anywhere else. */
const newToken = (): string =>
  `cxup_${randomBytes(20).toString('base64url').replace(/[-_]/gu, 'x')}`;
