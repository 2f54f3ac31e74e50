import { afterAll, expect, test } from '@jest/globals';
import { cp, mkdtemp, readdir, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Emulator } from '../../tools/emulator/index.ts';
import { status } from '../support/status.ts';
import { act, emulated } from './harness.ts';

const folders: string[] = [];

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function emptyFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'bundle-')));
  folders.push(folder);
  return folder;
}

const project = process.env['ACTION_FOLDER'] ?? process.cwd();

/** The action and nothing around it: no sources, no packages, no schemas. */
async function alone(): Promise<string> {
  const folder = await emptyFolder();
  await cp(join(project, 'action.yml'), join(folder, 'action.yml'));
  await cp(join(project, 'dist'), join(folder, 'dist'), { recursive: true });
  return folder;
}

/** Runs the action, and tells which of its files were loaded, in order. */
async function filesLoaded(
  emulator: Emulator,
  inputs: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const list = join(await emptyFolder(), 'loaded.txt');
  const hook = pathToFileURL(join(process.cwd(), '__tests__', 'support', 'loaded-files.mjs'));
  await act(emulator, inputs, {
    nodeArguments: ['--import', hook.href],
    env: { LOADED_FILES: list },
  });
  const text = await readFile(list, 'utf8');
  return text.split('\n').flatMap((path) => (path === '' ? [] : [basename(path)]));
}

test('the bundle works with nothing beside it but its action.yml', async () => {
  const emulator = await emulated();
  const actionFolder = await alone();
  const made = await act(
    emulator,
    { operation: 'create', name: 'shop/alone', team_id: String(emulator.teamId) },
    { actionFolder },
  );
  expect(made.exitCode).toBe(0);
  // The details of a status are decoded by a second schema.
  emulator.inject({ fault: { kind: 'status', code: status.RESOURCE_EXHAUSTED, retryDelayMs: 10 } });
  const listed = await act(emulator, { operation: 'list' }, { actionFolder });
  expect(listed.outputs['count']).toBe('1');
});

test('a step with wrong inputs loads neither the transport nor GitHub’s client', async () => {
  const emulator = await emulated();
  expect(await filesLoaded(emulator, { operation: 'list', api_key: undefined })).toEqual([
    'index.js',
  ]);
});

test('a step that needs the service alone loads neither GitHub’s client nor encryption', async () => {
  const parts = ['ApiKeysService', 'octokit', 'x25519', 'undici'];
  const everything = await partsIn(await readdir(join(project, 'dist')), parts);
  expect(everything).toEqual(expect.arrayContaining(['ApiKeysService', 'octokit', 'x25519']));
  const emulator = await emulated();
  for (const inputs of [{ operation: 'list' }, { operation: 'get', name: 'shop/none' }]) {
    const loaded = await filesLoaded(emulator, inputs);
    expect(loaded[0]).toBe('index.js');
    expect(await partsIn(loaded, parts)).toEqual(['ApiKeysService']);
  }
});

test('a step loads what asks the ingestion only where a key is to be proven', async () => {
  const parts = ['ExportLogsServiceRequest', 'Sending an export', 'the key of an empty request'];
  expect(await partsIn(await readdir(join(project, 'dist')), parts)).toEqual(parts);
  const emulator = await emulated();
  const making = {
    ...{ operation: 'create', name: 'shop/proven', team_id: String(emulator.teamId) },
    ingestion_endpoint: emulator.ingestion.endpoint,
  };
  const without = await filesLoaded(emulator, making);
  expect(await partsIn(without, parts)).toEqual([]);
  const loaded = await filesLoaded(emulator, { ...making, verify: 'true' });
  expect(await partsIn(loaded, parts)).toEqual(parts);
  expect(loaded).toEqual(expect.arrayContaining([...without]));
  expect(emulator.ingestion.requests.map(({ outcome }) => outcome)).toEqual([
    ...['OK', 'UNAUTHENTICATED'],
  ]);
});

/** Which words, each the mark of a library or of a part of ours, stand in these files of the bundle. */
async function partsIn(files: readonly string[], words: readonly string[]): Promise<string[]> {
  const scripts = files.filter((name) => name.endsWith('.js'));
  const texts = await Promise.all(
    scripts.map((name) => readFile(join(project, 'dist', name), 'utf8')),
  );
  return words.filter((word) => texts.some((text) => text.includes(word)));
}
