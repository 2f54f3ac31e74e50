import http2 from 'node:http2';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { startEmulator } from '../../../../tools/emulator/index.ts';
import type { GatewayBehaviour } from '../../../../tools/emulator/ingestion/behaviour.ts';
import { signals } from '../../../../tools/emulator/ingestion/otlp.ts';
import { status } from '../../../support/status.ts';
import { started } from '../started.ts';
import { newKey, sendGrpc, sendHttp, threeLogRecords } from './sender.ts';

const tlsKinds = ['trusted', 'plain'] as const;

describe('with a plain client over gRPC', () => {
  test.each(tlsKinds)('a known key is told from a made-up one (TLS: %s)', async (tls) => {
    const emulator = await started({ tls });
    const { keyId, value } = newKey(emulator);
    for (const signal of signals) {
      expect(await sendGrpc(emulator, { key: value, signal })).toMatchObject({
        code: 0,
        reply: Buffer.alloc(0),
      });
      expect(await sendGrpc(emulator, { key: 'cxtp_made_up', signal })).toMatchObject({
        code: status.UNAUTHENTICATED,
        details: 'unknown API key',
      });
      expect((await sendGrpc(emulator, { signal })).code).toBe(status.UNAUTHENTICATED);
    }
    const received = { logs: 0, traces: 0, metrics: 0, requests: 3 };
    expect(emulator.ingestion.received(keyId)).toEqual(received);
  });

  test('a message that is no protobuf is INTERNAL, and one of more than 4 MiB too large', async () => {
    const emulator = await started();
    const { keyId, value: key } = newKey(emulator);
    const message = Buffer.from([0x0a, 0xff]);
    expect((await sendGrpc(emulator, { key, message })).code).toBe(status.INTERNAL);
    const large = Buffer.alloc(5 * 1024 * 1024);
    const { code } = await sendGrpc(emulator, { key, message: large });
    expect(code).toBe(status.RESOURCE_EXHAUSTED);
    expect(emulator.ingestion.received(keyId).requests).toBe(0);
  });

  test('the keys of the emulator are known there, and the tokens of its callers are not', async () => {
    const emulator = await started();
    for (const key of Object.values(emulator.tokens)) {
      expect((await sendGrpc(emulator, { key })).code).toBe(status.UNAUTHENTICATED);
    }
    const { value } = newKey(emulator, { otherTeam: true });
    expect((await sendGrpc(emulator, { key: value })).code).toBe(0);
  });
});

