import { describe, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Emulator } from '../../tools/emulator/index.ts';
import type { StepRun } from '../../tools/job-runner/index.ts';
import { startProxy, type ProxyConduct, type TestProxy } from '../support/proxy.ts';
import { act, emulated, told, slackMs } from './harness.ts';

/**
 * Through a proxy the host is one that this machine never resolves: whatever reaches the emulator
 * has come through the proxy, and what does not go through it ends nowhere.
 */
const host = 'api.coralogix-behind-a-proxy.invalid';

interface Place {
  readonly emulator: Emulator;
  readonly proxy: TestProxy;
  /** Lists the keys, with the proxy in these variables. */
  readonly list: (
    env: (proxy: string) => Readonly<Record<string, string>>,
    inputs?: Readonly<Record<string, string>>,
    secrets?: readonly string[],
  ) => Promise<StepRun>;
}

async function behind(conduct?: (emulator: Emulator) => ProxyConduct): Promise<Place> {
  const emulator = await emulated({ extraNames: [host] });
  const proxy = await startProxy(conduct?.(emulator) ?? { kind: 'lead to', port: emulator.port });
  return {
    emulator,
    proxy,
    list: (env, inputs = {}, secrets = []) =>
      act(
        emulator,
        { operation: 'list', endpoint: host, timeout_seconds: '3', ...inputs },
        {
          env: env(proxy.authority),
          debug: secrets.length > 0,
          secrets: secrets.map((value) => ({ value, outputs: [] })),
        },
      ),
  };
}

const withUpperCase = (names: readonly string[]): readonly string[] =>
  names.flatMap((name) => [name, name.toUpperCase()]);

describe('a proxy', () => {
  test.concurrent.each(withUpperCase(['grpc_proxy', 'https_proxy']))(
    'in %s is gone through, and nothing beside it',
    async (name) => {
      const { emulator, proxy, list } = await behind();
      const run = await list((authority) => ({ [name]: `http://${authority}` }));
      expect(run.exitCode).toBe(0);
      expect(proxy.connects).toEqual([{ target: `${host}:443`, credentials: undefined }]);
      expect(emulator.journal.attempts()).toBe(1);
    },
  );

  test.concurrent.each(withUpperCase(['http_proxy']))(
    'in %s is for http:// alone, as curl has it',
    async (name) => {
      const { emulator, proxy, list } = await behind();
      const { endpoint } = emulator;
      const run = await list((authority) => ({ [name]: `http://${authority}` }), { endpoint });
      expect(run.exitCode).toBe(0);
      expect(proxy.connects).toEqual([]);
      const elsewhere = await list((authority) => ({ [name]: `http://${authority}` }));
      expect(elsewhere.exitCode).toBe(1);
      expect(proxy.connects).toEqual([]);
      expect(told(elsewhere)).not.toContain(proxy.authority);
    },
  );

  test.concurrent('is given without a scheme, too', async () => {
    const { proxy, list } = await behind();
    const run = await list((authority) => ({ HTTPS_PROXY: authority }));
    expect(run.exitCode).toBe(0);
    expect(proxy.connects).toHaveLength(1);
  });

  test.concurrent('in the first of several variables is the one', async () => {
    const { list, proxy } = await behind();
    const run = await list((authority) => ({
      grpc_proxy: `http://${authority}`,
      https_proxy: 'http://127.0.0.1:1',
      HTTP_PROXY: 'http://127.0.0.1:1',
    }));
    expect(run.exitCode).toBe(0);
    expect(proxy.connects).toHaveLength(1);
  });

  test.concurrent.each([
    ['plain', 'user', 'password'],
    ['escaped', 'dom\\us er', 'p@ss:w/rd?#%€'],
  ])('is given its credentials, which are masked: %s ones', async (_, user, password) => {
    const secret = `${password}${randomUUID()}`;
    const credentials = `${user}:${secret}`;
    const { proxy, list } = await behind(({ port }) => ({ kind: 'lead to', port, credentials }));
    const written = `${encodeURIComponent(user)}:${encodeURIComponent(secret)}`;
    const run = await list((authority) => ({ https_proxy: `http://${written}@${authority}` }), {}, [
      secret,
    ]);
    expect(run.exitCode).toBe(0);
    expect(proxy.connects).toEqual([{ target: `${host}:443`, credentials }]);
    expect(run.masks).toEqual(expect.arrayContaining([secret, encodeURIComponent(secret)]));
  });

  test.concurrent('is left alone for loopback', async () => {
    const { emulator, proxy, list } = await behind();
    const run = await list(
      (authority) => ({ https_proxy: `http://${authority}`, grpc_proxy: `http://${authority}` }),
      { endpoint: emulator.endpoint },
    );
    expect(run.exitCode).toBe(0);
    expect(proxy.connects).toEqual([]);
  });
});

