import grpc from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import { connect } from '../../src/coralogix/connect.ts';
import { startBudget, systemClock } from '../../src/core/clock.ts';
import type { IngestionAnswer } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import type { IngestionBehaviour } from '../../tools/emulator/ingestion/behaviour.ts';
import { words } from '../../tools/emulator/ingestion/otlp.ts';
import { startEmulator } from '../../tools/emulator/index.ts';
import { requested } from '../inputs/step-inputs.ts';
import { startProxy } from '../support/proxy.ts';
import { status } from '../support/status.ts';
import { newKey } from '../tools/emulator/ingestion/sender.ts';
import { atEnd, endAll } from './grpc/told.ts';
import { connected, HurriedClock, ingestionAt, realBudget } from './ingestion-setting.ts';

afterEach(endAll);

/** The sentence and the hint. */
function told(answer: IngestionAnswer): string {
  if (!('why' in answer)) return '';
  expect(answer.why.kind).toBe('not_verified');
  return `${answer.why.message} ${answer.why.hint ?? ''}`;
}

describe('what the ingestion says of a key that works', () => {
  test.each<[string, IngestionBehaviour, IngestionAnswer['kind'], RegExp, number]>([
    ['takes an empty request', {}, 'accepted', /^$/u, 1],
    ['finds an empty request invalid', { emptyRequests: 'refused' }, 'accepted', /^$/u, 1],
    ['does not look at keys', { emptyRequests: 'key-not-checked' }, 'accepted', /^$/u, 1],
    [
      'does not know it yet',
      { newKeysAcceptedAfterMs: Infinity },
      'unknown_key',
      /answered UNAUTHENTICATED "unknown API key"\. Either the key is not known there yet/u,
      1,
    ],
    [
      'is behind a mesh that refuses',
      { gateway: 'denies' },
      'refused',
      /answered PERMISSION_DENIED "RBAC: access denied"\. That is said before the key is looked at/u,
      1,
    ],
    [
      'is over quota',
      { quota: 0 },
      'refused',
      /answered RESOURCE_EXHAUSTED ".*"\. The key is known, and the team has used up its quota/u,
      1,
    ],
    [
      'is away',
      { gateway: 'unavailable' },
      'inconclusive',
      /answered UNAVAILABLE "no healthy upstream"\. Run the job again later/u,
      6,
    ],
    [
      'is none',
      { gateway: 'no-otlp' },
      'refused',
      /answered UNIMPLEMENTED "unknown service"\. There is no ingestion .* check `ingestion_endpoint`/u,
      1,
    ],
    [
      'is a web server',
      { gateway: 'html-404' },
      'refused',
      /did not answer like an ingestion of OTLP \(.*404.*\)\. Check `ingestion_endpoint`/u,
      1,
    ],
    ['breaks off', { gateway: 'resets' }, 'refused', /broke off.*/u, 6],
  ])('where it %s', async (_what, ingestion, kind, said, requests) => {
    const { emulator, ask, value } = await connected({ ingestion });
    const answer = await ask();
    expect(answer.kind).toBe(kind);
    expect(told(answer)).toMatch(said);
    expect(told(answer)).not.toContain(value.reveal());
    expect(emulator.ingestion.requests).toHaveLength(requests);
  });

  test('where it is silent, is that it has not answered in time', async () => {
    const { ingestion, value } = await connected({ ingestion: { gateway: 'silent' } });
    const answer = await ingestion.tryKey(value, realBudget(1000));
    expect(answer.kind).toBe('refused');
    expect(told(answer)).toContain('gave no answer in time');
  });

  test('where trouble passes, is what it says after that', async () => {
    const { emulator, ask } = await connected({
      ingestion: { gateway: 'unavailable', gatewayTimes: 2 },
    });
    expect(await ask()).toEqual({ kind: 'accepted' });
    expect(emulator.ingestion.requests.map(({ outcome }) => outcome)).toEqual([
      ...['unavailable', 'unavailable', 'OK'],
    ]);
  });
});

