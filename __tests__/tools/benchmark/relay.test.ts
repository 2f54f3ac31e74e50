import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { startRelay, type Relay } from '../../../tools/benchmark/relay.ts';

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A service, and a long way to it. */
async function relayed(serve: (socket: Socket) => void, delayMs = 30): Promise<Relay> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const relay = await startRelay((server.address() as AddressInfo).port, delayMs);
  ends.push(() => relay.stop());
  return relay;
}

const echo = (socket: Socket): void => {
  socket.on('data', (bytes) => socket.write(bytes));
};

/** Waits until so many bytes have come. */
async function received(socket: Socket, length: number): Promise<Buffer> {
  let all = Buffer.alloc(0);
  while (all.length < length) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    all = Buffer.concat([all, chunk]);
  }
  return all;
}

const counts = (relay: Relay): readonly number[] =>
  relay.connections.map(({ roundTrips }) => roundTrips);

test('a connection is one round trip, and each question that waits for an answer another', async () => {
  const relay = await relayed(echo);
  const client = connect(relay.port, '127.0.0.1');
  await once(client, 'connect');
  expect(counts(relay)).toEqual([1]);
  for (let question = 1; question <= 3; question += 1) {
    client.write('?');
    await received(client, 1);
    expect(counts(relay)).toEqual([1 + question]);
  }
  client.destroy();
});

test('questions that do not wait for each other cost one', async () => {
  const relay = await relayed(echo, 100);
  const client = connect(relay.port, '127.0.0.1');
  for (let question = 0; question < 5; question += 1) client.write('?');
  await received(client, 5);
  expect(counts(relay)).toEqual([2]);
  client.destroy();
});

test('a greeting costs nothing by itself, and what is said after it one', async () => {
  const relay = await relayed((socket) => {
    socket.write('hello');
    echo(socket);
  });
  const client = connect(relay.port, '127.0.0.1');
  expect(String(await received(client, 5))).toBe('hello');
  expect(counts(relay)).toEqual([1]);
  client.write('?');
  await received(client, 1);
  expect(counts(relay)).toEqual([2]);
  client.destroy();
});

test('everything arrives, in its order, and the end too', async () => {
  const relay = await relayed((socket) => {
    socket.pipe(socket);
  }, 5);
  const client = connect({ port: relay.port, host: '127.0.0.1', allowHalfOpen: true });
  const sent = randomBytes(500_000);
  const back = received(client, sent.length);
  const ended = once(client, 'end');
  for (let at = 0; at < sent.length; at += 7_919) client.write(sent.subarray(at, at + 7_919));
  client.end();
  expect((await back).equals(sent)).toBe(true);
  await ended;
});

test('each connection is counted by itself, until they are forgotten', async () => {
  const relay = await relayed(echo);
  for (let index = 0; index < 2; index += 1) {
    const client = connect(relay.port, '127.0.0.1');
    client.write('?');
    await received(client, 1);
    client.destroy();
  }
  expect(counts(relay)).toEqual([2, 2]);
  relay.clear();
  expect(counts(relay)).toEqual([]);
});
