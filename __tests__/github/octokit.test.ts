import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { Secret } from '../../src/core/secret.ts';
import type { RestError } from '../../src/github/cause.ts';
import { effectOf } from '../../src/github/cause.ts';
import type { RestRequest } from '../../src/github/rest.ts';
import { startProxy } from '../support/proxy.ts';

const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const end of ends.splice(0)) await end();
});

/** A server that does something with each connection; its address. */
async function serve(does: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    does(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const request: RestRequest = {
  purpose: 'list the branches of acme/shop',
  method: 'GET',
  path: '/repos/{owner}/{repo}/branches',
  parameters: { owner: 'acme', repo: 'shop' },
  expected: [200],
  mostBytes: 1024,
  hints: { 401: '', 403: '', 404: '' },
};

/** What the real Octokit's failure becomes. It is loaded anew, as it settles on a proxy when it is. */
async function failed(apiUrl: string, timeoutMs = 20_000, environment = {}): Promise<RestError> {
  const before = { ...process.env };
  Object.assign(process.env, environment);
  jest.resetModules();
  try {
    const { createSend } = await import('../../src/github/octokit.ts');
    const { RestError: Loaded } = await import('../../src/github/cause.ts');
    const send = createSend({ token: new Secret('ghp_of_nobody'), apiUrl });
    const thrown: unknown = await send(request, timeoutMs).catch((each: unknown) => each);
    if (!(thrown instanceof Loaded)) throw new Error(`not a RestError: ${String(thrown)}`);
    expect(inspect(thrown, { depth: Infinity, showHidden: true })).not.toContain('ghp_of_nobody');
    return thrown;
  } finally {
    for (const name of Object.keys(environment)) {
      const value = before[name];
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    jest.resetModules();
  }
}

describe('what Octokit throws', () => {
  test('where nobody listens is no answer, and nothing was done', async () => {
    const url = await serve(() => undefined);
    await ends.pop()?.();
    const { facts } = await failed(url);
    expect(facts).toEqual({ kind: 'network', code: 'ECONNREFUSED', proxyVariable: undefined });
    expect(effectOf(facts)).toBe('none');
  });

  test('where the name leads nowhere is no answer, and nothing was done', async () => {
    const { facts } = await failed('https://github.invalid');
    expect(facts).toMatchObject({ kind: 'network', code: expect.stringMatching(/^E/u) });
    expect(effectOf(facts)).toBe('none');
  });

  test('where a proxy refuses is no answer, and nothing was done', async () => {
    const proxy = await startProxy({ kind: 'answer', status: 403 });
    const apiUrl = 'https://github.example.com';
    const { facts } = await failed(apiUrl, undefined, {
      https_proxy: `http://${proxy.authority}`,
      no_proxy: '',
      GITHUB_API_URL: apiUrl,
    });
    expect(proxy.connects).toMatchObject([{ target: 'github.example.com:443' }]);
    expect(facts).toEqual({
      kind: 'network',
      code: 'UND_ERR_ABORTED',
      proxyVariable: 'https_proxy',
    });
    expect(effectOf(facts)).toBe('none');
  });

  test('when the time is over is a timeout, and something may have been done', async () => {
    const { facts } = await failed(await serve(() => undefined), 50);
    expect(facts).toEqual({ kind: 'timeout' });
    expect(effectOf(facts)).toBe('unknown');
  });

  test('when the connection breaks off is no answer, and something may have been done', async () => {
    const url = await serve((socket) => socket.once('data', () => socket.end()));
    const { facts } = await failed(url);
    expect(facts).toEqual({ kind: 'network', code: 'UND_ERR_SOCKET', proxyVariable: undefined });
    expect(effectOf(facts)).toBe('unknown');
  });
});