describe('what it says of a key that does not work', () => {
  test.each(['was made up', 'is inactive', 'is deleted'])('as it %s', async (what) => {
    const { emulator, keyId, value, ask } = await connected();
    const { store, tokens } = emulator;
    if (what === 'is inactive') store.update(tokens.admin, { keyId, isActive: false });
    if (what === 'is deleted') store.delete(tokens.admin, keyId);
    const tried = what === 'was made up' ? new Secret(`cxtp_${'0'.repeat(30)}`) : value;
    const answer = await ask(tried);
    expect(answer.kind).toBe('unknown_key');
    expect(told(answer)).not.toContain(tried.reveal());
    expect(emulator.ingestion.requests.map(({ outcome }) => outcome)).toEqual(['UNAUTHENTICATED']);
  });

  test.each(['schlüssel', 'tab\there', 'a\u{1f511}b', 'null\0'])(
    'that no header takes, nothing is sent, and nothing is quoted: %j',
    async (text) => {
      const { emulator, ask } = await connected();
      const answer = await ask(new Secret(text));
      expect(answer.kind).toBe('refused');
      expect(told(answer)).toMatch(/^The value holds characters that no key has/u);
      expect(told(answer)).not.toContain(text);
      expect(emulator.ingestion.requests).toEqual([]);
    },
  );
});

describe('a partial success', () => {
  test('without rejected records is a success with a remark', async () => {
    const partialSuccess = { rejected: 0, message: 'this region\nmoves' };
    const { ask } = await connected({ ingestion: { partialSuccess } });
    expect(await ask()).toEqual({ kind: 'accepted', remark: 'this region\\nmoves' });
  });

  test.each([1, Number.MAX_SAFE_INTEGER])('with %d rejected records is none', async (rejected) => {
    const partialSuccess = { rejected, message: 'not today' };
    const { ask } = await connected({ ingestion: { partialSuccess } });
    const answer = await ask();
    expect(answer.kind).toBe('refused');
    expect(told(answer)).toContain(`and rejected ${rejected} of its records: "not today".`);
  });
});

