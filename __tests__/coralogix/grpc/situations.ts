import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Client, credentials, logVerbosity, Metadata, setLogVerbosity } from '@grpc/grpc-js';
import type { Fault } from '../../../tools/emulator/faults.ts';
import { startEmulator, type Emulator, type TlsKind } from '../../../tools/emulator/index.ts';

/**
 * Everything that can happen to a call, for real: a server, a proxy or nobody on a socket of this
 * machine. Used by the contract test, in the running Node and, as a program, in Node 24.
 */

/** What grpc-js alone says of one call: none of the action's own code is in it. */
export interface Observation {
  readonly code: number | undefined;
  readonly details: string;
  /** What the action takes for "the request never left". */
  readonly peerIsTarget: boolean;
  /** How often the emulator carried the call out; undefined when none was there. */
  readonly commits: number | undefined;
}

interface Situation {
  readonly target: string;
  /** The CA to trust, the usual ones when empty; plain text when undefined. */
  readonly ca: string | undefined;
  readonly proxy?: string;
  readonly deadlineMs?: number;
  readonly emulator?: Emulator;
}

type CleanUp = (end: () => Promise<void>) => void;
type Arrange = (cleanUp: CleanUp, plain: () => Promise<Emulator>) => Promise<Situation>;

const generous = 10_000;
/** Where no answer ever comes: before the connection, and after it. */
const brief = 250;
const short = 1000;

function tls(
  kind: TlsKind,
  how: Partial<Situation> & { readonly otherCa?: boolean } = {},
): Arrange {
  return async (cleanUp) => {
    const emulator = await startEmulator({ tls: kind });
    cleanUp(() => emulator.stop());
    const { otherCa = false, ...rest } = how;
    return {
      target: `localhost:${emulator.port}`,
      ca: otherCa ? emulator.otherCaCertificate : emulator.caCertificate,
      emulator,
      ...rest,
    };
  };
}

function fault(what: Fault, deadlineMs = generous): Arrange {
  return async (_cleanUp, plain) => {
    const emulator = await plain();
    emulator.clearFaults();
    emulator.journal.clear();
    emulator.inject({ fault: what });
    return { target: `127.0.0.1:${emulator.port}`, ca: undefined, emulator, deadlineMs };
  };
}

function proxy(url: string | ((port: number) => string), status?: number): Arrange {
  return async (cleanUp) => {
    const server = createHttpServer();
    server.on('connect', (_request, socket) => {
      if (status !== undefined) socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    });
    const port = await listen(server, cleanUp);
    return {
      target: 'api.example.com:443',
      ca: undefined,
      proxy: typeof url === 'string' ? url : url(port),
      ...(status === undefined ? { deadlineMs: brief } : {}),
    };
  };
}

const atPort = (port: number): string => `http://127.0.0.1:${port}`;

async function listen(server: Server | Http2Server, cleanUp: CleanUp): Promise<number> {
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

/** A server that answers every call with one message, compressed in this way. */
function compressed(encoding: string, bytes: Buffer): Arrange {
  return async (cleanUp) => {
    const server = createHttp2Server();
    server.on('stream', (stream) => {
      stream.respond(
        { 'content-type': 'application/grpc', 'grpc-encoding': encoding },
        { waitForTrailers: true },
      );
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'grpc-status': '0' });
      });
      stream.on('error', () => undefined);
      const head = Buffer.alloc(5);
      head.writeUInt8(1);
      head.writeUInt32BE(bytes.length, 1);
      stream.end(Buffer.concat([head, bytes]));
    });
    return { target: `127.0.0.1:${await listen(server, cleanUp)}`, ca: undefined };
  };
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// What the transport prints of its own is not what is looked at here.
setLogVerbosity(logVerbosity.NONE);