describe('a proxy that fails is named, with the variable that it came from', () => {
  const conducts: readonly (readonly [string, ProxyConduct])[] = [
    ['refuses this host (403)', { kind: 'answer', status: 403 }],
    ['demands authentication (407)', { kind: 'answer', status: 407 }],
    ['has no way on (502)', { kind: 'answer', status: 502 }],
    ['hangs up', { kind: 'hang up' }],
  ];
  test.concurrent.each(conducts)('%s', async (_, conduct) => {
    const { emulator, proxy, list } = await behind(() => conduct);
    const run = await list((authority) => ({ HTTPS_PROXY: `http://${authority}` }));
    expect(run.outputs).toEqual({ error_kind: 'proxy' });
    expect(told(run)).toContain(`the proxy ${proxy.authority} (from HTTPS_PROXY)`);
    expect(told(run)).toContain('Check that the proxy runs');
    expect(emulator.journal.connections).toBe(0);
  });

  test.concurrent('is dead', async () => {
    const { list } = await behind();
    const run = await list(() => ({ https_proxy: 'http://127.0.0.1:1' }));
    expect(run.outputs).toEqual({ error_kind: 'proxy' });
    expect(told(run)).toContain('the proxy 127.0.0.1:1 (from https_proxy)');
  });

  test.concurrent('has a name that leads nowhere', async () => {
    const { list } = await behind();
    const run = await list(() => ({ https_proxy: 'http://nonexistent.invalid:3128' }));
    expect(run.outputs).toEqual({ error_kind: 'proxy' });
    expect(told(run)).toContain('the proxy nonexistent.invalid:3128 (from https_proxy)');
  });

  test.concurrent('wants other credentials, which are not repeated', async () => {
    const secret = randomUUID();
    const { list, proxy } = await behind(({ port }) => ({
      kind: 'lead to',
      port,
      credentials: 'user:other',
    }));
    const run = await list(
      (authority) => ({ https_proxy: `http://user:${secret}@${authority}` }),
      {},
      [secret],
    );
    expect(run.outputs).toEqual({ error_kind: 'proxy' });
    expect(told(run)).toContain(proxy.authority);
  });

  test.concurrent('stays silent: within the budget, and named', async () => {
    const { list, proxy } = await behind(() => ({ kind: 'stay silent' }));
    const run = await list((authority) => ({ https_proxy: `http://${authority}` }), {
      timeout_seconds: '2',
    });
    expect(run.outputs).toEqual({ error_kind: 'timeout' });
    expect(told(run)).toContain(`the proxy ${proxy.authority} (from https_proxy)`);
    expect(run.wallMs).toBeLessThan(2000 + slackMs);
  });
});

describe('a value that cannot be used is an error before anything is sent', () => {
  test.concurrent.each([
    ['https://127.0.0.1:3128', /https_proxy names a proxy of the kind https:\/\//u],
    ['socks5://127.0.0.1:3128', /https_proxy names a proxy of the kind socks5:\/\//u],
    ['http://', /https_proxy holds no URL/u],
    ['http://proxy.example.com:99999', /https_proxy holds no URL/u],
    ['http://user:%E0%A4%A@proxy.example.com:3128', /https_proxy holds/u],
    ['http://user:half/secret@proxy.example.com:3128', /https_proxy/u],
  ])('%s', async (value, saying) => {
    const { emulator, list } = await behind();
    const run = await list(() => ({ https_proxy: value }));
    expect(run.outputs).toEqual({ error_kind: 'invalid_input' });
    expect(told(run)).toMatch(saying);
    expect(told(run)).not.toContain('secret');
    expect(emulator.journal.connections).toBe(0);
  });
});

describe('no_proxy', () => {
  // Without the proxy the name leads nowhere: `dns` says that the connection was direct.
  test.concurrent.each([
    ['no_proxy', host],
    ['NO_PROXY', host.toUpperCase()],
    ['no_proxy', '*'],
    ['no_proxy', 'example.com, .invalid'],
    ['no_proxy', 'example.com ,*.coralogix-behind-a-proxy.invalid ,'],
    ['NO_PROXY', `${host}:443`],
  ])('%s=%s lets the connection past the proxy', async (name, value) => {
    const { proxy, list } = await behind();
    const run = await list((authority) => ({
      https_proxy: `http://${authority}`,
      [name]: value,
    }));
    expect(run.outputs).toEqual({ error_kind: 'dns' });
    expect(proxy.connects).toEqual([]);
  });

  test.concurrent.each([
    ['example.com,'],
    [','],
    [' , ,'],
    ['proxy.invalid'],
    [`${host}:8443`],
    [`not-${host}`],
    ['127.0.0.0/8'],
  ])('%j leaves the connection to the proxy', async (value) => {
    const { proxy, list } = await behind();
    const run = await list((authority) => ({
      https_proxy: `http://${authority}`,
      no_proxy: value,
    }));
    expect(run.exitCode).toBe(0);
    expect(proxy.connects).toHaveLength(1);
  });
});
