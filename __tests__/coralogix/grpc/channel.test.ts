import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:http2';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { statusCodes } from '../../../src/coralogix/status.ts';
import { toCreateRequest } from '../../../src/coralogix/messages.ts';
import { createAuthority } from '../../../tools/emulator/certificates.ts';
import type { Emulator, TlsKind } from '../../../tools/emulator/index.ts';
import { node24Path } from '../../../tools/job-runner/node24.ts';
import { failing, opened, proxyTo, started } from './channel-bench.ts';
import { loadMethod } from '../../../src/coralogix/grpc/codec.ts';

const folder = mkdtempSync(join(tmpdir(), 'channel-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const key = (emulator: Emulator): object =>
  toCreateRequest({ name: 'n', teamId: emulator.teamId, hashed: false });

describe('over TLS', () => {
  test('calls come and go on one connection, in parallel, and tell who calls', async () => {
    const emulator = await started();
    const correlationId = randomUUID();
    const channel = opened(emulator, { correlationId });
    const made = (await channel.call('CreateApiKey', key(emulator), 5000)) as { key_id: string };
    const request = { key_id: made.key_id };
    await Promise.all([
      channel.call('GetApiKey', request, 5000),
      channel.call('GetSendDataApiKeys', {}, 5000),
      channel.call('UpdateApiKey', { ...request, is_active: false }, 5000),
    ]);
    await channel.call('DeleteApiKey', request, 5000);
    expect(emulator.journal.connections).toBe(1);
    for (const { metadata, outcome } of emulator.journal.calls) {
      expect(outcome).toBe('OK');
      expect(metadata).toMatchObject({
        'x-cx-sdk-version': 'custom-coralogix-api-keys-action/1',
        'x-cx-correlation-id': correlationId,
      });
      expect(metadata['user-agent']).toMatch(/^custom-coralogix-api-keys-action\/1 /u);
    }
  });

  test('the extra CA may be one of several', async () => {
    const emulator = await started();
    const { certificate } = await createAuthority('Another');
    for (const list of [
      [emulator.caCertificate, certificate],
      [certificate, emulator.caCertificate],
    ]) {
      const channel = opened(emulator, { extraCertificates: list.join('\n') });
      await expect(channel.call('GetSendDataApiKeys', {}, 5000)).resolves.toEqual({ keys: [] });
    }
  });

  test('without the extra CA the host is not trusted, whatever the environment says', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const emulator = await started();
      for (const extraCertificates of [undefined, emulator.otherCaCertificate]) {
        const facts = await failing(opened(emulator, { extraCertificates }));
        expect(facts).toMatchObject({ cause: 'tls', sent: 'never' });
      }
      expect(emulator.journal.attempts()).toBe(0);
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    }
  });

  test.each<[TlsKind, RegExp]>([
    ['wrong-name', /ALTNAME/u],
    ['expired', /has expired/u],
    ['not-yet-valid', /not yet valid/u],
    ['tls1.1', /protocol version/u],
  ])('a host with the fault %s is refused, though its CA is trusted', async (tls, words) => {
    const emulator = await started({ tls });
    const facts = await failing(opened(emulator));
    expect(facts).toMatchObject({ cause: 'tls', sent: 'never' });
    expect(facts.text).toMatch(words);
  });
});

test('environment variables of grpc-js change neither whom it trusts nor how', async () => {
  const emulator = await started();
  const variables = {
    // With the first the host would be trusted, with the others no connection would be possible.
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: join(folder, 'ca.pem'),
    GRPC_SSL_CIPHER_SUITES: 'none-at-all',
  };
  writeFileSync(variables.GRPC_DEFAULT_SSL_ROOTS_FILE_PATH, emulator.caCertificate);
  const program = `
    import { openChannel } from './src/coralogix/grpc/channel.ts';
    import { Secret } from './src/core/secret.ts';
    const { port, ca } = JSON.parse(process.env.TEST_SETTINGS);
    const channel = openChannel({
      endpoint: { host: 'localhost', port, secure: true, loopback: true },
      proxy: undefined, extraCertificates: ca, apiKey: new Secret('k'), correlationId: 'c',
    });
    await channel.call('GetSendDataApiKeys', {}, 5000).catch(({ facts }) => console.log(facts.cause));
    process.exit();
  `;
  const cause = async (ca?: string): Promise<string> => {
    const settings = JSON.stringify({ port: emulator.port, ca });
    const { stdout } = await promisify(execFile)(
      node24Path(),
      ['--no-warnings', '--input-type=module', '--eval', program],
      { env: { ...process.env, ...variables, TEST_SETTINGS: settings } },
    );
    return stdout.trim();
  };
  expect(await cause()).toBe('tls');
  // It got through, and the service refused a key that it does not know.
  expect(await cause(emulator.caCertificate)).toBe('status');
});

