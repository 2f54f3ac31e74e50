import { randomBytes, randomUUID } from 'node:crypto';
import { constants } from 'node:http2';
import { describe, expect, test } from '@jest/globals';
import { statusCodes } from '../../src/coralogix/status.ts';
import { createKeys } from '../../src/coralogix/keys.ts';
import { CallError, type CallErrorFacts, type Rpc } from '../../src/coralogix/transport.ts';
import { Failure, type Effect } from '../../src/core/failure.ts';
import type { Emulator, EmulatorOptions } from '../../tools/emulator/index.ts';
import type { Fault } from '../../tools/emulator/faults.ts';
import type { Keys } from '../../src/core/ports.ts';
import { opened, started } from './grpc/channel-bench.ts';
import { chance, VirtualTime } from './virtual-time.ts';

const destination = {
  authority: 'api.eu2.coralogix.com:443',
  proxy: undefined,
  correlationId: randomUUID(),
};

/** Keys on an emulator: real calls, but the waits between them take no time. */
async function connected(
  options: EmulatorOptions = {},
): Promise<{ emulator: Emulator; keys: Keys; masked: string[] }> {
  const emulator = await started({ tls: 'plain', ...options });
  const masked: string[] = [];
  let elapsed = 0;
  const keys = createKeys({
    transport: opened(emulator),
    clock: {
      now: () => elapsed,
      elapsed: () => elapsed,
      sleep: (milliseconds) => {
        elapsed += milliseconds;
        return Promise.resolve();
      },
    },
    random: chance(),
    budget: { remaining: () => 20_000, useReserve: () => undefined },
    mask: (value) => masked.push(value),
    destination,
  });
  return { emulator, keys, masked };
}

async function failure(work: Promise<unknown>): Promise<Failure> {
  const thrown: unknown = await work.then(
    (result) => result,
    (error: unknown) => error,
  );
  if (thrown instanceof Failure) return thrown;
  throw new Error('no Failure', { cause: thrown });
}

const make = (emulator: Emulator, keys: Keys, name = 'n'): ReturnType<Keys['create']> =>
  keys.create({ name, teamId: emulator.teamId, hashed: false });

