import type { Http2Server } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Server as HttpServer } from 'node:http';
import { Client, credentials, logVerbosity, Metadata, setLogVerbosity } from '@grpc/grpc-js';
import { allowEarlyRequest } from '../../../../src/coralogix/grpc/early-request.ts';
import type { StatusName } from '../../../../src/coralogix/status.ts';
import type { Cause, Reason } from '../../../../src/coralogix/transport.ts';
import { startEmulator, type Emulator } from '../../../../tools/emulator/index.ts';

/** Where a call goes. */
export interface Situation {
  readonly target: string;
  /** The CA to trust, the usual ones when empty; plain text when undefined. */
  readonly ca: string | undefined;
  readonly proxy?: string;
  readonly deadlineMs?: number;
  readonly emulator?: Emulator;
}

/** What a situation is made with. */
export interface Bench {
  /** Is called when the call is over. */
  readonly cleanUp: (end: () => Promise<void>) => void;
  /** In plain text; several situations in a row use the same. */
  readonly emulator: Emulator;
}

export type Arrange = (bench: Bench) => Promise<Situation>;

/** What grpc-js alone says of one call: of the action's own code, only `early-request.ts` is in it. */
export interface Observation {
  readonly code: number | undefined;
  readonly details: string;
  /** What the action takes for "the request never left". */
  readonly peerIsTarget: boolean;
  /** What the action takes for "the host speaks HTTP/2". */
  readonly isHeard: boolean;
  /** How often the emulator carried the call out; undefined when none was there. */
  readonly commits: number | undefined;
}

/** What has to be observed, and what the action makes of it. */
export interface Expected {
  /** Whether the request provably never left. */
  readonly sent: 'never' | 'maybe';
  /** Undefined: what came was none. */
  readonly status: StatusName | undefined;
  readonly words: RegExp;
  readonly cause: Cause;
  readonly reason?: Reason;
  /** How often the service did what was asked. */
  readonly commits?: number;
}

/** A situation and what comes of it. */
export interface Row {
  readonly arrange: Arrange;
  readonly expected: Expected;
  /** Where Node 20 differs. */
  readonly on20?: Partial<Expected>;
  /** Whether the call goes out before the host has said a word. */
  readonly isEarly?: boolean;
}

/** Rows by name. */
export type Rows = Readonly<Record<string, Row>>;

/** A call that ends before there is a connection. */
export function never(
  arrange: Arrange,
  cause: Cause,
  words: RegExp,
  more: Partial<Expected> = {},
): Row {
  return { arrange, expected: { sent: 'never', status: 'UNAVAILABLE', words, cause, ...more } };
}

/** The same with a call that goes out before the host has said a word. */
export const early = (row: Row): Row => ({ ...row, isEarly: true });

/** A call that may have arrived. */
export function maybe(
  arrange: Arrange,
  cause: Cause,
  status: StatusName | undefined,
  words: RegExp,
  more: Partial<Expected> = {},
): Row {
  return { arrange, expected: { sent: 'maybe', status, words, cause, ...more } };
}

export const late = /^Deadline exceeded after /u;

/** Long enough for an answer that comes. */
export const generous = 10_000;
/** Where no answer ever comes: before the connection, and after it. */
export const brief = 250;
export const short = 1000;

/** Listens on a port of this machine until the call is over. */
export async function listen(
  server: Server | Http2Server | HttpServer,
  { cleanUp }: Bench,
): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

// What the transport prints of its own is not what is looked at here.
setLogVerbosity(logVerbosity.NONE);

/** Makes the situation, and one call in it. */
async function observe({ arrange, isEarly }: Row, emulator: Emulator): Promise<Observation> {
  const ends: (() => Promise<void>)[] = [];
  const cleanUp = (end: () => Promise<void>): void => {
    ends.push(end);
  };
  const situation = await arrange({ cleanUp, emulator });
  const early = isEarly === true ? allowEarlyRequest() : undefined;
  const client = open(situation);
  try {
    return { ...(await create(client, situation)), isHeard: early?.isHeard() ?? true };
  } finally {
    early?.forbid();
    client.close();
    for (const end of ends) await end();
  }
}

/** A client with the options that `channel.ts` sets, as far as they matter here. */
function open({ target, ca, proxy }: Situation): Client {
  if (proxy !== undefined) process.env['grpc_proxy'] = proxy;
  const client = new Client(
    target,
    ca === undefined
      ? credentials.createInsecure()
      : credentials.createSsl(ca === '' ? null : Buffer.from(ca)),
    {
      'grpc.enable_retries': 0,
      'grpc.service_config_disable_resolution': 1,
      'grpc.enable_http_proxy': proxy === undefined ? 0 : 1,
      'grpc.use_local_subchannel_pool': 1,
    },
  );
  // Its name is resolved and its proxy is read at once, before anybody else's turn.
  client.getChannel().getConnectivityState(true);
  delete process.env['grpc_proxy'];
  return client;
}

/** Makes one CreateApiKey call, with grpc-js alone. */
function create(
  client: Client,
  { emulator, deadlineMs = generous }: Situation,
): Promise<Omit<Observation, 'isHeard'>> {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${emulator?.tokens.admin ?? 'none'}`);
  return new Promise((resolve) => {
    const call = client.makeUnaryRequest(
      '/com.coralogixapis.aaa.apikeys.v3.ApiKeysService/CreateApiKey',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => {
        if (bytes[0] === 0xff) throw new Error('no message of this type');
        return bytes;
      },
      createRequest(emulator?.teamId ?? 1),
      metadata,
      { deadline: Date.now() + deadlineMs },
      (error) => {
        resolve({
          // NaN stands for no status, too, and JSON knows neither.
          code: Number.isNaN(error?.code) ? undefined : error?.code,
          details: error?.details ?? '',
          peerIsTarget: call.getPeer() === client.getChannel().getTarget(),
          commits: emulator?.journal.commits('CreateApiKey'),
        });
      },
    );
  });
}

/** The bytes of a CreateApiKeyRequest: `name: "n"`, this owner, the preset `SendData`. */
function createRequest(teamId: number): Buffer {
  const owner = [0x10, (teamId & 0x7f) | 0x80, teamId >> 7];
  const presets = [0x0a, 8, ...Buffer.from('SendData')];
  return Buffer.from([
    ...[0x0a, 1, 0x6e],
    ...[0x12, owner.length, ...owner],
    ...[0x1a, presets.length, ...presets],
  ]);
}

/**
 * Observes all of them, a few at a time. Those with an early request come last and one by one, as it
 * is allowed to whoever connects next.
 */
export async function observeAll(rows: Rows): Promise<Readonly<Record<string, Observation>>> {
  const all = Object.entries(rows);
  const found: Record<string, Observation> = {};
  const work = async (left: [string, Row][]): Promise<void> => {
    const emulator = await startEmulator({ tls: 'plain' });
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
      found[row[0]] = await observe(row[1], emulator);
    }
    await emulator.stop();
  };
  const together = all.filter(([, { isEarly }]) => isEarly !== true);
  await Promise.all(Array.from({ length: 6 }, () => work(together)));
  await work(all.filter(([, { isEarly }]) => isEarly === true));
  return found;
}
