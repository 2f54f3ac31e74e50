import { beforeEach, describe, expect, test } from '@jest/globals';
import type { IngestionBehaviour } from '../../../../tools/emulator/ingestion/behaviour.ts';
import { Ingress, type OtlpProtocol } from '../../../../tools/emulator/ingestion/ingress.ts';
import { KeyRing } from '../../../../tools/emulator/ingestion/key-ring.ts';
import { signals, type Signal } from '../../../../tools/emulator/ingestion/otlp.ts';
import { StatusError } from '../../../../tools/emulator/status.ts';
import { createStore, type Store } from '../../../../tools/emulator/store.ts';

// In virtual time, and without a network: what is taken, and what is counted.
let time: number;
let store: Store;
let keys: KeyRing;
let ingress: Ingress;
let behaviour: IngestionBehaviour;

beforeEach(() => {
  time = 1_000_000;
  behaviour = {};
  store = createStore({ now: () => time });
  store.addCaller('ours', { teamId: 1, permissions: 'manage' });
  store.addCaller('theirs', { teamId: 2, permissions: 'manage' });
  keys = new KeyRing(store, () => time);
  ingress = new Ingress(keys, () => behaviour);
});

function newKey(
  caller = 'ours',
  hashed = false,
): { readonly keyId: string; readonly value: string } {
  const owner = { kind: 'team', teamId: caller === 'ours' ? 1 : 2 } as const;
  return store.create(caller, {
    ...{ name: 'a', owner, presets: ['SendData'], permissions: [], hashed },
  });
}

interface Sent {
  readonly signal?: Signal;
  readonly records?: number;
  readonly protocol?: OtlpProtocol;
  readonly authorization?: string;
}

/** Sends one log record by default; the status by its name. */
function send(value: string, sent: Sent = {}): string {
  const { signal = 'logs', records = 1, protocol = 'grpc' } = sent;
  const { authorization = `Bearer ${value}` } = sent;
  try {
    ingress.take({ signal, protocol, authorization, records });
    return 'OK';
  } catch (thrown) {
    if (thrown instanceof StatusError) return thrown.status;
    throw thrown;
  }
}

describe('which keys are accepted', () => {
  test.each([false, true])('an active one is, hashed or not (hashed: %s)', (hashed) => {
    const { keyId, value } = newKey('ours', hashed);
    expect(send(value)).toBe('OK');
    expect(ingress.received(keyId)).toEqual({ logs: 1, traces: 0, metrics: 0, requests: 1 });
  });

  test('one of another team is, as that is who sends then', () => {
    const theirs = newKey('theirs');
    expect(send(theirs.value)).toBe('OK');
    expect(Object.keys(ingress.receivedByKey())).toEqual([theirs.keyId]);
  });

  test.each(['', 'Bearer ', 'Bearer cxtp_unknown', 'Bearer ours', 'Basic b3VyczpvdXJz'])(
    'none is known in %j',
    (authorization) => {
      newKey();
      expect(send('', { authorization })).toBe('UNAUTHENTICATED');
      expect(ingress.receivedByKey()).toEqual({});
    },
  );

  test('an inactive one is not, and is again once it is active', () => {
    const { keyId, value } = newKey();
    store.update('ours', { keyId, isActive: false });
    expect(send(value)).toBe('UNAUTHENTICATED');
    store.update('ours', { keyId, isActive: true });
    expect(send(value)).toBe('OK');
  });

  test('a deleted one is not, also if it was active', () => {
    const { keyId, value } = newKey();
    store.delete('ours', keyId);
    expect(send(value)).toBe('UNAUTHENTICATED');
  });

  test('those that were there before the ingress are, if they are active', () => {
    const [active, inactive, deleted] = [newKey(), newKey(), newKey()];
    store.update('ours', { keyId: inactive.keyId, isActive: false });
    store.delete('ours', deleted.keyId);
    behaviour = { newKeysAcceptedAfterMs: 5000, retiredKeysRefusedAfterMs: 5000 };
    ingress = new Ingress(new KeyRing(store, () => time), () => behaviour);
    expect([active, inactive, deleted].map(({ value }) => send(value))).toEqual([
      'OK',
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
    ]);
  });

  test('seeded ones are at once, and inactive seeded ones never', () => {
    behaviour = { newKeysAcceptedAfterMs: 5000, retiredKeysRefusedAfterMs: 5000 };
    const [old] = store.seed(1, 'old-', { teamId: 1 });
    const [inactive] = store.seed(1, 'inactive-', { teamId: 1, active: false });
    expect(send(old?.value ?? '')).toBe('OK');
    expect(send(inactive?.value ?? '')).toBe('UNAUTHENTICATED');
  });

  test('one whose permissions are for another signal may not send this one', () => {
    const [key] = store.seed(1, 'none-', { teamId: 1, presets: [] });
    for (const signal of signals) {
      expect(send(key?.value ?? '', { signal })).toBe('PERMISSION_DENIED');
    }
  });

  test('no value is in what it holds', () => {
    const { value } = newKey('ours', true);
    send(value);
    expect(JSON.stringify([store.keys(), ingress.receivedByKey()])).not.toContain(value);
  });
});