describe('on the emulator', () => {
  test('the life of a key', async () => {
    const { emulator, keys } = await connected();
    const made = await make(emulator, keys, 'first');
    expect(made.name).toBe('first');
    await keys.update(made.id, { newName: 'second' });
    await keys.update(made.id, { active: false });
    expect(await keys.get(made.id.toUpperCase())).toMatchObject({
      id: made.id,
      name: 'second',
      active: false,
      owner: { kind: 'team', teamId: emulator.teamId },
      presets: [{ name: 'SendData' }],
    });
    expect((await keys.list()).map(({ id }) => id)).toEqual([made.id]);
    expect(await keys.delete(made.id)).toBe('deleted');
    expect(await keys.delete(made.id)).toBe('gone');
    expect((await failure(keys.get(made.id))).kind).toBe('not_found');
  });

  test('every value in a reply is masked, also when reads disclose it', async () => {
    const { emulator, keys, masked } = await connected({ discloseValues: 'always' });
    const made = await make(emulator, keys);
    const other = await make(emulator, keys);
    expect(masked).toEqual([made.value.reveal(), other.value.reveal()]);
    masked.length = 0;
    const read = await keys.get(made.id);
    expect(masked).toEqual([made.value.reveal()]);
    expect(read.value?.reveal()).toBe(made.value.reveal());
    await keys.list();
    expect(new Set(masked)).toEqual(new Set([made.value.reveal(), other.value.reveal()]));
  });

  test.each<Fault>([
    { kind: 'commit-then-drop' },
    { kind: 'drop' },
    { kind: 'status', code: statusCodes.UNAVAILABLE, when: 'after' },
    {
      kind: 'status',
      code: statusCodes.RESOURCE_EXHAUSTED,
      message: 'slow down',
      retryDelayMs: 100,
    },
    { kind: 'http-status', status: 503 },
    { kind: 'reset', code: constants.NGHTTP2_ENHANCE_YOUR_CALM, when: 'after' },
  ])('after %j, all but Create are sent again and succeed', async (fault) => {
    const { emulator, keys } = await connected();
    const { id } = await make(emulator, keys);
    for (const work of [
      () => keys.get(id),
      () => keys.list(),
      () => keys.update(id, { active: false }),
      () => keys.delete(id),
    ]) {
      emulator.journal.clear();
      emulator.inject({ fault });
      await work();
      expect(emulator.journal.attempts()).toBe(2);
    }
  });

  test('a key that is gone after the answer to its deletion was lost may have been deleted by us', async () => {
    const { emulator, keys } = await connected();
    const { id } = await make(emulator, keys);
    emulator.inject({ fault: { kind: 'commit-then-drop' }, rpc: 'DeleteApiKey' });
    expect(await keys.delete(id)).toBe('maybe_deleted');
    expect(emulator.journal.calls.at(-1)?.outcome).toBe('NOT_FOUND');
  });

  test.each<[Fault, string]>([
    [{ kind: 'commit-then-drop' }, 'broke off'],
    [{ kind: 'status', code: statusCodes.UNAVAILABLE, when: 'after' }, 'UNAVAILABLE'],
    [{ kind: 'status', code: statusCodes.INTERNAL, when: 'after' }, 'INTERNAL'],
    [{ kind: 'reset', code: constants.NGHTTP2_REFUSED_STREAM, when: 'after' }, 'broke off'],
    [{ kind: 'reset', code: constants.NGHTTP2_ENHANCE_YOUR_CALM, when: 'after' }, 'broke off'],
    [
      { kind: 'reset', code: constants.NGHTTP2_INADEQUATE_SECURITY, when: 'after' },
      'no secure connection',
    ],
    [{ kind: 'reset', code: constants.NGHTTP2_HTTP_1_1_REQUIRED, when: 'after' }, 'no gRPC'],
    [{ kind: 'no-trailers' }, 'no gRPC'],
    [{ kind: 'no-message' }, 'no gRPC'],
    [{ kind: 'undecodable-message' }, 'no gRPC'],
    [{ kind: 'oversize-message' }, 'larger than'],
    [{ kind: 'http-status', status: 502, when: 'after' }, 'gateway'],
    [{ kind: 'status', code: 'garbled', when: 'after' }, 'no gRPC'],
  ])('a Create that met %j may have made a key, and is sent once', async (fault, words) => {
    const { emulator, keys } = await connected();
    emulator.inject({ fault, times: Infinity });
    const { kind, message, hint } = await failure(make(emulator, keys));
    expect(kind).toBe('outcome_unknown');
    expect(message).toMatch(/^Creating the key "n" failed: .* may have been made all the same\.$/u);
    expect(message).toContain(words);
    expect(hint).toBeDefined();
    expect(emulator.journal.attempts('CreateApiKey')).toBe(1);
    expect(emulator.journal.commits('CreateApiKey')).toBe(1);
  });

  test.each([
    ['INVALID_ARGUMENT', 'rejected'],
    ['NOT_FOUND', 'not_found'],
    ['ALREADY_EXISTS', 'rejected'],
    ['PERMISSION_DENIED', 'permission'],
    ['FAILED_PRECONDITION', 'rejected'],
    ['OUT_OF_RANGE', 'rejected'],
    ['UNIMPLEMENTED', 'not_grpc'],
    ['UNAUTHENTICATED', 'auth'],
  ] as const)('a Create that was refused with %s made nothing: %s', async (status, kind) => {
    const { emulator, keys } = await connected();
    emulator.inject({ fault: { kind: 'status', code: statusCodes[status] } });
    expect((await failure(make(emulator, keys))).kind).toBe(kind);
  });

  test.each([
    [401, 'not_grpc'],
    [404, 'not_grpc'],
  ])('a Create that a gateway refused with HTTP %i made nothing: %s', async (status, kind) => {
    const { emulator, keys } = await connected();
    emulator.inject({ fault: { kind: 'http-status', status } });
    expect((await failure(make(emulator, keys))).kind).toBe(kind);
  });

  const slowDown = { kind: 'status', code: statusCodes.RESOURCE_EXHAUSTED } as const;
  test.each<Fault>([
    { ...slowDown, message: 'Too many requests, slow down' },
    { ...slowDown, message: 'Quota of 10 requests per second exceeded' },
    { ...slowDown, message: 'the key limit for now', retryDelayMs: 700 },
    slowDown,
    { kind: 'http-status', status: 429 },
  ])('a Create that was refused with %j is sent again, and makes one key', async (fault) => {
    const { emulator, keys } = await connected();
    emulator.inject({ fault, times: 2 });
    await make(emulator, keys);
    expect(emulator.journal.attempts('CreateApiKey')).toBe(3);
    expect(emulator.journal.commits('CreateApiKey')).toBe(1);
  });

  test('a Create that is told to wait for longer than there is time for made nothing', async () => {
    const { emulator, keys } = await connected();
    emulator.inject({ fault: { ...slowDown, message: 'slow', retryDelayMs: 3_600_000 } });
    const { kind, effect, message } = await failure(make(emulator, keys));
    expect({ kind, effect }).toEqual({ kind: 'rate_limited', effect: 'none' });
    expect(message).toContain('asked to wait 3600 s');
    expect(emulator.journal.attempts('CreateApiKey')).toBe(1);
  });

  test('a Create that was told to wait, and whose answer is then lost, may have made a key', async () => {
    const { emulator, keys } = await connected();
    emulator.inject({ fault: slowDown });
    emulator.inject({ fault: { kind: 'commit-then-drop' } });
    const { kind, effect } = await failure(make(emulator, keys));
    expect({ kind, effect }).toEqual({ kind: 'outcome_unknown', effect: 'unknown' });
    expect(emulator.journal.attempts('CreateApiKey')).toBe(2);
  });

  // What the service says then is not known: these are guesses, and none of them is waited for.
  test.each([
    'API key quota exceeded',
    'You have reached the limit of 100 keys',
    'maximum number of API keys reached',
    'Too many API keys for this team',
    'A team can have no more than 50 keys',
    'KEY_QUOTA_REACHED',
  ])('a Create that is refused with "%s" meets a quota, and is sent once', async (message) => {
    const { emulator, keys } = await connected();
    emulator.inject({ fault: { ...slowDown, message }, times: Infinity });
    const failed = await failure(make(emulator, keys));
    expect(failed).toMatchObject({ kind: 'quota', effect: 'none' });
    expect(failed.message).toContain(`RESOURCE_EXHAUSTED "${message}"`);
    expect(failed.hint).toContain('delete those that are no longer needed');
    expect(emulator.journal.attempts('CreateApiKey')).toBe(1);
  });

  test('an update that is gone after a refusal, and not after a lost answer, was surely not done', async () => {
    const { emulator, keys } = await connected();
    emulator.inject({ rpc: 'DeleteApiKey', fault: slowDown });
    expect(await keys.delete(randomUUID())).toBe('gone');
    emulator.inject({ rpc: 'UpdateApiKey', fault: slowDown });
    const { kind, effect } = await failure(keys.update(randomUUID(), { active: false }));
    expect({ kind, effect }).toEqual({ kind: 'not_found', effect: 'none' });
    emulator.inject({ rpc: 'UpdateApiKey', fault: { kind: 'drop' } });
    expect(await failure(keys.update(randomUUID(), { active: false }))).toMatchObject({
      kind: 'not_found',
      effect: 'unknown',
    });
  });

  const refusal = { kind: 'status', code: statusCodes.FAILED_PRECONDITION } as const;
  test.each<[string, readonly Fault[], Effect]>([
    ['is refused', [refusal], 'none'],
    ['may not be done', [{ kind: 'status', code: statusCodes.PERMISSION_DENIED }], 'none'],
    ['is refused after its answer was lost', [{ kind: 'commit-then-drop' }, refusal], 'unknown'],
    ['is answered by trouble', [{ kind: 'status', code: statusCodes.INTERNAL }], 'unknown'],
  ])('whether an update that %s did nothing is told', async (_what, faults, effect) => {
    const { emulator, keys } = await connected();
    const { id } = await make(emulator, keys);
    for (const fault of faults) emulator.inject({ rpc: 'UpdateApiKey', fault });
    expect((await failure(keys.update(id, { newName: 'x' }))).effect).toBe(effect);
  });

  test('what the service says of one key is not taken for its answer about another', async () => {
    const { emulator, keys } = await connected();
    const made = await make(emulator, keys);
    const fault = { kind: 'status', code: statusCodes.NOT_FOUND, retryDelayMs: 3_600_000 } as const;
    emulator.inject({ rpc: 'DeleteApiKey', fault });
    expect(await keys.delete(randomUUID())).toBe('gone');
    expect(await keys.delete(made.id)).toBe('deleted');
  });

  test('a call that may not be sent, as the service asked to wait, says so', async () => {
    const { emulator, keys } = await connected();
    const fault = {
      kind: 'status',
      code: statusCodes.RESOURCE_EXHAUSTED,
      message: 'slow',
      retryDelayMs: 3_600_000,
    } as const;
    emulator.inject({ rpc: 'GetSendDataApiKeys', fault });
    const first = await failure(keys.list());
    expect(first.message).toMatch(/^Listing the keys failed: .* and asked to wait 3600 s\.$/u);
    const id = randomUUID();
    const { kind, message } = await failure(keys.delete(id));
    expect(kind).toBe('rate_limited');
    expect(message).toContain(
      `Deleting the key ${id} (not sent: the service asked to wait 3600 s) failed`,
    );
    expect(emulator.journal.attempts('DeleteApiKey')).toBe(0);
  });

  test('a Create that cannot connect made nothing, and is tried six times', async () => {
    const { emulator, keys } = await connected();
    await emulator.stop();
    const { kind, message } = await failure(make(emulator, keys));
    expect(kind).toBe('refused');
    expect(message).toContain('(6 attempts)');
  });
});