describe('with a plain client over HTTP', () => {
  test.each(tlsKinds)('a known key is told from a made-up one (TLS: %s)', async (tls) => {
    const emulator = await started({ tls });
    const { keyId, value } = newKey(emulator);
    const message = threeLogRecords;
    const taken = await sendHttp(emulator, { key: value, message });
    expect(taken).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.alloc(0),
    });
    const refused = await sendHttp(emulator, { key: 'cxtp_made_up', message });
    expect(refused).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
    // A google.rpc.Status: its code and its message.
    expect(refused.body).toEqual(
      Buffer.from([8, status.UNAUTHENTICATED, 18, 15, ...Buffer.from('unknown API key')]),
    );
    expect((await sendHttp(emulator, { message })).status).toBe(401);
    expect(emulator.ingestion.received(keyId)).toMatchObject({ logs: 3, requests: 1 });
  });

  test('an empty request with a known key is 400, and with a made-up one 401', async () => {
    const emulator = await started();
    const { value } = newKey(emulator);
    expect((await sendHttp(emulator, { key: value })).status).toBe(400);
    expect((await sendHttp(emulator, { key: 'cxtp_made_up' })).status).toBe(401);
  });

  test.each([
    ['another path', { path: '/v1/profiles' }, 404],
    ['another method', { method: 'PUT' }, 405],
    ['another type', { headers: { 'content-type': 'text/plain' } }, 415],
    ['JSON', { headers: { 'content-type': 'application/json' } }, 415],
    ['another encoding', { headers: { 'content-encoding': 'br' } }, 415],
    ['what is no gzip', { headers: { 'content-encoding': 'gzip' } }, 400],
    ['a type with a parameter', { headers: { 'content-type': 'application/x-protobuf;a=b' } }, 200],
    ['a query', { path: '/v1/logs?a=b' }, 200],
  ])('%s is answered %j with %i', async (_what, options, answered) => {
    const emulator = await started();
    const { value } = newKey(emulator);
    const message = threeLogRecords;
    expect((await sendHttp(emulator, { key: value, message }, options)).status).toBe(answered);
  });

  test('a body that is no protobuf is 400, one that is too large 413, packed or not', async () => {
    const emulator = await started();
    const { value: key } = newKey(emulator);
    const send = async (message: Buffer, headers = {}): Promise<number | undefined> =>
      (await sendHttp(emulator, { key, message }, { headers })).status;
    expect(await send(Buffer.from([0x0a, 0xff]))).toBe(400);
    const large = Buffer.alloc(5 * 1024 * 1024);
    expect(await send(large)).toBe(413);
    expect(await send(gzipSync(large), { 'content-encoding': 'gzip' })).toBe(413);
  });

  test('JSON is taken where it is to be', async () => {
    const emulator = await started({ ingestion: { acceptsJson: true } });
    const { keyId, value: key } = newKey(emulator);
    const headers = { 'content-type': 'application/json' };
    const send = async (message: string): Promise<object> => {
      const answer = await sendHttp(emulator, { key, message: Buffer.from(message) }, { headers });
      return { status: answer.status, body: answer.body.toString() };
    };
    const request = { resourceLogs: [{ scopeLogs: [{ logRecords: [{}, {}] }, {}] }, {}] };
    expect(await send(JSON.stringify(request))).toEqual({ status: 200, body: '{}' });
    expect(emulator.ingestion.received(keyId)).toMatchObject({ logs: 2, requests: 1 });
    const code = status.INVALID_ARGUMENT;
    for (const wrong of ['{', '[]', 'null']) {
      const body = JSON.stringify({ code, message: 'the body cannot be read' });
      expect(await send(wrong)).toEqual({ status: 400, body });
    }
  });

  test('a partial success is told in the type of the request, and counted so', async () => {
    const partialSuccess = { rejected: 2, message: 'no' };
    const emulator = await started({ ingestion: { acceptsJson: true, partialSuccess } });
    const { keyId, value: key } = newKey(emulator);
    const inProtobuf = await sendHttp(emulator, { key, message: threeLogRecords });
    // partial_success: rejected_log_records 2, error_message "no".
    const told = Buffer.from([0x0a, 6, 8, 2, 0x12, 2, ...Buffer.from('no')]);
    expect(inProtobuf.body).toEqual(told);
    // As told, though there is nothing to reject.
    expect((await sendGrpc(emulator, { key })).reply).toEqual(told);
    const message = Buffer.from('{"resourceSpans":[{"scopeSpans":[{"spans":[{},{},{}]}]}]}');
    const headers = { 'content-type': 'application/json' };
    const inJson = await sendHttp(emulator, { key, signal: 'traces', message }, { headers });
    expect(JSON.parse(inJson.body.toString())).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: 'no' },
    });
    expect(emulator.ingestion.received(keyId)).toMatchObject({ logs: 1, traces: 1, requests: 3 });
  });

  test.each(tlsKinds)('HTTP/2 does as well (TLS: %s)', async (tls) => {
    const emulator = await started({ tls });
    const { keyId, value } = newKey(emulator);
    const session = http2.connect(emulator.ingestion.endpoint, { ca: emulator.caCertificate });
    const stream = session.request({
      ':method': 'POST',
      ':path': '/v1/logs',
      'content-type': 'application/x-protobuf',
      authorization: `Bearer ${value}`,
    });
    stream.end(threeLogRecords);
    const answered = await new Promise((resolve) => {
      stream.on('response', (headers) => resolve(headers[':status']));
    });
    session.destroy();
    expect(answered).toBe(200);
    expect(emulator.ingestion.received(keyId).logs).toBe(3);
  });
});

