import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { checkDestination } from '../../src/github/destination.ts';
import { isLoopback } from '../../src/network/endpoint.ts';
import { findProxy } from '../../src/network/proxy.ts';
import { startProxy, type TestProxy } from '../support/proxy.ts';

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

const hasCurl = spawnSync('curl', ['--version']).status === 0;

describe('who goes through a proxy', () => {
  let proxy: TestProxy;
  beforeAll(async () => {
    proxy = await startProxy({ kind: 'answer', status: 502 });
  });

  const told = (isProxied: boolean): string => (isProxied ? 'proxy' : 'direct');

  test('is tabulated, with a row for each rule', () => {
    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter(({ coralogix, github }) => coralogix !== github)).toEqual([]);
  });

  test.each(rows)('$host with $environment: Coralogix $coralogix', (row) => {
    const target = { host: row.host, port: 443, loopback: isLoopback(row.host) };
    const found = findProxy(target, variablesOf(row, 'http://proxy.example.com'), 'grpc');
    expect([found.ok, told(found.ok && found.value !== undefined)]).toEqual([true, row.coralogix]);
  });

  test.each(rows)('$host with $environment: GitHub $github', (row) => {
    const environment = variablesOf(row, 'http://proxy.example.com');
    const found = checkDestination(`https://${row.host}/api/v3`, environment);
    expect(told(found !== undefined)).toBe(row.github);
  });

  // Where there is none, it says so in the test's name.
  const withCurl = hasCurl ? test.each(rows) : test.skip.each(rows);
  withCurl('$host with $environment: curl, if it is installed, $curl', async (row) => {
    const before = proxy.connects.length;
    // A direct connection is refused at once, and nothing leaves this machine.
    const args = ['--silent', '--max-time', '20', '--connect-to', '::127.0.0.1:1'];
    await new Promise<void>((resolve) => {
      const env = variablesOf(row, `http://${proxy.authority}`);
      execFile(
        'curl',
        [...args, `https://${row.host}/`],
        { env: { PATH: process.env['PATH'], ...env } },
        () => {
          resolve();
        },
      );
    });
    expect(told(proxy.connects.length > before)).toBe(row.curl);
  });
});
