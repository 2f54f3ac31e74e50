import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createAuthority } from '../../tools/emulator/certificates.ts';
import type { StepRun } from '../../tools/job-runner/index.ts';
import type { GitHubServer } from '../../tools/github/server.ts';
import { startProxy } from '../support/proxy.ts';
import { act, emulated, told } from './harness.ts';
import { gitHub } from './life-github.ts';

/** A name that this machine never resolves: what reaches that GitHub has come through the proxy. */
const host = 'ghes.behind-a-proxy.invalid';

const folder = mkdtempSync(join(tmpdir(), 'proxy-github-'));
const authorityFile = join(folder, 'authority.pem');
const ends: (() => void)[] = [() => rmSync(folder, { recursive: true })];
let server: GitHubServer;
/** Where GitHub listens over TLS. */
let port: number;

beforeAll(async () => {
  server = await gitHub({ branches: ['main'], basePath: '/api/v3' });
  const plain = Number(new URL(server.url).port);
  const authority = await createAuthority('Of a company');
  writeFileSync(authorityFile, authority.certificate);
  const { key, certificate } = await authority.issue('good', [host]);
  const front = createServer({ key, cert: certificate }, (socket) => {
    const behind = connect(plain, '127.0.0.1');
    socket.pipe(behind).pipe(socket);
    for (const each of [socket, behind]) each.on('error', () => each.destroy());
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  ends.push(() => front.close());
  port = (front.address() as AddressInfo).port;
});

afterAll(() => {
  for (const end of ends) end();
});

/** Prunes, on the emulator, the key of a branch that is gone from that GitHub. */
async function prune(
  env: Readonly<Record<string, string>>,
  secrets: readonly string[] = [],
): Promise<StepRun> {
  const emulator = await emulated();
  emulator.store.seed(1, 'acme/shop/branch/gone', { teamId: emulator.teamId });
  return act(
    emulator,
    {
      operation: 'prune',
      name: '{repository}/branch/{branch}',
      github_token: server.tokens.github,
      timeout_seconds: '5',
    },
    {
      github: { repository: server.repository, api_url: `https://${host}/api/v3` },
      env: { NODE_EXTRA_CA_CERTS: authorityFile, ...env },
      debug: secrets.length > 0,
      secrets: secrets.map((value) => ({ value, outputs: [] })),
    },
  );
}

describe('GitHub', () => {
  test.concurrent.each([
    ['https_proxy', ''],
    ['HTTPS_PROXY', ''],
    ['HTTPS_PROXY', `ghes, ${host}:8443 *.example.com, proxy.invalid,`],
  ])('is reached through the proxy in %s, with no_proxy=%j', async (name, no_proxy) => {
    const proxy = await startProxy({ kind: 'lead to', port });
    const run = await prune({ [name]: proxy.authority, no_proxy });
    expect(run.outputs).toMatchObject({ changed: 'true', count: '1' });
    expect(proxy.connects).toEqual([{ target: `${host}:443`, credentials: undefined }]);
  });

  test.concurrent('is reached with credentials of any characters, which are masked', async () => {
    const secret = `p@ss:w/rd?#%€${randomUUID()}`;
    const credentials = `dom\\us er:${secret}`;
    const proxy = await startProxy({ kind: 'lead to', port, credentials });
    const written = `${encodeURIComponent('dom\\us er')}:${encodeURIComponent(secret)}`;
    const run = await prune({ https_proxy: `http://${written}@${proxy.authority}` }, [secret]);
    expect(run.outputs).toMatchObject({ changed: 'true', count: '1' });
    expect(proxy.connects).toEqual([{ target: `${host}:443`, credentials }]);
  });

  // Without the proxy the name leads nowhere.
  test.concurrent.each([
    ['no_proxy', host],
    ['NO_PROXY', host.toUpperCase()],
    ['no_proxy', '*.behind-a-proxy.invalid'],
    ['no_proxy', `example.com ${host}:443`],
    ['no_proxy', 'example.com,*'],
  ])('is reached directly with %s=%s, and no hint blames the proxy', async (name, value) => {
    const proxy = await startProxy({ kind: 'lead to', port });
    const run = await prune({ https_proxy: `http://${proxy.authority}`, [name]: value });
    expect(run.outputs).toMatchObject({ error_kind: 'github' });
    expect(told(run)).toMatch(/GitHub could not be reached/u);
    expect(told(run)).not.toMatch(/proxy/iu);
    expect(proxy.connects).toEqual([]);
  });

  test.concurrent.each(['http_proxy', 'HTTP_PROXY', 'all_proxy', 'grpc_proxy'])(
    'is reached directly with %s alone, and no hint blames that',
    async (name) => {
      const proxy = await startProxy({ kind: 'lead to', port });
      const run = await prune({ [name]: `http://${proxy.authority}` });
      expect(told(run)).toMatch(/GitHub could not be reached/u);
      expect(told(run)).not.toMatch(/proxy/iu);
      expect(proxy.connects).toEqual([]);
    },
  );

  test.concurrent(
    'behind a proxy that refuses is told with the variable as it is set',
    async () => {
      const proxy = await startProxy({ kind: 'answer', status: 403 });
      const run = await prune({ HTTPS_PROXY: `http://${proxy.authority}` });
      expect(run.outputs).toMatchObject({ error_kind: 'github' });
      expect(told(run)).toContain('Check the proxy that HTTPS_PROXY names');
    },
  );
});
