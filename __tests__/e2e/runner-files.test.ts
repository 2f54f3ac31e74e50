import { afterAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Emulator } from '../../tools/emulator/index.ts';
import { node24Path } from '../../tools/job-runner/index.ts';
import { connection, emulated, told } from './harness.ts';
import { life, type Life } from './life.ts';

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'runner-'));
  folders.push(folder);
  return folder;
}

/** Ways in which a file of the runner can be missing or not writable, for whatever user. */
const broken: Readonly<Record<string, () => Promise<string | undefined>>> = {
  'is not set': () => Promise.resolve(undefined),
  'is empty': () => Promise.resolve(''),
  'names a file that is not there': async () => join(await freshFolder(), 'none'),
  'names a folder that is not there': async () => join(await freshFolder(), 'none', 'file'),
  'names a folder': freshFolder,
};

/** No key that anybody could have the value of is left: what was made was taken back. */
function activeKeys({ emulator }: Life): readonly string[] {
  return emulator.store.keys().flatMap(({ name, active }) => (active ? [name] : []));
}

describe.each(['GITHUB_OUTPUT', 'GITHUB_STATE'])('when %s', (variable) => {
  test.concurrent.each(Object.entries(broken))(
    '%s, nothing is sent, and the step says why',
    async (_, make) => {
      const one = await life();
      const env = { [variable]: await make() };
      const run = await one.run({ operation: 'create' }, { env, debug: true });
      expect(run.exitCode).toBe(1);
      expect(told(run)).toContain(variable);
      expect(one.emulator.journal.connections).toBe(0);
    },
  );
});

describe('when GITHUB_STEP_SUMMARY', () => {
  test.concurrent.each(Object.entries(broken))('%s, the step succeeds', async (_, make) => {
    const one = await life();
    const env = { GITHUB_STEP_SUMMARY: await make() };
    const run = await one.run({ operation: 'create' }, { env });
    expect(run.exitCode).toBe(0);
    expect(run.outputs['key_id']).toBe(one.emulator.store.keys()[0]?.id);
    expect(run.log).toContain('The job summary could not be written.');
  });
});

// A device that takes nothing, as a full disk does, is there on Linux only.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('on a full disk', () => {
  const full = '/dev/full';

  test.concurrent.each([
    [{ operation: 'create', name: 'own' }, [], 'deactivated'],
    [{ operation: 'create', name: 'own', retire: 'delete' }, [], 'deleted'],
    [{ operation: 'create', name: 'own', lifetime: 'job' }, [], 'deactivated'],
    [{ operation: 'create', name: 'own', hashed: 'true' }, [], 'deactivated'],
    [{ operation: 'ensure', name: 'own' }, [], 'deactivated'],
    [{ operation: 'rotate', name: 'old' }, ['old'], 'deactivated'],
    [{ operation: 'rotate', name: 'old', retire_when: 'now' }, ['old'], 'deactivated'],
  ] as const)(
    '%j takes back the key whose value cannot be handed out, and prints it nowhere',
    async (inputs, left, fate) => {
      const one = await life();
      if (inputs.name === 'old') one.seed({ name: 'old' });
      const job = one.step(inputs);
      const run = await job.main({ env: { GITHUB_OUTPUT: full }, debug: true });
      expect(run.exitCode).toBe(1);
      expect(told(run)).toMatch(
        new RegExp(`The key [0-9a-f-]{36} that this run made was ${fate}`, 'u'),
      );
      expect(told(run)).toContain('GITHUB_OUTPUT');
      expect(activeKeys(one)).toEqual(left);
      const jobEnd = await job.jobEnd('failure');
      expect(jobEnd.exitCode).toBe(0);
      expect(activeKeys(one)).toEqual(left);
    },
  );

  test.concurrent('an `ensure` that found the key leaves it alone', async () => {
    const one = await life({ discloseValues: 'always' });
    one.seed();
    const run = await one.run({ operation: 'ensure' }, { env: { GITHUB_OUTPUT: full } });
    expect(run.exitCode).toBe(1);
    expect(one.active()).toHaveLength(1);
    expect(one.emulator.journal.attempts()).toBe(1);
  });

  test.concurrent.each([
    { operation: 'ensure' },
    { operation: 'rotate' },
    { operation: 'create', lifetime: 'job' },
  ])('%j makes no key that the job end would not know of', async (inputs) => {
    const one = await life();
    const run = await one.run(inputs, { env: { GITHUB_STATE: full } });
    expect(run.exitCode).toBe(1);
    expect(run.outputs).toEqual({ error_kind: 'runner' });
    expect(told(run)).toContain('GITHUB_STATE');
    expect(one.emulator.store.keys()).toEqual([]);
  });

  test.concurrent('a summary that cannot be written is no failure', async () => {
    const one = await life();
    const run = await one.run({ operation: 'create' }, { env: { GITHUB_STEP_SUMMARY: full } });
    expect(run.exitCode).toBe(0);
  });
});

/** Starts the bundle with nothing around it, its output going where it is told. */
async function bare(
  emulator: Emulator,
  inputs: Readonly<Record<string, string>>,
  stdout: 'pipe' | number,
): Promise<ChildProcess> {
  const folder = await freshFolder();
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STATE: join(folder, 'state') };
  for (const path of Object.values(files)) await writeFile(path, '');
  const given = Object.entries({ ...connection(emulator), ...inputs });
  return spawn(
    node24Path(),
    [join(process.env['ACTION_FOLDER'] ?? process.cwd(), 'dist', 'index.js')],
    {
      env: {
        ...files,
        RUNNER_TEMP: folder,
        ...Object.fromEntries(given.map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
      },
      stdio: ['ignore', stdout, 'inherit'],
    },
  );
}

onLinux('where nothing can be printed', () => {
  test('no value is handed out that nothing would mask, and the step ends', async () => {
    const emulator = await emulated();
    const full = await open('/dev/full', 'w');
    const inputs = { operation: 'create', name: 'n', team_id: String(emulator.teamId) };
    const child = await bare(emulator, inputs, full.fd);
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
    await full.close();
    expect(emulator.store.keys().map(({ active }) => active)).toEqual([false]);
  });
});

test('no mask is lost on a runner that takes its time to read', async () => {
  const emulator = await emulated({ discloseValues: 'always' });
  const many = 5000;
  emulator.store.seed(many, 'shop/', { teamId: emulator.teamId });
  const child = await bare(emulator, { operation: 'list' }, 'pipe');
  const ended = new Promise((resolve) => child.once('close', resolve));
  await sleep(3000);
  let text = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (chunk: string) => (text += chunk));
  expect(await ended).toBe(0);
  expect(text.match(/^::add-mask::cxtp_/gmu)).toHaveLength(many);
  expect(text).toMatch(new RegExp(`\nFound ${many} Send-Your-Data keys`, 'u'));
});