/** A gRPC server that answers each export with one status. */
async function answering(
  code: grpc.status,
): Promise<{ readonly port: number; readonly count: number }> {
  const server = new grpc.Server();
  const seen = { port: 0, count: 0 };
  const bytes = (): Buffer => Buffer.alloc(0);
  server.addService(
    {
      Export: {
        path: `/${words.logs.service}/Export`,
        ...{ requestStream: false, responseStream: false },
        ...{ requestSerialize: bytes, responseSerialize: bytes },
        ...{ requestDeserialize: (message: Buffer) => ({ message }), responseDeserialize: bytes },
      },
    },
    {
      Export: (_call: unknown, reply: grpc.sendUnaryData<Buffer>) => {
        seen.count += 1;
        reply({ code, details: 'as the table says' });
      },
    },
  );
  seen.port = await new Promise<number>((resolve, reject) => {
    const insecure = grpc.ServerCredentials.createInsecure();
    server.bindAsync('127.0.0.1:0', insecure, (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
  atEnd(() => {
    server.forceShutdown();
  });
  return seen;
}

describe('of the statuses', () => {
  const others = { INVALID_ARGUMENT: 'accepted', UNAUTHENTICATED: 'unknown_key' } as const;
  const inconclusive = ['INTERNAL', 'UNAVAILABLE', 'DEADLINE_EXCEEDED'];
  const repeated = ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'ABORTED'];
  const names = Object.keys(status).filter((name) => name !== 'OK') as (keyof typeof status)[];

  test('all are looked at', () => {
    expect(names).toHaveLength(16);
  });

  test.each(names)('%s means what the table says', async (name) => {
    const server = await answering(grpc.status[name]);
    const clock = new HurriedClock();
    const endpoint = { host: '127.0.0.1', port: server.port, secure: false, loopback: true };
    const ingestion = await ingestionAt(
      { endpoint, proxy: undefined, extraCertificates: undefined, placedBy: '`region`' },
      clock,
    );
    const answer = await ingestion.tryKey(new Secret('cxtp_any'), clock.budget(20_000));
    const usual = inconclusive.includes(name) ? 'inconclusive' : 'refused';
    expect(answer.kind).toBe(name in others ? others[name as keyof typeof others] : usual);
    if (answer.kind !== 'accepted') {
      expect(told(answer)).toContain(`answered ${name} "as the table says".`);
    }
    expect(server.count).toBe(repeated.includes(name) ? 6 : 1);
  });
});

describe('the connection', () => {
  test('to a host that is not trusted is none, and the key is not sent', async () => {
    const { emulator, ask } = await connected({}, ({ otherCaCertificate }) => ({
      extraCertificates: otherCaCertificate,
    }));
    const answer = await ask();
    expect(answer.kind).toBe('refused');
    expect(told(answer)).toMatch(/certificate.*`ca_certificate`/u);
    expect(emulator.ingestion.requests).toEqual([]);
  });

  test('to an ingestion that has another certificate than the API is none either', async () => {
    const { emulator, ask } = await connected({ ingestion: { tls: 'wrong-name' } });
    expect(told(await ask())).toMatch(/certificate is for another host|name/u);
    expect(emulator.ingestion.requests).toEqual([]);
  });

  test('goes through a proxy, or not, whatever that of the API does', async () => {
    const extraNames = ['api.eu2.coralogix.com', 'ingress.eu2.coralogix.com'];
    const emulator = await startEmulator({ extraNames });
    atEnd(() => emulator.stop());
    const { tokens, ingestion, caCertificate: ca_certificate } = emulator;
    const value = new Secret(newKey(emulator).value);
    const there = { api_key: tokens.admin, ca_certificate, operation: 'list' };
    const tryBoth = async (port: number, given: object): Promise<readonly string[]> => {
      const proxy = await startProxy({ kind: 'lead to', port });
      const variables = { https_proxy: `http://${proxy.authority}` };
      const step = await requested({ ...there, ...given }, variables);
      const clock = systemClock;
      const budget = startBudget(clock, 20_000);
      const nobody = (): void => undefined;
      const options = { clock, budget, mask: nobody, debug: nobody, allowEarlyRequest: false };
      const { keys, close } = await connect(step.connection, options);
      atEnd(close);
      expect(await keys.list()).toHaveLength(1);
      if (step.ingestion === undefined) throw new Error('The ingestion has no place.');
      const found = await ingestionAt(step.ingestion, clock);
      expect((await found.tryKey(value, budget)).kind).toBe('accepted');
      // The one has not changed the way of the other.
      expect(await keys.list()).toHaveLength(1);
      return proxy.connects.map(({ target }) => target);
    };
    const ingress = 'https://ingress.eu2.coralogix.com';
    const port = Number(new URL(ingestion.endpoint).port);
    expect(
      await tryBoth(port, { endpoint: emulator.endpoint, ingestion_endpoint: ingress }),
    ).toEqual(['ingress.eu2.coralogix.com:443']);
    expect(
      await tryBoth(emulator.port, { region: 'EU2', ingestion_endpoint: ingestion.endpoint }),
    ).toEqual(['api.eu2.coralogix.com:443']);
  });

  test('that fails in the proxy is told with the proxy, without its password', async () => {
    const proxy = await startProxy({ kind: 'answer', status: 407 });
    const { hostname, port } = new URL(`http://${proxy.authority}`);
    const { ask } = await connected({}, () => ({
      endpoint: { host: 'ingress.eu2.coralogix.com', port: 443, secure: true, loopback: false },
      proxy: {
        ...{ host: hostname, port: Number(port), variable: 'https_proxy' },
        credentials: 'user:made-up-word',
      },
    }));
    const answer = await ask();
    expect(answer.kind).toBe('refused');
    expect(told(answer)).toContain(`${proxy.authority} (from https_proxy)`);
    expect(told(answer)).not.toContain('made-up-word');
  });
});