describe('delays', () => {
  test('a new key is accepted after a while, renamed or not', () => {
    behaviour = { newKeysAcceptedAfterMs: 5000 };
    const { keyId, value } = newKey();
    time += 4000;
    store.update('ours', { keyId, newName: 'b' });
    time += 999;
    expect(send(value)).toBe('UNAUTHENTICATED');
    time += 1;
    expect(send(value)).toBe('OK');
  });

  test('so is one that is active again', () => {
    behaviour = { newKeysAcceptedAfterMs: 5000 };
    const { keyId, value } = newKey();
    time += 5000;
    store.update('ours', { keyId, isActive: false });
    store.update('ours', { keyId, isActive: true });
    expect(send(value)).toBe('UNAUTHENTICATED');
    time += 5000;
    expect(send(value)).toBe('OK');
  });

  test('a retired key is accepted for a while, counted from when it became inactive', () => {
    behaviour = { retiredKeysRefusedAfterMs: 3000 };
    const { keyId, value } = newKey();
    store.update('ours', { keyId, isActive: false });
    time += 2000;
    store.delete('ours', keyId);
    expect(send(value)).toBe('OK');
    time += 1000;
    expect(send(value)).toBe('UNAUTHENTICATED');
  });
});

describe('quota', () => {
  test('it is of a team, over all its keys and signals, and not of a key', () => {
    behaviour = { quota: 5 };
    const [one, two, theirs] = [newKey(), newKey(), newKey('theirs')];
    expect(send(one.value, { records: 3 })).toBe('OK');
    expect(send(two.value, { records: 3, signal: 'traces' })).toBe('RESOURCE_EXHAUSTED');
    expect(send(two.value, { records: 2, signal: 'metrics' })).toBe('OK');
    expect(send(one.value, { records: 1 })).toBe('RESOURCE_EXHAUSTED');
    expect(send(theirs.value, { records: 5 })).toBe('OK');
  });

  test('over it, an empty request is refused, too, but an unknown key is still unknown', () => {
    behaviour = { quota: 0 };
    expect(send(newKey().value, { records: 0 })).toBe('RESOURCE_EXHAUSTED');
    expect(send('cxtp_unknown', { records: 0 })).toBe('UNAUTHENTICATED');
  });
});

describe('empty requests', () => {
  test.each([
    ['as-documented', 'grpc', 'OK', 'UNAUTHENTICATED'],
    ['as-documented', 'http', 'INVALID_ARGUMENT', 'UNAUTHENTICATED'],
    ['accepted', 'grpc', 'OK', 'UNAUTHENTICATED'],
    ['accepted', 'http', 'OK', 'UNAUTHENTICATED'],
    ['refused', 'grpc', 'INVALID_ARGUMENT', 'UNAUTHENTICATED'],
    ['refused', 'http', 'INVALID_ARGUMENT', 'UNAUTHENTICATED'],
    ['key-not-checked', 'grpc', 'OK', 'OK'],
    ['key-not-checked', 'http', 'OK', 'OK'],
  ] as const)(
    '%s over %s: %s with a key, %s with a made-up one',
    (how, protocol, known, madeUp) => {
      behaviour = { emptyRequests: how };
      const { value } = newKey();
      expect(send(value, { records: 0, protocol })).toBe(known);
      expect(send('cxtp_unknown', { records: 0, protocol })).toBe(madeUp);
    },
  );

  test('one with records is looked at, whatever becomes of empty ones', () => {
    behaviour = { emptyRequests: 'key-not-checked' };
    expect(send('cxtp_unknown')).toBe('UNAUTHENTICATED');
  });
});