describe('replies that the contract rules out', () => {
  const id = randomUUID();
  const value = `cxtp_${randomBytes(12).toString('hex')}`;

  function replying(reply: unknown): { keys: Keys; masked: string[] } {
    const masked: string[] = [];
    const time = new VirtualTime();
    const keys = createKeys({
      transport: { call: () => Promise.resolve(reply) },
      clock: time,
      random: chance(),
      budget: time.budget(60_000),
      mask: (each) => masked.push(each),
      destination,
    });
    return { keys, masked };
  }

  const newKey = { name: 'n', teamId: 1, hashed: false };

  test('a made key without a value is told, with its id', async () => {
    const { keys } = replying({ key_id: id, name: 'n', value: '' });
    const { kind, keyIds, message } = await failure(keys.create(newKey));
    expect({ kind, keyIds }).toEqual({ kind: 'internal', keyIds: [id] });
    expect(message).toBe('Creating the key "n" gave a key without a value.');
  });

  test('a made key without an id may exist all the same, and its value is masked', async () => {
    const { keys, masked } = replying({ key_id: '', name: 'n', value });
    const { kind, report } = await failure(keys.create(newKey));
    expect(kind).toBe('outcome_unknown');
    expect(report).not.toContain(value);
    expect(masked).toEqual([value]);
  });

  test('a read of one key that gives another is refused, and its value is masked', async () => {
    const other = { id: 'other', name: 'n', active: true, hashed: false, value };
    const { keys, masked } = replying({ key_info: other });
    expect((await failure(keys.get(id))).message).toBe(
      `Reading the key ${id} gave another key, other.`,
    );
    expect(masked).toEqual([value]);
  });

  test('a list with an entry that has no id is refused as a whole', async () => {
    const { keys, masked } = replying({ keys: [{ id, name: 'n', value }, { name: '' }] });
    const { kind, message } = await failure(keys.list());
    expect(kind).toBe('internal');
    expect(message).toMatch(/^Listing the keys failed: .* Its KeyInfo\.id is empty\.$/u);
    expect(masked).toEqual([value]);
  });
});

