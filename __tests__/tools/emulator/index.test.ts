import http2 from 'node:http2';
import { connect as tcpConnect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { createStore } from '../../../tools/emulator/store.ts';
import { newKey } from './client.ts';
import { connected, started } from './started.ts';

describe('the five RPCs over TLS', () => {
  test('a key is made, read, listed, changed and deleted, in the wire’s own words', async () => {
    const emulator = await started();
    const client = connected(emulator);
    const made = await client.call('CreateApiKey', newKey(emulator, 'my-api-key'));
    const { key_id, value, name } = made.reply;
    expect([made.code, name, emulator.store.keys()[0]?.value]).toEqual([0, 'my-api-key', value]);

    const keyInfo = (name: string, active: boolean): object => ({
      id: key_id,
      name,
      active,
      hashed: false,
      owner: { owner: 'team_id', team_id: emulator.teamId },
      key_permissions: {
        permissions: [],
        presets: [
          {
            name: 'SendData',
            permissions: [
              'cloud-metadata-ingress:SendData',
              'logs.data-ingress:SendData',
              'metrics.data-ingress:SendData',
              'spans.data-ingress:SendData',
              'contextual-data:SendData',
            ],
          },
        ],
      },
    });
    const read = await client.call('GetApiKey', { key_id });
    expect(read.reply).toEqual({ key_info: keyInfo('my-api-key', true) });

    const change = { key_id, new_name: 'Some new name', is_active: false };
    expect(await client.call('UpdateApiKey', change)).toMatchObject({ code: 0, reply: {} });
    const list = await client.call('GetSendDataApiKeys');
    expect(list.reply).toEqual({ keys: [keyInfo('Some new name', false)] });

    expect(await client.call('DeleteApiKey', { key_id })).toMatchObject({ code: 0, reply: {} });
    expect((await client.call('GetSendDataApiKeys')).reply).toEqual({ keys: [] });
    const gone = await client.call('GetApiKey', { key_id });
    expect([gone.code, gone.details]).toEqual([5, 'API key not found']);
  });

  test('a list of 20,000 keys arrives whole', async () => {
    const emulator = await started();
    emulator.store.seed(20_000, 'key-', { teamId: emulator.teamId });
    const list = await connected(emulator).call('GetSendDataApiKeys');
    expect(list.details).toBe('');
    expect(list.reply['keys']).toHaveLength(20_000);
  });

  test('twenty callers are answered at once', async () => {
    const emulator = await started();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        connected(emulator).call('CreateApiKey', newKey(emulator, `key-${index}`)),
      ),
    );
    expect(answers.map(({ code }) => code)).toEqual(Array.from({ length: 20 }, () => 0));
    expect(emulator.store.keys()).toHaveLength(20);
    expect(emulator.journal.connections).toBe(20);
  });

  test.each([
    ['no token', '', 16],
    ['a token that nobody was given', 'cxup_unknown', 16],
    ['the scheme twice, as in the vendor’s prose', 'twice', 16],
    ['a token without permission', 'powerless', 7],
    ['a token that may only list', 'reader', 7],
    ['a token of another team', 'otherTeam', 7],
  ])('create with %s is refused', async (_what, who, code) => {
    const emulator = await started();
    const { tokens } = emulator;
    const known = Object.entries(tokens).find(([name]) => name === who)?.[1];
    const token = who === 'twice' ? `Bearer ${tokens.admin}` : (known ?? who);
    const answer = await connected(emulator).call('CreateApiKey', newKey(emulator, 'a'), { token });
    expect(answer.code).toBe(code);
    expect(emulator.store.keys()).toEqual([]);
  });

  test('an update of one field leaves the other', async () => {
    const emulator = await started();
    const client = connected(emulator);
    const [seeded] = emulator.store.seed(1, 'key-', { teamId: emulator.teamId });
    await client.call('UpdateApiKey', { key_id: seeded?.id, new_name: 'b' });
    expect(emulator.store.keys()).toMatchObject([{ name: 'b', active: true }]);
    await client.call('UpdateApiKey', { key_id: seeded?.id, is_active: false });
    expect(emulator.store.keys()).toMatchObject([{ name: 'b', active: false }]);
  });

  test('an RPC that does not exist is UNIMPLEMENTED, as any gRPC server says it', async () => {
    const emulator = await started({ tls: 'plain' });
    const session = http2.connect(emulator.endpoint);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/com.coralogixapis.aaa.apikeys.v3.ApiKeysService/RotateApiKey',
      'content-type': 'application/grpc',
    });
    const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    expect(headers['grpc-status']).toBe('12');
    session.destroy();
  });
});

