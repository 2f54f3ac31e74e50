import { afterAll, describe, expect, test } from '@jest/globals';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator, EmulatorOptions } from '../../tools/emulator/index.ts';
import { status } from '../support/status.ts';
import { act, emulated, told, slackMs } from './harness.ts';

const servers: Server[] = [];
const folders: string[] = [];

afterAll(async () => {
  for (const server of servers.splice(0)) server.close();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A port that takes connections and never says a word. */
async function silentPort(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.resume();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A port at which nobody listens: it was free a moment ago. */
async function deadPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const someId = 'c8d84762-9aff-4f90-93ef-1762757e0c2c';

/** What the table's rows have to be told. */
interface Row {
  readonly title: string;
  readonly options?: EmulatorOptions;
  readonly inputs?: (
    emulator: Emulator,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  readonly as?: keyof Emulator['tokens'];
  readonly kind: string;
  /** What happened, and what to do. */
  readonly says: readonly RegExp[];
  /** Calls that reach the service. */
  readonly attempts: number;
}

const rows: readonly Row[] = [
  {
    title: 'a wrong key',
    inputs: () => ({ api_key: 'cxup_wrong' }),
    kind: 'auth',
    says: [/UNAUTHENTICATED "invalid API key"/u, /`api_key` is right and active/u],
    attempts: 1,
  },
  {
    title: 'a missing permission',
    as: 'powerless',
    kind: 'permission',
    says: [/PERMISSION_DENIED/u, /needs the `ApiKeys` preset/u],
    attempts: 1,
  },
  {
    title: 'a missing permission, told with an empty message',
    options: {
      faults: [{ fault: { kind: 'status', code: status.PERMISSION_DENIED, message: '' } }],
    },
    kind: 'permission',
    says: [/PERMISSION_DENIED with no message/u, /needs the `ApiKeys` preset/u],
    attempts: 1,
  },
  {
    title: 'an unknown id',
    inputs: () => ({ operation: 'get', key_id: someId }),
    kind: 'not_found',
    says: [new RegExp(someId, 'u'), /NOT_FOUND/u, /Check the id/u],
    attempts: 1,
  },
  {
    title: 'an id of another team',
    as: 'otherTeam',
    inputs: ({ store, teamId }) => ({
      operation: 'get',
      key_id: store.seed(1, 'theirs', { teamId })[0]?.id ?? '',
    }),
    kind: 'not_found',
    says: [/another team/u],
    attempts: 1,
  },
  {
    title: 'a port that refuses',
    inputs: async () => ({ endpoint: `localhost:${await deadPort()}` }),
    kind: 'refused',
    says: [/nobody listens at localhost:\d+/u, /Check `endpoint`/u],
    attempts: 0,
  },
  {
    title: 'an unknown host',
    inputs: () => ({ endpoint: 'nonexistent.invalid' }),
    kind: 'dns',
    says: [/nonexistent\.invalid:443 could not be resolved/u, /typing mistake/u],
    attempts: 0,
  },
  {
    title: 'an unknown authority',
    inputs: ({ otherCaCertificate }) => ({ ca_certificate: otherCaCertificate }),
    kind: 'tls',
    says: [/certificate/u, /`ca_certificate`/u],
    attempts: 0,
  },
  {
    title: 'a certificate for another name',
    options: { tls: 'wrong-name' },
    kind: 'tls',
    says: [/ALTNAME|altnames/u, /The certificate is for another host/u],
    attempts: 0,
  },
  {
    title: 'an expired certificate',
    options: { tls: 'expired' },
    kind: 'tls',
    says: [/expired/u, /renew/u],
    attempts: 0,
  },
  {
    title: 'a certificate of the future',
    options: { tls: 'not-yet-valid' },
    kind: 'tls',
    says: [/not yet valid/u, /the clock of the runner/u],
    attempts: 0,
  },
  {
    title: 'a server that speaks TLS 1.1 only',
    options: { tls: 'tls1.1' },
    kind: 'tls',
    says: [/speaks no TLS of version 1\.2 or later/u],
    attempts: 0,
  },
  {
    title: 'TLS to a port of plain text',
    options: { tls: 'plain' },
    inputs: ({ port }) => ({ endpoint: `https://localhost:${port}` }),
    kind: 'tls',
    says: [/speaks no TLS: check the port/u],
    attempts: 0,
  },
  {
    title: 'plain text to a port of TLS',
    inputs: ({ port }) => ({ endpoint: `http://127.0.0.1:${port}` }),
    kind: 'refused',
    says: [/no connection to 127\.0\.0\.1:\d+/u, /Check `endpoint`/u],
    attempts: 0,
  },
  {
    title: 'a host that takes the connection and stays silent',
    inputs: async () => ({ endpoint: `localhost:${await silentPort()}` }),
    kind: 'timeout',
    says: [/could not be connected to in time/u, /`timeout_seconds`/u],
    attempts: 0,
  },
  {
    title: 'a host in plain text that takes the connection and stays silent',
    inputs: async () => ({ endpoint: `http://127.0.0.1:${await silentPort()}` }),
    kind: 'timeout',
    says: [/in time/u, /`timeout_seconds`/u],
    attempts: 0,
  },
  {
    // Nobody knows whether a request arrived that went out before the host has said a word.
    title: 'a `create` to a host that stays silent, to which it must not be sent,',
    inputs: async () => ({
      operation: 'create',
      name: 'n',
      team_id: '1',
      endpoint: `http://127.0.0.1:${await silentPort()}`,
    }),
    kind: 'timeout',
    says: [/could not be connected to in time/u],
    attempts: 0,
  },
  {
    title: 'a service that takes the call and stays silent',
    options: { faults: [{ fault: { kind: 'hang' }, times: Infinity }] },
    kind: 'timeout',
    says: [/gave no answer in time/u, /correlation id/u],
    attempts: 1,
  },
];

const budgetSeconds = 3;

describe('service trouble', () => {
  test.concurrent.each(rows.map((row) => [row.title, row] as const))(
    '%s is told with its kind and a hint, within the budget',
    async (_, { options = {}, inputs, as = 'admin', kind, says, attempts }) => {
      const emulator = await emulated(options);
      const run = await act(
        emulator,
        {
          operation: 'list',
          timeout_seconds: String(budgetSeconds),
          ...(await inputs?.(emulator)),
        },
        { as },
      );
      expect(run.exitCode).toBe(1);
      expect(run.outputs).toEqual({ error_kind: kind });
      for (const saying of says) expect(told(run)).toMatch(saying);
      expect(emulator.journal.attempts()).toBe(attempts);
      expect(run.wallMs).toBeLessThan(budgetSeconds * 1000 + slackMs);
    },
  );
});

test.concurrent(
  'a service that asks to wait is waited for, and then the call succeeds',
  async () => {
    const emulator = await emulated();
    const fault = {
      kind: 'status',
      code: status.RESOURCE_EXHAUSTED,
      message: 'slow down',
      retryDelayMs: 700,
    } as const;
    emulator.inject({ rpc: 'GetSendDataApiKeys', fault });
    const run = await act(emulator, { operation: 'list' });
    expect(run.exitCode).toBe(0);
    const [first, second, ...more] = emulator.journal.calls.map(({ at }) => at);
    expect(more).toEqual([]);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(695);
  },
);

test.concurrent('a `create` that was told to wait is sent again, and makes one key', async () => {
  const emulator = await emulated();
  const fault = { kind: 'status', code: status.RESOURCE_EXHAUSTED, retryDelayMs: 100 } as const;
  emulator.inject({ rpc: 'CreateApiKey', fault });
  const run = await act(emulator, {
    operation: 'create',
    name: 'n',
    team_id: String(emulator.teamId),
  });
  expect(run.exitCode).toBe(0);
  expect(emulator.journal.attempts('CreateApiKey')).toBe(2);
  expect(emulator.store.keys()).toHaveLength(1);
});

test.concurrent('verification cannot be turned off by the environment', async () => {
  const emulator = await emulated({ tls: 'wrong-name' });
  const run = await act(
    emulator,
    { operation: 'list' },
    { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_OPTIONS: '--no-warnings' } },
  );
  expect(run.outputs['error_kind']).toBe('tls');
  expect(emulator.journal.attempts()).toBe(0);
});

test.concurrent('an authority is trusted from a file, too', async () => {
  const emulator = await emulated();
  const folder = await mkdtemp(join(tmpdir(), 'authority-'));
  folders.push(folder);
  const path = join(folder, 'ca.pem');
  await writeFile(path, emulator.caCertificate);
  const run = await act(emulator, { operation: 'list', ca_certificate: path });
  expect(run.exitCode).toBe(0);
});

test.concurrent(
  'the variables that make the transport talkative do not make it print the api_key',
  async () => {
    const emulator = await emulated();
    const run = await act(
      emulator,
      { operation: 'list' },
      { debug: true, env: { GRPC_VERBOSITY: 'DEBUG', GRPC_TRACE: 'all', GRPC_NODE_TRACE: 'all' } },
    );
    expect(run.exitCode).toBe(0);
  },
);
