import { expect, test } from '@jest/globals';
import { watchCalls } from '../../../tools/emulator/call-log.ts';
import { newKey, type PlainClient } from './client.ts';
import { newKey as newSender, sendGrpc, sendHttp, threeLogRecords } from './ingestion/sender.ts';
import { connected, started } from './started.ts';

const uuid = '[0-9a-f-]{36}';
const at = String.raw`^\d\d:\d\d:\d\d`;

async function watched(
  work: (client: PlainClient, emulator: Awaited<ReturnType<typeof started>>) => Promise<void>,
): Promise<readonly string[]> {
  const emulator = await started();
  const lines: string[] = [];
  const end = watchCalls(emulator, (line) => lines.push(line));
  await work(connected(emulator), emulator);
  end();
  await connected(emulator).call('GetSendDataApiKeys');
  const { store, tokens } = emulator;
  const keys = [...store.keys(), ...store.deletedKeys()];
  const secrets = [...Object.values(tokens), ...keys.flatMap(({ value }) => value ?? [])];
  expect(secrets.filter((secret) => lines.join().includes(secret))).toEqual([]);
  return lines;
}

test('each call is one line: when, what, what came of it, whose token, which key', async () => {
  const lines = await watched(async (client, emulator) => {
    const made = await client.call('CreateApiKey', newKey(emulator, 'a'));
    const { key_id: keyId } = made.reply as { readonly key_id: string };
    await client.call('UpdateApiKey', { key_id: keyId, new_name: 'b', is_active: false });
    await client.call('DeleteApiKey', { key_id: keyId });
    await client.call('GetApiKey', { key_id: 'none' });
  });
  expect(lines).toEqual([
    expect.stringMatching(new RegExp(`${at} {2}CreateApiKey +OK +admin +"a" ${uuid}$`, 'u')),
    expect.stringMatching(
      new RegExp(`${at} {2}UpdateApiKey +OK +admin +"b" ${uuid}, name: "b", active: false$`, 'u'),
    ),
    expect.stringMatching(new RegExp(`${at} {2}DeleteApiKey +OK +admin +"b" ${uuid}$`, 'u')),
    expect.stringMatching(/ {2}GetApiKey +INVALID_ARGUMENT +admin +none$/u),
  ]);
});

test('a fault has its name, and what was done all the same is marked', async () => {
  const lines = await watched(async (client, emulator) => {
    emulator.inject({ fault: { kind: 'commit-then-drop' } });
    await client.call('CreateApiKey', newKey(emulator, 'a'));
  });
  expect(lines).toEqual([expect.stringMatching(/ {2}commit-then-drop\* +admin +"a" /u)]);
});

test('a name is text: nothing of it moves the cursor or begins a line', async () => {
  const lines = await watched(async (client, emulator) => {
    await client.call('CreateApiKey', newKey(emulator, `x\n\u001b[2J\u202e${'y'.repeat(200)}`));
  });
  expect(lines).toEqual([expect.stringMatching(/ "x\\u\{a\}\\u\{1b\}\[2J\\u\{202e\}y{73}…" /u)]);
});

test('an export is a line, too, with the key that it was sent with, accepted or not', async () => {
  const lines = await watched(async (_client, emulator) => {
    const { keyId, value, token } = newSender(emulator);
    const message = threeLogRecords;
    await sendGrpc(emulator, { key: value, message });
    emulator.store.delete(token, keyId);
    await sendHttp(emulator, { key: value, signal: 'traces' });
    await sendHttp(emulator, { key: 'no key at all' });
  });
  expect(lines.map((line) => line.slice(10).replace(new RegExp(uuid, 'u'), 'ID'))).toEqual([
    expect.stringMatching(/^logs, grpc +OK +sender +"sender" ID$/u),
    expect.stringMatching(/^traces, http +401 +sender +"sender" ID$/u),
    expect.stringMatching(/^logs, http +401 +sender$/u),
  ]);
});