describe('after a call that had no answer in time', () => {
  test('the next one gets a new connection, and those under way keep theirs', async () => {
    const emulator = await started();
    const channel = opened(emulator);
    await channel.call('GetSendDataApiKeys', {}, 5000);
    emulator.inject({ rpc: 'GetApiKey', fault: { kind: 'delay', ms: 1000 } });
    const slow = failing(channel, 'GetApiKey', { key_id: randomUUID() });
    emulator.inject({ rpc: 'GetSendDataApiKeys', fault: { kind: 'hang' } });
    await expect(failing(channel, 'GetSendDataApiKeys', {}, 300)).resolves.toMatchObject({
      cause: 'timeout',
      sent: 'maybe',
    });
    await channel.call('GetSendDataApiKeys', {}, 5000);
    await expect(slow).resolves.toMatchObject({ cause: 'status', status: 'NOT_FOUND' });
    expect(emulator.journal.connections).toBe(2);
  });

  test('also where the connection itself came to nothing, and then nothing was sent', async () => {
    const emulator = await started();
    let isSilent = true;
    const sockets = new Set<Socket>();
    const gate = createServer((near) => {
      sockets.add(near);
      near.on('error', () => undefined);
      if (isSilent) return;
      const far = connect(emulator.port, emulator.host);
      far.on('error', () => undefined);
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve));
    const { port } = gate.address() as AddressInfo;
    const endpoint = { host: 'localhost', port, secure: true, loopback: true };
    const channel = opened(emulator, { endpoint });
    await expect(failing(channel, 'CreateApiKey', key(emulator), 300)).resolves.toMatchObject({
      cause: 'timeout',
      sent: 'never',
    });
    isSilent = false;
    await channel.call('CreateApiKey', key(emulator), 5000);
    expect(emulator.journal.commits('CreateApiKey')).toBe(1);
    for (const socket of sockets) socket.destroy();
    gate.close();
  });
});

describe('through a proxy', () => {
  test('the host is asked for by its name, and TLS goes through', async () => {
    const emulator = await started();
    const proxy = await proxyTo(emulator.port);
    const channel = opened(emulator, { proxy: proxy.settings });
    await expect(channel.call('GetSendDataApiKeys', {}, 5000)).resolves.toEqual({ keys: [] });
    expect(proxy.asked).toEqual([{ target: `localhost:${emulator.port}`, credentials: undefined }]);
  });

  test('user name and password arrive as they are, whatever is in them', async () => {
    const emulator = await started();
    const password = `${randomBytes(4).toString('hex')}:/@#?% é"<>`;
    const proxy = await proxyTo(emulator.port, `us@er:${password}`);
    const channel = opened(emulator, { proxy: proxy.settings });
    await channel.call('GetSendDataApiKeys', {}, 5000);
    expect(proxy.asked.map(({ credentials: given }) => given)).toEqual([`us@er:${password}`]);
  });

  test('a proxy that refuses is to blame, and nothing was sent', async () => {
    const emulator = await started();
    const proxy = await proxyTo(emulator.port, 'user:right');
    const settings = { ...proxy.settings, credentials: 'user:wrong' };
    const facts = await failing(opened(emulator, { proxy: settings }));
    expect(facts).toMatchObject({ cause: 'proxy', sent: 'never' });
    expect(emulator.journal.attempts()).toBe(0);
  });

  test('none is used when none was found, whatever the environment says', async () => {
    const emulator = await started();
    const proxy = await proxyTo(emulator.port);
    process.env['grpc_proxy'] = `http://127.0.0.1:${proxy.settings.port}`;
    await opened(emulator).call('GetSendDataApiKeys', {}, 5000);
    expect(proxy.asked).toEqual([]);
  });

  test('a no_proxy that would switch it off has been settled before, and does not', async () => {
    const emulator = await started();
    const proxy = await proxyTo(emulator.port);
    process.env['no_proxy'] = 'example.com,';
    try {
      await opened(emulator, { proxy: proxy.settings }).call('GetSendDataApiKeys', {}, 5000);
    } finally {
      delete process.env['no_proxy'];
    }
    expect(proxy.asked).toHaveLength(1);
  });
});

