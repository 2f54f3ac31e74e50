import http2, { constants } from 'node:http2';
import { describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../../tools/emulator/index.ts';
import type { Fault, FaultKind } from '../../../tools/emulator/faults.ts';
import { rpcNames, type RpcName } from '../../../tools/emulator/rpc.ts';
import { statusCodes } from '../../../tools/emulator/status.ts';
import { newKey, type Answer } from './client.ts';
import { connected, started } from './started.ts';

/** For calls that end with their deadline: long enough to arrive on a slow machine. */
const waiting = 1500;

/** Makes a key on a connection of its own, and meets the fault. */
async function createWith(
  emulator: Emulator,
  fault: Fault,
  deadlineMs?: number,
): Promise<Answer & { readonly committed: boolean | undefined }> {
  emulator.inject({ fault });
  const client = connected(emulator);
  const options = deadlineMs === undefined ? {} : { deadlineMs };
  const answer = await client.call('CreateApiKey', newKey(emulator, fault.kind), options);
  const call = emulator.journal.calls.at(-1);
  expect(call?.outcome).toBe(fault.kind);
  expect(emulator.store.keys()).toHaveLength(call?.committed === true ? 1 : 0);
  return { ...answer, committed: call?.committed };
}

describe('what a client is told', () => {
  const refusals = Object.entries(statusCodes).filter(([status]) => status !== 'OK');
  test.each(refusals)('status %s', async (status, code) => {
    const emulator = await started({ tls: 'plain' });
    const answer = await createWith(emulator, { kind: 'status', code, message: 'for a test' });
    expect(answer).toMatchObject({ status, details: 'for a test', committed: false });
  });

  test.each<[string, Fault, string[], RegExp, boolean]>([
    ['status 99', { kind: 'status', code: 99, message: 'm' }, ['99'], /^m$/u, false],
    [
      'a late error',
      { kind: 'status', code: statusCodes.INTERNAL, when: 'after' },
      ['INTERNAL'],
      /^$/u,
      true,
    ],
    ['commit, drop', { kind: 'commit-then-drop' }, ['UNAVAILABLE'], /dropped/iu, true],
    ['drop', { kind: 'drop' }, ['UNAVAILABLE'], /dropped/iu, false],
    ['a reset', { kind: 'reset' }, ['CANCELLED'], /cancelled/u, false],
    [
      'a late reset',
      { kind: 'reset', code: constants.NGHTTP2_INTERNAL_ERROR, when: 'after' },
      ['INTERNAL'],
      /RST_STREAM/u,
      true,
    ],
    [
      'a refused stream',
      { kind: 'reset', code: constants.NGHTTP2_REFUSED_STREAM },
      ['UNAVAILABLE'],
      /refused/iu,
      false,
    ],
    ['goaway before', { kind: 'goaway' }, ['UNAVAILABLE'], /refused by server/u, false],
    ['goaway before, closed', { kind: 'goaway', close: true }, ['UNAVAILABLE'], /./u, false],
    ['goaway after', { kind: 'goaway', when: 'after' }, ['OK'], /^$/u, true],
    ['goaway, closed', { kind: 'goaway', when: 'after', close: true }, ['UNAVAILABLE'], /./u, true],
    [
      'HTTP 401',
      { kind: 'http-status', status: 401 },
      ['UNAUTHENTICATED'],
      /HTTP status code 401/u,
      false,
    ],
    [
      'HTTP 403',
      { kind: 'http-status', status: 403 },
      ['PERMISSION_DENIED'],
      /HTTP status code 403/u,
      false,
    ],
    [
      'HTTP 404',
      { kind: 'http-status', status: 404 },
      ['UNIMPLEMENTED'],
      /HTTP status code 404/u,
      false,
    ],
    [
      'HTTP 429',
      { kind: 'http-status', status: 429 },
      ['UNAVAILABLE'],
      /HTTP status code 429/u,
      false,
    ],
    [
      'HTTP 502',
      { kind: 'http-status', status: 502 },
      ['UNAVAILABLE'],
      /HTTP status code 502/u,
      false,
    ],
    [
      'late 503',
      { kind: 'http-status', status: 503, when: 'after' },
      ['UNAVAILABLE'],
      /503/u,
      true,
    ],
    [
      'a page',
      { kind: 'http-status', status: 200, body: '<html><body>Log in</body></html>' },
      ['RESOURCE_EXHAUSTED'],
      /larger than max/u,
      false,
    ],
    [
      'an oversize message',
      { kind: 'oversize-message' },
      ['RESOURCE_EXHAUSTED'],
      /4294967295/u,
      true,
    ],
    [
      'an undecodable message',
      { kind: 'undecodable-message' },
      ['INTERNAL'],
      /parsing error/u,
      true,
    ],
    ['no message', { kind: 'no-message' }, ['UNIMPLEMENTED'], /No message received/u, true],
    ['no trailers', { kind: 'no-trailers' }, ['INTERNAL'], /without gRPC status/u, true],
    [
      'a late error again',
      { kind: 'message-then-error', code: statusCodes.ABORTED },
      ['ABORTED'],
      /^$/u,
      true,
    ],
  ])('%s', async (_what, fault, statuses, details, committed) => {
    const emulator = await started();
    const answer = await createWith(emulator, fault);
    expect(answer.details).toMatch(details);
    expect(statuses).toContain(answer.status);
    expect(answer.committed).toBe(committed);
  });

  test('a truncated message is no success', async () => {
    const emulator = await started();
    const answer = await createWith(emulator, { kind: 'truncated-message' });
    expect(answer.committed).toBe(true);
    expect(answer.status).not.toBe('OK');
  });

  test('a status that is no number', async () => {
    const emulator = await started();
    const answer = await createWith(emulator, { kind: 'status', code: 'garbage' });
    expect(Object.keys(statusCodes)).not.toContain(answer.status);
    expect(Number.isInteger(Number(answer.status))).toBe(false);
  });

  test('a message with line breaks, percent signs and other scripts arrives as it was', async () => {
    const emulator = await started();
    const message = 'a\n::error::b %3F ключ 🔑';
    const answer = await createWith(emulator, {
      kind: 'status',
      code: statusCodes.PERMISSION_DENIED,
      message,
    });
    expect(answer.details).toBe(message);
  });

  test('nothing, until its own deadline', async () => {
    const waits: readonly [Fault, committed: boolean, statuses: readonly string[]][] = [
      [{ kind: 'hang' }, false, ['DEADLINE_EXCEEDED']],
      [{ kind: 'commit-then-hang' }, true, ['DEADLINE_EXCEEDED']],
      [{ kind: 'delay', ms: 600_000 }, false, ['DEADLINE_EXCEEDED']],
      [{ kind: 'delay', ms: 600_000, when: 'after' }, true, ['DEADLINE_EXCEEDED']],
      [{ kind: 'slow-drip', ms: 600_000 }, true, ['DEADLINE_EXCEEDED']],
      // grpc-js reads one message of a unary reply, and then waits for a status that it never reads.
      [{ kind: 'two-messages' }, true, ['DEADLINE_EXCEEDED', 'UNIMPLEMENTED']],
      // Node 20's HTTP/2 client waits for the deadline, Node 24's gives up at once.
      [
        { kind: 'malformed-frame' },
        false,
        ['CANCELLED', 'DEADLINE_EXCEEDED', 'INTERNAL', 'UNAVAILABLE'],
      ],
    ];
    const met = waits.map(async ([fault, committed, statuses]) => {
      const answer = await createWith(await started(), fault, waiting);
      expect([fault.kind, answer.committed]).toEqual([fault.kind, committed]);
      expect(statuses).toContain(answer.status);
    });
    await Promise.all(met);
  });

  test.each<Fault>([
    { kind: 'delay', ms: 20 },
    { kind: 'delay', ms: 20, when: 'after' },
    { kind: 'slow-drip', ms: 1 },
    { kind: 'large-reply', bytes: 5_000_000 },
  ])('the truth in the end: %j', async (fault) => {
    const emulator = await started();
    const answer = await createWith(emulator, fault);
    expect(answer).toMatchObject({ status: 'OK', committed: true, reply: { name: fault.kind } });
  });
});

describe('what a status can say besides', () => {
  test('how long to wait, which fields are wrong, and why', async () => {
    const emulator = await started();
    const answer = await createWith(emulator, {
      kind: 'status',
      code: statusCodes.RESOURCE_EXHAUSTED,
      message: 'slow down',
      retryDelayMs: 1250,
      fieldViolations: [{ field: 'name', description: 'too long' }],
      errorInfo: { reason: 'RATE', domain: 'api.example.com', metadata: { limit: '10' } },
    });
    const [encoded] = answer.trailers.get('grpc-status-details-bin');
    expect(encoded).toBeInstanceOf(Buffer);
    // Field numbers and types are those of google.rpc, by hand: the emulator's own schema is on trial.
    const bytes = (encoded as Buffer).toString('latin1');
    expect(bytes.startsWith('\x08\x08\x12\x09slow down\x1a')).toBe(true);
    const delay = '\x0a\x07\x08\x01\x10\x80\xe5\x9a\x77';
    expect(bytes).toContain(`type.googleapis.com/google.rpc.RetryInfo\x12\x09${delay}`);
    expect(bytes).toContain(
      'type.googleapis.com/google.rpc.BadRequest\x12\x12\x0a\x10\x0a\x04name',
    );
    expect(bytes).toContain('\x0a\x04RATE\x12\x0fapi.example.com\x1a\x0b\x0a\x05limit\x12\x0210');
  });
});

describe('when the store acts', () => {
  test('a late commit comes even when the caller has given up', async () => {
    const emulator = await started();
    const committed = new Promise((resolve) => emulator.store.onCommit(resolve));
    const answer = await createWith(emulator, { kind: 'delay', ms: 2500 }, waiting);
    expect(answer).toMatchObject({ status: 'DEADLINE_EXCEEDED', committed: false });
    await committed;
    expect(emulator.store.keys()).toHaveLength(1);
  });

  test('a refused operation is no commit, whatever the fault says', async () => {
    const emulator = await started();
    emulator.inject({ fault: { kind: 'commit-then-drop' } });
    const owner = { team_id: emulator.teamId + 1 };
    await connected(emulator).call('CreateApiKey', { name: 'of another team', owner });
    expect(emulator.journal.calls).toMatchObject([
      { outcome: 'commit-then-drop', committed: false },
    ]);
  });

  const faults: Readonly<Record<FaultKind, [fault: Fault, isCommitted: boolean]>> = {
    status: [{ kind: 'status', code: statusCodes.UNAVAILABLE }, false],
    delay: [{ kind: 'delay', ms: 1 }, true],
    hang: [{ kind: 'hang' }, false],
    'commit-then-hang': [{ kind: 'commit-then-hang' }, true],
    drop: [{ kind: 'drop' }, false],
    'commit-then-drop': [{ kind: 'commit-then-drop' }, true],
    reset: [{ kind: 'reset' }, false],
    goaway: [{ kind: 'goaway' }, false],
    'http-status': [{ kind: 'http-status', status: 502 }, false],
    'malformed-frame': [{ kind: 'malformed-frame', when: 'after' }, true],
    'oversize-message': [{ kind: 'oversize-message' }, true],
    'truncated-message': [{ kind: 'truncated-message' }, true],
    'undecodable-message': [{ kind: 'undecodable-message' }, true],
    'two-messages': [{ kind: 'two-messages' }, true],
    'no-message': [{ kind: 'no-message' }, true],
    'no-trailers': [{ kind: 'no-trailers' }, true],
    'slow-drip': [{ kind: 'slow-drip', ms: 1 }, true],
    'large-reply': [{ kind: 'large-reply', bytes: 10 }, true],
    'message-then-error': [{ kind: 'message-then-error', code: statusCodes.UNKNOWN }, true],
  };

  test.each(Object.values(faults))('for all five RPCs alike: %j', async (fault, isCommitted) => {
    const emulator = await started({ tls: 'plain' });
    const [forUpdate, forDelete] = emulator.store.seed(2, 'key-', { teamId: emulator.teamId });
    const requests: Readonly<Record<RpcName, object>> = {
      CreateApiKey: newKey(emulator, 'a'),
      GetApiKey: { key_id: forUpdate?.id },
      UpdateApiKey: { key_id: forUpdate?.id, is_active: false },
      DeleteApiKey: { key_id: forDelete?.id },
      GetSendDataApiKeys: {},
    };
    const isTrue = ['delay', 'slow-drip', 'large-reply'].includes(fault.kind);
    const deadlineMs = isTrue ? 10_000 : waiting;
    await Promise.all(
      rpcNames.map(async (rpc) => {
        emulator.inject({ rpc, fault });
        const answer = await connected(emulator).call(rpc, requests[rpc], { deadlineMs });
        expect([rpc, answer.status === 'OK']).toEqual([rpc, isTrue]);
      }),
    );
    expect(emulator.journal.calls.map(({ outcome }) => outcome)).toEqual(
      rpcNames.map(() => fault.kind),
    );
    expect(emulator.journal.commits()).toBe(isCommitted ? 5 : 0);
    const names = emulator.store.keys().map(({ name, active }) => `${name} ${String(active)}`);
    expect(names).toEqual(isCommitted ? ['key-0 false', 'a true'] : ['key-0 true', 'key-1 true']);
  });
});

describe('one call among others', () => {
  test('a reset ends one call, and the others on the connection go on', async () => {
    const emulator = await started();
    const client = connected(emulator);
    emulator.inject({ rpc: 'GetApiKey', fault: { kind: 'reset' } });
    emulator.inject({ rpc: 'GetSendDataApiKeys', fault: { kind: 'delay', ms: 100 } });
    const [list, get] = await Promise.all([
      client.call('GetSendDataApiKeys'),
      client.call('GetApiKey', { key_id: 'x' }),
    ]);
    expect([list.status, get.status]).toEqual(['OK', 'CANCELLED']);
    expect(emulator.journal.connections).toBe(1);
  });

  test('after a drop or a goaway the client comes back on a new connection', async () => {
    const emulator = await started();
    const client = connected(emulator);
    for (const fault of [{ kind: 'drop' }, { kind: 'goaway', when: 'after' }] as const) {
      emulator.inject({ fault });
      await client.call('GetSendDataApiKeys');
    }
    expect((await client.call('GetSendDataApiKeys')).status).toBe('OK');
    expect(emulator.journal.calls.map(({ connection }) => connection)).toEqual([1, 2, 3]);
  });

  test('cleared faults apply no more', async () => {
    const emulator = await started({ faults: [{ fault: { kind: 'drop' }, times: Infinity }] });
    expect((await connected(emulator).call('GetSendDataApiKeys')).status).toBe('UNAVAILABLE');
    emulator.clearFaults();
    expect((await connected(emulator).call('GetSendDataApiKeys')).status).toBe('OK');
  });

  test('another service on the port meets no fault', async () => {
    const emulator = await started({
      tls: 'plain',
      faults: [{ fault: { kind: 'drop' }, times: Infinity }],
    });
    const session = http2.connect(emulator.endpoint);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/grpc.health.v1.Health/Check',
      'content-type': 'application/grpc',
    });
    const trailers = new Promise<http2.IncomingHttpHeaders>((resolve) => {
      stream.on('trailers', resolve);
    });
    stream.resume();
    stream.end(Buffer.alloc(5));
    expect((await trailers)['grpc-status']).toBe('0');
    session.destroy();
  });
});
