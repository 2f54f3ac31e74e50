import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';
import { serviceName } from '../../../tools/emulator/rpc.ts';
import { node24Path } from '../../../tools/job-runner/node24.ts';
import { buf } from '../../support/buf.ts';

const main = fileURLToPath(new URL('../../../tools/emulator/main.ts', import.meta.url));
const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Runs the command line as it stands: Node 24 takes TypeScript by itself. */
function run(args: readonly string[]): ChildProcess & { readonly stdout: NodeJS.ReadableStream } {
  const child = spawn(node24Path(), [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  return child;
}

interface HowToConnect {
  readonly endpoint: string;
  readonly caFile: string;
  readonly teamId: number;
  readonly tokens: { readonly reader: string };
}

/** Resolves with what was written so far once this is in it. */
async function written(stream: NodeJS.ReadableStream, end = '\n'): Promise<string> {
  let all = '';
  while (!all.includes(end)) all += String(((await once(stream, 'data')) as [Buffer])[0]);
  return all;
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
  let all = '';
  for await (const chunk of stream ?? []) all += String(chunk);
  return all;
}

/** Lists the keys with nothing but what it was told; the reply's length in bytes. */
async function list({ endpoint, caFile, tokens }: HowToConnect): Promise<number> {
  const session = http2.connect(endpoint, { ca: readFileSync(caFile) });
  const stream = session.request({
    ':method': 'POST',
    ':path': `/${serviceName}/GetSendDataApiKeys`,
    'content-type': 'application/grpc',
    te: 'trailers',
    authorization: `Bearer ${tokens.reader}`,
  });
  stream.end(Buffer.alloc(5));
  let length = 0;
  for await (const chunk of stream) length += (chunk as Buffer).length;
  session.destroy();
  return length;
}

/** Runs a line that was printed for a shell, with the `buf` that is installed here. */
async function bufCurl(line: string): Promise<string> {
  const words = (line.match(/'[^']*'|"[^"]*"|\S+/gu) ?? []).map((word) =>
    word.replace(/^(['"])(.*)\1$/u, '$2'),
  );
  return String(await buf(words.slice(1)));
}

describe('npm run emulator', () => {
  test('it tells a program how to connect, serves, and ends cleanly when told to', async () => {
    const child = run(['--json', '--seed', '3']);
    const howToConnect = JSON.parse(await written(child.stdout)) as HowToConnect;
    expect(await list(howToConnect)).toBeGreaterThan(300);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    // On Windows a signal ends a process without asking it.
    if (process.platform === 'win32') return;
    expect(code).toBe(0);
    expect(existsSync(howToConnect.caFile)).toBe(false);
  });

  test('it tells a person how to connect, and leaves the CA where it was told to', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'emulator-main-'));
    const caFile = path.join(folder, 'my ca.pem');
    const child = run(['--ca-file', caFile]);
    const output = await written(child.stdout);
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(output).toMatch(/ listens on https:\/\/localhost:\d+\. /u);
    expect(output).toContain('  with:\n    operation: create\n');
    expect(output).toContain(`ca_certificate: ${caFile}`);
    expect(output).toMatch(/buf curl .* --list-methods https:\/\/localhost/u);
    expect(readFileSync(caFile, 'utf8')).toContain('BEGIN CERTIFICATE');
    await rm(folder, { recursive: true, force: true });
  });

  test('what it tells a person to copy works, and each call is a line', async () => {
    const child = run([]);
    let all = '';
    child.stdout.on('data', (chunk: Buffer) => (all += String(chunk)));
    const output = await written(child.stdout, '--quiet leaves them out.');
    const calls = output.match(/(?<=^ {2}npx )buf curl .*$/gmu) ?? [];
    expect(calls).toHaveLength(3);
    const replies = [];
    for (const call of calls) replies.push(await bufCurl(call));
    expect(replies[0]).toContain('ApiKeysService/CreateApiKey');
    const { keyId, value } = JSON.parse(replies[1] ?? '') as Record<string, string>;
    expect(replies[2]).toContain(keyId);
    child.kill('SIGTERM');
    await once(child, 'close');
    const lines = all.slice(output.length);
    expect(lines).toMatch(/GetSendDataApiKeys +OK +admin\n/u);
    expect(lines).toContain(`admin      "my-api-key" ${keyId}\n`);
    expect(all).not.toContain(value);
    expect(output.match(/(?<=^ {2})grpcurl .*$/gmu)).toHaveLength(3);
    expect(output).toMatch(/\n {4}ingestion_endpoint: https:\/\/localhost:\d+\n/u);
  });

  test('told to be quiet, it prints nothing more', async () => {
    const child = run(['--quiet', '--json']);
    const howToConnect = await written(child.stdout);
    const rest = text(child.stdout);
    await list(JSON.parse(howToConnect) as HowToConnect);
    child.kill('SIGTERM');
    expect(await rest).toBe('');
  });

  test('a mistake is one sentence and exit code 1', async () => {
    const child = run(['--port', 'many']);
    const [stderr, [code]] = await Promise.all([
      text(child.stderr),
      once(child, 'exit') as Promise<[number | null]>,
    ]);
    expect(stderr.trim()).toBe('--port must be a whole number from 0 to 65535.');
    expect(code).toBe(1);
  });
});