describe('before the ingress', () => {
  const answering: [GatewayBehaviour, number, number, string][] = [
    ['denies', status.PERMISSION_DENIED, 403, 'application/x-protobuf'],
    ['unavailable', status.UNAVAILABLE, 503, 'application/x-protobuf'],
    ['no-otlp', status.UNIMPLEMENTED, 404, 'text/plain'],
    ['html-404', status.UNIMPLEMENTED, 404, 'text/html'],
  ];
  test.each(answering)(
    'a gateway that is %s answers %i over gRPC, %i over HTTP, and the key is not looked at',
    async (gateway, code, httpStatus, type) => {
      const emulator = await started({ ingestion: { gateway } });
      const { keyId, value } = newKey(emulator);
      for (const key of [value, 'cxtp_made_up']) {
        expect((await sendGrpc(emulator, { key })).code).toBe(code);
        const answer = await sendHttp(emulator, { key, message: threeLogRecords });
        expect(answer).toMatchObject({ status: httpStatus, headers: { 'content-type': type } });
      }
      expect(emulator.ingestion.received(keyId).requests).toBe(0);
      expect(emulator.ingestion.requests.map(({ outcome }) => outcome)).toEqual(
        Array.from({ length: 4 }, () => gateway),
      );
    },
  );

  test.each(tlsKinds)('a gateway resets the connection (TLS: %s)', async (tls) => {
    const emulator = await started({ tls, ingestion: { gateway: 'resets' } });
    const { value: key } = newKey(emulator);
    expect(await sendGrpc(emulator, { key })).toMatchObject({
      code: status.UNAVAILABLE,
      details: expect.stringContaining('ECONNRESET') as unknown,
    });
    await expect(sendHttp(emulator, { key })).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('a gateway keeps silent until the caller gives up, or the emulator ends', async () => {
    const emulator = await startEmulator({ ingestion: { gateway: 'silent' } });
    const { value: key } = newKey(emulator);
    expect((await sendGrpc(emulator, { key }, 500)).code).toBe(status.DEADLINE_EXCEEDED);
    const sending = sendHttp(emulator, { key }).catch((error: unknown) => error);
    while (!emulator.ingestion.requests.some(({ protocol }) => protocol === 'http')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await emulator.stop();
    expect(await sending).toMatchObject({ code: 'ECONNRESET' });
  });

  test('a gateway lets the others pass after so many requests, and what it is may change', async () => {
    const emulator = await started({ ingestion: { gateway: 'denies', gatewayTimes: 2 } });
    const { value: key } = newKey(emulator);
    const { ingestion } = emulator;
    for (let request = 0; request < 3; request += 1) await sendGrpc(emulator, { key });
    ingestion.behave({ gateway: 'unavailable' });
    await sendGrpc(emulator, { key });
    ingestion.behave({ emptyRequests: 'refused' });
    await sendGrpc(emulator, { key });
    const outcomes = ingestion.requests.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['denies', 'denies', 'OK', 'unavailable', 'INVALID_ARGUMENT']);
  });
});

describe('the port', () => {
  test('what each key has sent can be asked for there, whatever the gateway does', async () => {
    const emulator = await started();
    const { keyId, value: key } = newKey(emulator);
    await sendHttp(emulator, { key, message: threeLogRecords });
    emulator.ingestion.behave({ gateway: 'silent' });
    const { body } = await sendHttp(emulator, {}, { method: 'GET', path: '/emulator/received' });
    expect(JSON.parse(body.toString())).toEqual({
      [keyId]: { logs: 3, traces: 0, metrics: 0, requests: 1 },
    });
    expect(body.toString()).not.toContain(key);
    expect(emulator.ingestion.requests).toHaveLength(1);
  });

  test.each(['expired', 'not-yet-valid', 'wrong-name'] as const)(
    'a certificate that is %s can be had for it alone',
    async (tls) => {
      const emulator = await started({ ingestion: { tls } });
      expect((await sendGrpc(emulator, {})).code).toBe(status.UNAVAILABLE);
      await expect(sendHttp(emulator, {})).rejects.toThrow(/certificate|altnames/iu);
      expect(emulator.ingestion.requests).toEqual([]);
    },
  );

  test('a caller that trusts another CA only is not served', async () => {
    const emulator = await started();
    const stranger = { ...emulator, caCertificate: emulator.otherCaCertificate };
    expect((await sendGrpc(stranger, {})).code).toBe(status.UNAVAILABLE);
    await expect(sendHttp(stranger, {})).rejects.toThrow(/certificate/u);
  });

  test('one that is taken already ends the emulator at its start', async () => {
    const { ingestion } = await started();
    const options = { ingestion: { port: ingestion.port } };
    await expect(startEmulator(options)).rejects.toThrow('EADDRINUSE');
  });

  test('callers that say nothing, or nonsense, do no harm', async () => {
    const emulator = await started({ tls: 'plain' });
    const { port } = emulator.ingestion;
    const idle = connect(port, '127.0.0.1');
    const nonsense = connect(port, '127.0.0.1', () => nonsense.write('PRO no such thing\r\n\r\n'));
    const ended = new Promise((resolve) => nonsense.on('close', resolve));
    nonsense.on('error', () => undefined).resume();
    await ended;
    const { value: key } = newKey(emulator);
    expect((await sendGrpc(emulator, { key })).code).toBe(0);
    idle.destroy();
  });
});
