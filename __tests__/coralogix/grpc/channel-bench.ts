import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach } from '@jest/globals';
import {
  openChannel,
  type Channel,
  type ChannelSettings,
} from '../../../src/coralogix/grpc/channel.ts';
import type { Proxy } from '../../../src/network/proxy.ts';
import { CallError, type CallErrorFacts, type Rpc } from '../../../src/coralogix/transport.ts';
import {
  startEmulator,
  type Emulator,
  type EmulatorOptions,
} from '../../../tools/emulator/index.ts';
import { Secret } from '../../../src/core/secret.ts';

const ends: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Starts an emulator that ends with the test. */
export async function started(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  ends.push(() => emulator.stop());
  return emulator;
}

/** The action's own channel to an emulator; it ends with the test. */
export function opened(emulator: Emulator, settings: Partial<ChannelSettings> = {}): Channel {
  const secure = emulator.endpoint.startsWith('https:');
  const channel = openChannel({
    endpoint: {
      host: secure ? 'localhost' : emulator.host,
      port: emulator.port,
      secure,
      loopback: true,
    },
    proxy: undefined,
    extraCertificates: secure ? emulator.caCertificate : undefined,
    apiKey: new Secret(emulator.tokens.admin),
    correlationId: randomUUID(),
    ...settings,
  });
  ends.push(() => {
    channel.close();
  });
  return channel;
}

/** What is known of a call that must fail. */
export async function failing(
  channel: Channel,
  rpc: Rpc = 'GetSendDataApiKeys',
  request: object = {},
  timeoutMs = 5000,
): Promise<CallErrorFacts> {
  const thrown: unknown = await channel.call(rpc, request, timeoutMs).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof CallError) return thrown.facts;
  throw new Error('the call did not fail as calls do', { cause: thrown });
}

/** A CONNECT proxy that leads everything to one port of this machine. */
export interface TestProxy {
  readonly settings: Proxy;
  /** Where it was asked to connect to, with the credentials, decoded. */
  readonly asked: { readonly target: string; readonly credentials: string | undefined }[];
}

/** Starts a proxy that ends with the test. */
export async function proxyTo(port: number, credentials?: string): Promise<TestProxy> {
  const asked: TestProxy['asked'] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  };
  const server = createServer();
  server.on('connection', keep);
  server.on('connect', (request, near: Socket) => {
    const [, basic] = /^Basic (.*)$/u.exec(request.headers['proxy-authorization'] ?? '') ?? [];
    const given = basic === undefined ? undefined : Buffer.from(basic, 'base64').toString();
    asked.push({ target: request.url ?? '', credentials: given });
    if (given !== credentials) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const far = connect(port, '127.0.0.1', () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n');
      near.pipe(far).pipe(near);
    });
    keep(far);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    // The channel leaves them behind, as the process that it is made for ends soon.
    delete process.env['grpc_proxy'];
    delete process.env['no_grpc_proxy'];
  });
  const settings: Proxy = {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    credentials,
    variable: 'https_proxy',
  };
  return { settings, asked };
}
