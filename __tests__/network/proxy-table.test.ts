import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { openChannel } from '../../src/coralogix/grpc/channel.ts';
import { Secret } from '../../src/core/secret.ts';
import { isLoopback, type Endpoint } from '../../src/network/endpoint.ts';
import { findProxy } from '../../src/network/proxy.ts';
import { startProxy, type TestProxy } from '../support/proxy.ts';
import { watchWaysOut, type WaysOut } from '../support/ways-out.ts';

/** A row of the table in docs/self-hosted.md. */
interface Row {
  readonly host: string;
  readonly environment: string;
  readonly coralogix: string;
  readonly github: string;
  readonly curl: string;
}

const lines = readFileSync('docs/self-hosted.md', 'utf8').split('\n');
const table = lines.slice(lines.findIndex((line) => /^\| host +\| environment/u.test(line)) + 2);
const rows: readonly Row[] = table
  .slice(0, table.indexOf(''))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, host = '', environment = '', coralogix = '', github = '', curl = '']) => ({
    host: host.replaceAll('`', ''),
    environment,
    coralogix,
    github,
    curl,
  }));

/** The variables of a row: one that names a proxy has ours. */
function variablesOf(row: Row, proxy: string): Readonly<Record<string, string>> {
  const given = [...row.environment.matchAll(/`([^`=]+)(?:=([^`]*))?`/gu)];
  return Object.fromEntries(given.map(([, name = '', value = proxy]) => [name, value]));
}

let proxy: TestProxy;
let waysOut: WaysOut;
beforeAll(async () => {
  proxy = await startProxy({ kind: 'answer', status: 502 });
  waysOut = watchWaysOut(Number(proxy.authority.split(':')[1]));
});
beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (/proxy$/iu.test(name)) Reflect.deleteProperty(process.env, name);
  }
});
afterAll(() => {
  waysOut.end();
});

/** Which way the connections take that a client of this process makes. */
async function wayOf(work: () => Promise<unknown>): Promise<string> {
  const found = await waysOut.of(work);
  const ways = found.map((each) => (each === proxy.authority ? 'proxy' : 'direct'));
  return [...new Set(ways)].join(' and ');
}

/** What the proxy must have been asked for. */
function expectConnects(row: Row, way: string): void {
  const target = `${row.host}:443`;
  if (way === 'proxy') expect(proxy.connects).toContainEqual({ target, credentials: undefined });
}

/** The action's own way: the variables are read, and grpc-js is told. */
async function askCoralogix(
  host: string,
  environment: Readonly<Record<string, string>>,
): Promise<unknown> {
  const bare = host.replace(/^\[|\]$/gu, '');
  const endpoint: Endpoint = { host: bare, port: 443, secure: true, loopback: isLoopback(bare) };
  const found = findProxy(endpoint, environment, 'grpc');
  if (!found.ok) throw new Error(found.problems.join(' '));
  const channel = openChannel({
    endpoint,
    proxy: found.value,
    extraCertificates: undefined,
    apiKey: new Secret('of_nobody'),
    correlationId: randomUUID(),
  });
  return channel
    .call('GetSendDataApiKeys', {}, 20_000)
    .catch((thrown: unknown) => thrown)
    .finally(() => {
      channel.close();
    });
}

/** The action's own way: the real Octokit, loaded anew, as it settles on a proxy when it is. */
async function askGitHub(
  host: string,
  environment: Readonly<Record<string, string>>,
): Promise<unknown> {
  Object.assign(process.env, environment, { GITHUB_API_URL: `https://${host}/api/v3` });
  jest.resetModules();
  const { createSend } = await import('../../src/github/octokit.ts');
  const send = createSend({ token: new Secret('ghp_of_nobody'), apiUrl: undefined });
  const request = {
    purpose: 'list the branches of acme/shop',
    method: 'GET',
    path: '/repos/{owner}/{repo}/branches',
    parameters: { owner: 'acme', repo: 'shop' },
    expected: [200],
    mostBytes: 1024,
    hints: { 401: '', 403: '', 404: '' },
  } as const;
  const answer = await send(request, 20_000).catch((thrown: unknown) => thrown);
  expect(process.env).toMatchObject(environment);
  return answer;
}

// Before that curl knew no blocks of addresses, or took other names for those in the list:
// https://github.com/curl/curl/issues/9813
const firstCurl = '7.87';

/** Of `8.10` a number that is above that of `8.9`. */
function rank(version: string): number {
  const [major, minor] = version.split('.').map(Number);
  return (major ?? 0) * 1000 + (minor ?? 0);
}

const said = spawnSync('curl --version', { encoding: 'utf8', shell: true }).stdout;
const curl = rank(/^curl (\d+\.\d+)/u.exec(said)?.[1] ?? '0');

/** What a cell tells of the curl that is installed: `direct`, or `direct < 8.9; proxy >= 8.10`. */
function expectedOfCurl(cell: string): string | undefined {
  for (const claim of cell.split(';')) {
    const [, way, relation, version = '0'] =
      /^(direct|proxy)(?: (<|>=) (\S+))?$/u.exec(claim.trim()) ?? [];
    const isOurs = relation === '<' ? curl < rank(version) : curl >= rank(version);
    if (isOurs) return way;
  }
  return undefined;
}

describe('who goes through a proxy', () => {
  test('is tabulated, with a row for each rule, and is the same for both services', () => {
    expect(rows.length).toBeGreaterThan(25);
    expect(rows.filter(({ coralogix, github }) => coralogix !== github)).toEqual([]);
  });

  test.each(rows)('$host with $environment: Coralogix $coralogix', async (row) => {
    const environment = variablesOf(row, `http://${proxy.authority}`);
    expect(await wayOf(() => askCoralogix(row.host, environment))).toBe(row.coralogix);
    expectConnects(row, row.coralogix);
  });

  test.each(rows)('$host with $environment: GitHub $github', async (row) => {
    const environment = variablesOf(row, `http://${proxy.authority}`);
    expect(await wayOf(() => askGitHub(row.host, environment))).toBe(row.github);
    expectConnects(row, row.github);
  });

  // Where there is none, it says so in the test's name.
  const withCurl = curl >= rank(firstCurl) ? test.each(rows) : test.skip.each(rows);
  withCurl('$host with $environment: curl, if it is installed, $curl', async (row) => {
    const own = await startProxy({ kind: 'answer', status: 502 });
    // A direct connection is refused at once, and nothing leaves this machine.
    const args = ['--silent', '--max-time', '20', '--connect-to', '::127.0.0.1:1'];
    await new Promise<void>((resolve) => {
      const env = variablesOf(row, `http://${own.authority}`);
      execFile(
        'curl',
        [...args, `https://${row.host}/`],
        { env: { PATH: process.env['PATH'], ...env } },
        () => {
          resolve();
        },
      );
    });
    const way = own.connects.length > 0 ? 'proxy' : 'direct';
    expect(way).toBe(expectedOfCurl(row.curl) ?? way);
  });
});