describe('once and no more', () => {
  test('a refused stream is not opened again, though grpc-js would by itself', async () => {
    const emulator = await started({ tls: 'plain' });
    const fault = { kind: 'reset', code: constants.NGHTTP2_REFUSED_STREAM, when: 'after' } as const;
    emulator.inject({ fault, times: 2 });
    const facts = await failing(opened(emulator), 'CreateApiKey', key(emulator));
    expect(facts).toMatchObject({ cause: 'dropped', sent: 'maybe' });
    expect(emulator.journal.commits('CreateApiKey')).toBe(1);

    // The same with grpc-js as it comes: so the number above says something.
    emulator.clearFaults();
    emulator.inject({ fault, times: 2 });
    await callAsItComes(emulator);
    expect(emulator.journal.commits('CreateApiKey')).toBe(3);
  });

  test('a lost reply leaves one key', async () => {
    const emulator = await started({ tls: 'plain' });
    emulator.inject({ fault: { kind: 'commit-then-drop' }, times: Infinity });
    const facts = await failing(opened(emulator), 'CreateApiKey', key(emulator));
    expect(facts).toMatchObject({ cause: 'dropped', sent: 'maybe' });
    expect(emulator.journal.commits('CreateApiKey')).toBe(1);
  });

  test('after a failed connection the channel comes back within the backoff that was set', async () => {
    const emulator = await started({ tls: 'plain' });
    const { host, port } = emulator;
    await emulator.stop();
    const channel = opened(emulator);
    await expect(failing(channel)).resolves.toMatchObject({ cause: 'refused', sent: 'never' });
    await started({ tls: 'plain', host, port });
    let facts = await failing(channel);
    while (facts.cause === 'refused') {
      await new Promise((resolve) => setTimeout(resolve, 100));
      facts = await failing(channel);
    }
    // It is another emulator, which does not know the key.
    expect(facts).toMatchObject({ cause: 'status', status: 'UNAUTHENTICATED' });
  });

  test('a call that was given up can still have been carried out', async () => {
    const emulator = await started({ tls: 'plain' });
    const channel = opened(emulator);
    await channel.call('GetSendDataApiKeys', {}, 5000);
    emulator.inject({ fault: { kind: 'commit-then-hang' }, rpc: 'CreateApiKey' });
    const facts = await failing(channel, 'CreateApiKey', key(emulator), 300);
    expect(facts).toMatchObject({ cause: 'timeout', sent: 'maybe' });
    expect(emulator.journal.commits('CreateApiKey')).toBe(1);
  });
});

describe('what a failure tells', () => {
  test('status, message and the details of google.rpc.Status', async () => {
    const emulator = await started({ tls: 'plain' });
    emulator.inject({
      fault: {
        kind: 'status',
        code: statusCodes.INVALID_ARGUMENT,
        message: 'the name is\ntoo long: 50 %',
        retryDelayMs: 1500,
        fieldViolations: [{ field: 'name', description: 'at most 10' }],
        errorInfo: { reason: 'NAME_TOO_LONG', domain: 'example.com' },
      },
    });
    await expect(failing(opened(emulator))).resolves.toEqual({
      cause: 'status',
      sent: 'maybe',
      status: 'INVALID_ARGUMENT',
      text: 'the name is\ntoo long: 50 %',
      retryAfterMs: 1500,
      remarks: ['name: at most 10', 'NAME_TOO_LONG'],
    });
  });

  test('a status that is none is no gRPC', async () => {
    const emulator = await started({ tls: 'plain' });
    for (const code of ['OK?', 99, -1, '2.5']) {
      emulator.inject({ fault: { kind: 'status', code } });
      await expect(failing(opened(emulator))).resolves.toMatchObject({ cause: 'not_grpc' });
    }
  });
});

test('a list far beyond the usual limit of 4 MiB arrives', async () => {
  const emulator = await started({ tls: 'plain' });
  emulator.inject({ fault: { kind: 'large-reply', bytes: 12 * 1024 * 1024 } });
  await expect(opened(emulator).call('GetSendDataApiKeys', {}, 10_000)).resolves.toEqual({
    keys: [],
  });
});

async function callAsItComes({ host, port, teamId, tokens }: Emulator): Promise<void> {
  const { path, requestSerialize, responseDeserialize } = loadMethod('CreateApiKey');
  const client = new Client(`${host}:${port}`, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${tokens.admin}`);
  await new Promise<void>((resolve) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      toCreateRequest({ name: 'n', teamId, hashed: false }),
      metadata,
      () => {
        resolve();
      },
    );
  });
  client.close();
}