/** By name: what the test's table says of each. */
export const situations = {
  'nobody listens': async () => ({ target: `127.0.0.1:${await deadPort()}`, ca: undefined }),
  'an unknown host': () => Promise.resolve({ target: 'api.nowhere.invalid:443', ca: undefined }),
  'an unknown CA': tls('trusted', { otherCa: true }),
  'the wrong name': tls('wrong-name'),
  'an expired certificate': tls('expired'),
  'a certificate not yet valid': tls('not-yet-valid'),
  'TLS 1.1 only': tls('tls1.1'),
  'TLS to a plain-text port': tls('plain'),
  'plain text to a TLS port': tls('trusted', { ca: undefined }),
  'a host that is silent': async (cleanUp) => ({
    target: `127.0.0.1:${await listen(createServer(), cleanUp)}`,
    ca: undefined,
    deadlineMs: brief,
  }),
  'a host that hangs up': async (cleanUp) => ({
    target: `127.0.0.1:${await listen(
      createServer((socket) => socket.destroy()),
      cleanUp,
    )}`,
    ca: undefined,
  }),
  'a host that hangs up in the handshake': async (cleanUp) => ({
    target: `127.0.0.1:${await listen(
      createServer((socket) => socket.destroy()),
      cleanUp,
    )}`,
    ca: '',
  }),
  'a proxy that is dead': async () => ({
    target: 'api.example.com:443',
    ca: undefined,
    proxy: atPort(await deadPort()),
  }),
  'a proxy nobody knows': proxy('http://proxy.nowhere.invalid:3128', 200),
  'a proxy that wants a password': proxy(atPort, 407),
  'a proxy that answers 502': proxy(atPort, 502),
  'a proxy that is silent': proxy(atPort),

  'dropped before the commit': fault({ kind: 'drop' }),
  'dropped after the commit': fault({ kind: 'commit-then-drop' }),
  'reset with 0': fault({ kind: 'reset', code: 0, when: 'after' }),
  'reset with 1': fault({ kind: 'reset', code: 1, when: 'after' }),
  'reset with 2': fault({ kind: 'reset', code: 2, when: 'after' }),
  'reset with 7': fault({ kind: 'reset', code: 7, when: 'after' }),
  'reset with 8': fault({ kind: 'reset', code: 8, when: 'after' }),
  'reset with 11': fault({ kind: 'reset', code: 11, when: 'after' }),
  'reset with 12': fault({ kind: 'reset', code: 12, when: 'after' }),
  'goaway before the commit': fault({ kind: 'goaway', when: 'before', close: true }),
  'goaway after the commit': fault({ kind: 'goaway', when: 'after', close: true }),
  'no answer': fault({ kind: 'hang' }, short),
  'no answer after the commit': fault({ kind: 'commit-then-hang' }, short),
  'HTTP 400': fault({ kind: 'http-status', status: 400 }),
  'HTTP 401': fault({ kind: 'http-status', status: 401 }),
  'HTTP 403': fault({ kind: 'http-status', status: 403 }),
  'HTTP 404': fault({ kind: 'http-status', status: 404 }),
  'HTTP 407': fault({ kind: 'http-status', status: 407 }),
  'HTTP 429': fault({ kind: 'http-status', status: 429 }),
  'HTTP 500': fault({ kind: 'http-status', status: 500 }),
  'HTTP 502': fault({ kind: 'http-status', status: 502 }),
  'HTTP 503': fault({ kind: 'http-status', status: 503 }),
  'HTTP 504': fault({ kind: 'http-status', status: 504 }),
  'a web page': fault({
    kind: 'http-status',
    status: 200,
    body: '<html><body>Log in</body></html>',
  }),
  'no status': fault({ kind: 'no-trailers' }),
  'a garbled status': fault({ kind: 'status', code: 'none' }),
  'a status beyond the list': fault({ kind: 'status', code: 4242 }),
  'no message': fault({ kind: 'no-message' }),
  'two messages': fault({ kind: 'two-messages' }, short),
  'a truncated message': fault({ kind: 'truncated-message' }),
  'an undecodable message': fault({ kind: 'undecodable-message' }),
  'an oversize message': fault({ kind: 'oversize-message' }),
  'a message that swells': compressed('gzip', gzipSync(Buffer.alloc(5 * 1024 * 1024))),
  'a message that is not compressed as it says': compressed('gzip', Buffer.from('plain')),
  'a compression nobody knows': compressed('rot13', Buffer.from('cynva')),
  'a malformed frame': fault({ kind: 'malformed-frame' }, short),
  'a status': fault({ kind: 'status', code: 9, message: 'as it is' }),
} as const satisfies Readonly<Record<string, Arrange>>;

/** One of {@link situations}. */
export type SituationName = keyof typeof situations;

/** Observes all of them, a few at a time. */
export async function observeAll(): Promise<Readonly<Record<string, Observation>>> {
  const left = Object.keys(situations) as SituationName[];
  const found: Record<string, Observation> = {};
  const work = async (): Promise<void> => {
    const emulator = await startEmulator({ tls: 'plain' });
    for (let name = left.shift(); name !== undefined; name = left.shift()) {
      found[name] = await observe(situations[name], emulator);
    }
    await emulator.stop();
  };
  await Promise.all(Array.from({ length: 6 }, work));
  return found;
}

async function observe(arrange: Arrange, plain: Emulator): Promise<Observation> {
  const ends: (() => Promise<void>)[] = [];
  const situation = await arrange(
    (end) => {
      ends.push(end);
    },
    () => Promise.resolve(plain),
  );
  const client = open(situation);
  try {
    return await create(client, situation);
  } finally {
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
    },
  );
  delete process.env['grpc_proxy'];
  return client;
}

/** Makes one CreateApiKey call, with grpc-js alone. */
function create(
  client: Client,
  { emulator, deadlineMs = generous }: Situation,
): Promise<Observation> {
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