describe('what is tried is said in words', () => {
  const id = 'the-id';
  const fatal: CallErrorFacts = {
    cause: 'status',
    sent: 'maybe',
    status: 'PERMISSION_DENIED',
    text: '',
    retryAfterMs: undefined,
    remarks: [],
  };

  function refusing(thrown: Error, budgetMs = 60_000): { keys: Keys; rpcs: Rpc[] } {
    const rpcs: Rpc[] = [];
    const time = new VirtualTime();
    const keys = createKeys({
      transport: {
        call: (rpc) => {
          rpcs.push(rpc);
          return Promise.reject(thrown);
        },
      },
      clock: time,
      random: chance(),
      budget: time.budget(budgetMs),
      mask: () => undefined,
      destination,
    });
    return { keys, rpcs };
  }

  test.each<[string, (keys: Keys) => Promise<unknown>]>([
    ['Creating the key "a\\nb"', (keys) => keys.create({ name: 'a\nb', teamId: 1, hashed: false })],
    ['Reading the key the-id', (keys) => keys.get(id)],
    ['Listing the keys', (keys) => keys.list()],
    ['Activating the key the-id', (keys) => keys.update(id, { active: true })],
    ['Deactivating the key the-id', (keys) => keys.update(id, { active: false })],
    ['Renaming the key the-id to "n"', (keys) => keys.update(id, { newName: 'n', active: true })],
    ['Deleting the key the-id', (keys) => keys.delete(id)],
  ])('%s', async (words, work) => {
    const { keys } = refusing(new CallError(fatal));
    const { kind, message } = await failure(work(keys));
    expect(kind).toBe('permission');
    expect(message.startsWith(`${words} failed: the service answered PERMISSION_DENIED`)).toBe(
      true,
    );
  });

  test('a defect is internal, and its text is not repeated', async () => {
    const { keys } = refusing(new TypeError('header "Bearer ..." is not valid'));
    const { kind, message } = await failure(keys.get(id));
    expect(kind).toBe('internal');
    expect(message).toBe('Reading the key the-id failed for an unexpected reason.');
    expect((await failure(keys.create({ name: 'n', teamId: 1, hashed: false }))).kind).toBe(
      'outcome_unknown',
    );
  });

  test('with no time left nothing is sent, and the time is to blame', async () => {
    const { keys, rpcs } = refusing(new CallError(fatal), 0);
    const { kind, message } = await failure(keys.create({ name: 'n', teamId: 1, hashed: false }));
    expect(kind).toBe('timeout');
    expect(message).toBe('Creating the key "n" was not begun: the time for the step is over.');
    expect(rpcs).toEqual([]);
  });
});
