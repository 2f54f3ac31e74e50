import http2 from 'node:http2';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { openChannel, type Channel } from '../../../src/coralogix/grpc/channel.ts';
import { Secret } from '../../../src/core/secret.ts';
import { failing, opened, started } from './channel-bench.ts';

const prefaceLength = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.length;
const headersFrame = 1;
/** Longer than it takes to say something, if something is to be said. */
const timeoutMs = 400;

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A host that accepts connections and never says a word. */
interface SilentHost {
  /** Opens a channel to it. */
  readonly open: (allowEarlyRequest: boolean) => Channel;
  /** For each connection, in order, whether a request has come on it. */
  readonly requested: () => readonly boolean[];
  /** Ends the first connection as soon as something has come on it. */
  readonly hangUpOnce: () => void;
}

async function silentHost(): Promise<SilentHost> {
  const connections: { bytes: Buffer }[] = [];
  const sockets: Socket[] = [];
  let hangsUp = false;
  const server = createServer((socket) => {
    const connection = { bytes: Buffer.alloc(0) };
    connections.push(connection);
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      connection.bytes = Buffer.concat([connection.bytes, chunk]);
      if (hangsUp && sockets[0] === socket) socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  ends.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    open: (allowEarlyRequest) => {
      const channel = openChannel({
        endpoint: { host: '127.0.0.1', port, secure: false, loopback: true },
        proxy: undefined,
        extraCertificates: undefined,
        apiKey: new Secret('key'),
        correlationId: randomUUID(),
        allowEarlyRequest,
      });
      ends.push(() => {
        channel.close();
      });
      return channel;
    },
    requested: () => connections.map(({ bytes }) => frameTypes(bytes).includes(headersFrame)),
    hangUpOnce: () => {
      hangsUp = true;
    },
  };
}

function frameTypes(bytes: Buffer): readonly (number | undefined)[] {
  const types: (number | undefined)[] = [];
  for (let at = prefaceLength; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
    types.push(bytes[at + 3]);
  }
  return types;
}

test('a request goes out before the service has said a word, where that is allowed', async () => {
  const host = await silentHost();
  const facts = await failing(host.open(true), 'GetApiKey', {}, timeoutMs);
  expect(facts).toMatchObject({ cause: 'timeout', sent: 'maybe' });
  expect(host.requested()).toEqual([true]);
});

test('a request waits for the service where it is not allowed, and is then provably unsent', async () => {
  const host = await silentHost();
  const facts = await failing(host.open(false), 'CreateApiKey', {}, timeoutMs);
  expect(facts).toMatchObject({ cause: 'timeout', sent: 'never' });
  expect(host.requested()).toEqual([false]);
});

test('only the first connection allows an early request: the next call may be a Create', async () => {
  const host = await silentHost();
  host.hangUpOnce();
  const channel = host.open(true);
  await failing(channel, 'GetApiKey', {}, 5000);
  // What follows at once may still fail with the old connection's error.
  let facts = await failing(channel, 'CreateApiKey', {}, 2 * timeoutMs);
  while (facts.cause !== 'timeout') {
    await new Promise((resolve) => setTimeout(resolve, 50));
    facts = await failing(channel, 'CreateApiKey', {}, 2 * timeoutMs);
  }
  expect(facts.sent).toBe('never');
  expect(host.requested().slice(1)).not.toContain(true);
});

test('what the service says of itself afterwards is heeded, and calls come and go', async () => {
  const emulator = await started();
  const { connect } = http2;
  const channel = opened(emulator, { allowEarlyRequest: true });
  const calls = Array.from({ length: 20 }, () => channel.call('GetSendDataApiKeys', {}, 5000));
  await expect(Promise.all(calls)).resolves.toHaveLength(20);
  expect(emulator.journal.connections).toBe(1);
  expect(http2.connect).toBe(connect);
});

test('a channel that is closed before it is connected leaves nothing behind', async () => {
  const { connect } = http2;
  const host = await silentHost();
  const channel = host.open(true);
  expect(http2.connect).not.toBe(connect);
  channel.close();
  expect(http2.connect).toBe(connect);
});
