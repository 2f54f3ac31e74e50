import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { namePrefix } from '../../../tools/conformance/clean-up.ts';
import { startEmulator, type Emulator } from '../../../tools/emulator/index.ts';
import { node24Path } from '../../../tools/job-runner/node24.ts';

const main = fileURLToPath(new URL('../../../tools/conformance/main.ts', import.meta.url));

let folder = '';
let emulator: Emulator;
const running: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'conformance-'));
  emulator = await startEmulator();
  await writeFile(path.join(folder, 'ca.pem'), emulator.caCertificate);
});

afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Runs the command line as it stands, with nobody at a terminal: Node 24 takes TypeScript by itself. */
function run(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Running {
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('CORALOGIX_'));
  const child = spawn(node24Path(), [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(env), ...variables },
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += String(chunk);
    });
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { child, ended };
}

/** Asks the test's emulator as if it were a service that others use. */
const runThere = (...args: readonly string[]): Running =>
  run(
    [
      ...['--endpoint', `localhost:${emulator.port}`, '--ca-file', path.join(folder, 'ca.pem')],
      ...['--ingestion-endpoint', `localhost:${emulator.ingestion.port}`],
      ...['--wait', '2', ...args],
    ],
    { CORALOGIX_API_KEY: emulator.tokens.admin, CORALOGIX_TEAM_ID: String(emulator.teamId) },
  );

/** Every value that the emulator has ever disclosed, and the callers' keys. */
function secrets(): readonly string[] {
  const keys = [...emulator.store.keys(), ...emulator.store.deletedKeys()];
  return [...keys.flatMap(({ value }) => value ?? []), ...Object.values(emulator.tokens)];
}

describe('npm run conformance', () => {
  test('without an account it asks an emulator of its own, and writes what it saw', async () => {
    const json = path.join(folder, 'result.json');
    const { code, output } = await run(['--json', json]).ended;
    expect([code, output]).toEqual([0, expect.stringContaining('Asking an emulator of its own.')]);
    expect(output).toMatch(/\d+ agree, 0 differ, 0 undetermined\.\n$/u);
    const report = JSON.parse(await readFile(json, 'utf8')) as {
      service: string;
      probes: readonly object[];
    };
    expect(report.service).toBe('emulator');
    expect(report.probes[0]).toEqual({
      id: 'K01',
      assumption: 'Get of an id that no key has is NOT_FOUND.',
      mark: 'documented',
      source: 'https://github.com/coralogix/terraform-provider-coralogix',
      expected: ['NOT_FOUND'],
      seen: 'NOT_FOUND',
      detail: 'API key not found',
      verdict: 'agrees',
      rests_on: expect.any(String),
      safe_if_wrong: true,
      if_wrong: expect.any(String),
    });
  });

  test('in an account it does nothing unless somebody agrees', async () => {
    const { code, output } = await runThere().ended;
    expect(code).toBe(2);
    expect(output).toContain('There is nobody to ask whether that may be: say so with --yes.');
    expect(output).toContain(`In team ${emulator.teamId} at localhost:${emulator.port}`);
    expect(output).toContain(`localhost:${emulator.ingestion.port}: nothing is stored.`);
    expect(emulator.journal.attempts()).toBe(0);
    expect(emulator.ingestion.requests).toEqual([]);
  });

  test('in an account it leaves other keys alone, and prints and writes no secret', async () => {
    const { teamId, store } = emulator;
    const others = store.add({ teamId, name: 'of somebody else' });
    const json = path.join(folder, 'result.json');
    const { code, output } = await runThere('--yes', '--json', json).ended;
    expect([code, output]).toEqual([0, expect.stringMatching(/\d+ agree, 0 differ, /u)]);
    expect(store.keys()).toEqual(others);
    const texts = `${output}${await readFile(json, 'utf8')}`;
    expect(secrets().length).toBeGreaterThan(20);
    expect(secrets().filter((secret) => texts.includes(secret))).toEqual([]);
    // Neither what nobody but Create tells, as a hashed value is kept by nobody.
    expect(texts).not.toMatch(/cxtp_\w/u);
    expect((JSON.parse(await readFile(json, 'utf8')) as { service: string }).service).toBe('other');
  });

  test('killed half way, its next run cleans up', async () => {
    const { teamId, store } = emulator;
    const others = store.add({ teamId, name: 'of somebody else' });
    const { child, ended } = runThere('--yes');
    const stop = store.onCommit(({ kind }) => {
      if (kind === 'created' && store.deletedKeys().length > 3) child.kill('SIGKILL');
    });
    await ended;
    stop();
    const left = store.keys().filter(({ name }) => name.startsWith(namePrefix));
    expect(left).toHaveLength(1);
    const { code, output } = await runThere('--yes').ended;
    expect([code, output]).toEqual([
      0,
      expect.stringContaining('Deleted 1 keys that an earlier run had left behind.'),
    ]);
    expect(store.keys()).toEqual(others);
  });

  // On Windows a signal ends a process without asking it.
  const onPosix = process.platform === 'win32' ? test.skip : test;

  onPosix.each(['SIGINT', 'SIGTERM'] as const)(
    '%s ends it once its keys are deleted',
    async (signal) => {
      const { child, ended } = runThere('--yes');
      emulator.store.onCommit(({ kind }) => {
        if (kind === 'updated') child.kill(signal);
      });
      const { code, output } = await ended;
      expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
      expect(output).toContain(`${signal}: deleting the keys that were made.`);
      expect(output).toContain('undetermined');
      expect(emulator.store.keys()).toEqual([]);
    },
  );

  test.each<readonly [string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['a key only', ['--yes'], { CORALOGIX_API_KEY: 'k' }, 'CORALOGIX_TEAM_ID is missing'],
    [
      'a region that there is not',
      ['--yes'],
      { CORALOGIX_API_KEY: 'k', CORALOGIX_TEAM_ID: '1', CORALOGIX_REGION: 'XX' },
      'CORALOGIX_DOMAIN or CORALOGIX_REGION is missing or unknown (EU1,',
    ],
    [
      'the own team as the other one',
      ['--yes'],
      { CORALOGIX_API_KEY: 'k', CORALOGIX_TEAM_ID: '1', CORALOGIX_OTHER_TEAM_ID: '1' },
      'CORALOGIX_OTHER_TEAM_ID is no number of another team.',
    ],
    ['a wait without an end', ['--wait', 'long'], {}, '--wait must be a whole number of seconds'],
    [
      'an ingestion with a scheme',
      ['--ingestion-endpoint', 'https://a'],
      {},
      '--ingestion-endpoint must be HOST:PORT.',
    ],
    ['an endpoint with a scheme', ['--endpoint', 'https://a'], {}, '--endpoint must be HOST:PORT.'],
  ])('%s is a sentence, and exit code 2', async (_what, args, variables, sentence) => {
    const { code, output } = await run(args, variables).ended;
    expect([code, output]).toEqual([2, expect.stringContaining(sentence)]);
  });
});