describe('the switches', () => {
  test.each([
    ['nowhere but in the reply of create', {}, false],
    ['nowhere but in the reply of create', { discloseValues: 'on_create' }, false],
    ['in reads, too', { discloseValues: 'always' }, true],
  ] as const)('values are disclosed %s: %j', async (_where, options, isRead) => {
    const emulator = await started(options);
    const client = connected(emulator);
    const { key_id, value } = (await client.call('CreateApiKey', newKey(emulator, 'a'))).reply;
    const hashed = (await client.call('CreateApiKey', newKey(emulator, 'b', true))).reply;
    expect([value, hashed['value']].includes('')).toBe(false);
    const read = await client.call('GetApiKey', { key_id });
    const list = await client.call('GetSendDataApiKeys');
    const disclosed = [read.reply['key_info'], ...(list.reply['keys'] as object[])].map(
      (key) => (key as { readonly value?: string }).value,
    );
    expect(disclosed).toEqual(
      isRead ? [value, value, undefined] : [undefined, undefined, undefined],
    );
  });

  test('reads can lag, also for an update right after the create', async () => {
    const emulator = await started({ readLagMs: 600_000 });
    const client = connected(emulator);
    const made = await client.call('CreateApiKey', newKey(emulator, 'a'));
    const change = { key_id: made.reply['key_id'], new_name: 'b' };
    expect((await client.call('UpdateApiKey', change)).code).toBe(5);
    expect((await client.call('GetSendDataApiKeys')).reply).toEqual({ keys: [] });
  });

  test('writes can find a new key at once though reads lag, or lag though reads do not', async () => {
    const prompt = await started({ readLagMs: 600_000, writeLagMs: 0 });
    const lagging = await started({ writeLagMs: 600_000 });
    const codes = [prompt, lagging].map(async (emulator) => {
      const client = connected(emulator);
      const { key_id } = (await client.call('CreateApiKey', newKey(emulator, 'a'))).reply;
      const got = await client.call('GetApiKey', { key_id });
      return [got.code, (await client.call('DeleteApiKey', { key_id })).code];
    });
    expect(await Promise.all(codes)).toEqual([
      [5, 0],
      [0, 5],
    ]);
  });

  test.each([
    [false, 0],
    [true, 6],
  ])('names need be unique: %j', async (uniqueNames, code) => {
    const emulator = await started({ uniqueNames });
    const client = connected(emulator);
    await client.call('CreateApiKey', newKey(emulator, 'a'));
    expect((await client.call('CreateApiKey', newKey(emulator, 'a'))).code).toBe(code);
  });

  test('a store and a team of one’s own can be given', async () => {
    const store = createStore({ now: Date.now });
    const emulator = await started({ store, teamId: 77, tls: 'plain' });
    await connected(emulator).call('CreateApiKey', newKey(emulator, 'a'));
    expect(store.keys()).toMatchObject([{ name: 'a', teamId: 77 }]);
  });

  test('every call can be made to take longer', async () => {
    const emulator = await started({ delayMs: 600_000 });
    const answer = await connected(emulator).call('GetSendDataApiKeys', {}, { deadlineMs: 1000 });
    expect(answer.code).toBe(4);
  });
});

describe('the journal', () => {
  test('it tells what was asked, by whom, and what came of it, without the credential', async () => {
    const emulator = await started();
    const client = connected(emulator);
    await client.call('CreateApiKey', newKey(emulator, 'a'));
    await client.call('DeleteApiKey', { key_id: 'no uuid' });
    emulator.inject({ fault: { kind: 'drop' } });
    await client.call('GetSendDataApiKeys');

    const peer = expect.stringMatching(/^127\.0\.0\.1:\d+$/u) as unknown;
    expect(emulator.journal.calls).toMatchObject([
      {
        rpc: 'CreateApiKey',
        peer,
        connection: 1,
        caller: 'admin',
        outcome: 'OK',
        committed: true,
        request: { name: 'a', owner: { team_id: emulator.teamId }, hashed: false },
        metadata: { authorization: '***' },
      },
      { rpc: 'DeleteApiKey', outcome: 'INVALID_ARGUMENT', committed: false, connection: 1 },
      { rpc: 'GetSendDataApiKeys', outcome: 'drop', committed: false, connection: 1 },
    ]);
    const { journal, tokens } = emulator;
    expect(JSON.stringify(journal.calls).includes(tokens.admin)).toBe(false);
    expect([journal.attempts(), journal.attempts('CreateApiKey')]).toEqual([3, 1]);
    expect([journal.commits(), journal.commits('DeleteApiKey')]).toEqual([1, 0]);
  });

  test('it counts connections, also silent ones, and tells them apart', async () => {
    const emulator = await started();
    const silent = tcpConnect(emulator.port, emulator.host);
    await once(silent, 'connect');
    await connected(emulator).call('GetSendDataApiKeys');
    await connected(emulator).call('GetSendDataApiKeys');
    expect(emulator.journal.connections).toBe(3);
    expect(emulator.journal.calls.map(({ connection }) => connection)).toEqual([2, 3]);
    silent.destroy();
  });

  test('it tells of a call before the caller is answered', async () => {
    const emulator = await started();
    const order: string[] = [];
    const end = emulator.journal.onCall((call) => {
      order.push(`${call.outcome} ${String(call.committed)}`);
    });
    await connected(emulator).call('CreateApiKey', newKey(emulator, 'a'));
    order.push('answered');
    end();
    await connected(emulator).call('GetSendDataApiKeys');
    expect(order).toEqual(['OK true', 'answered']);
  });

  test('it can be cleared', async () => {
    const emulator = await started();
    await connected(emulator).call('GetSendDataApiKeys');
    emulator.journal.clear();
    expect([emulator.journal.attempts(), emulator.journal.connections]).toEqual([0, 0]);
  });
});

describe('stopping', () => {
  test('it ends at once, with a call and a silent connection still open', async () => {
    const emulator = await started();
    emulator.inject({ fault: { kind: 'hang' } });
    const call = connected(emulator).call('GetSendDataApiKeys', {}, { deadlineMs: 20_000 });
    const silent = tcpConnect(emulator.port, emulator.host);
    const silentEnds = once(silent, 'close');
    while (emulator.journal.attempts() === 0) await new Promise(setImmediate);
    await emulator.stop();
    expect((await call).code).toBe(14);
    await silentEnds;
    const refused = tcpConnect(emulator.port, emulator.host);
    const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('a port that is taken is an error', async () => {
    const emulator = await started();
    await expect(started({ port: emulator.port })).rejects.toThrow('EADDRINUSE');
  });
});
