import { mkdtemp, readFile, realpath, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { act, emulated } from '../e2e/harness.ts';
import { filesBelow, packed } from '../support/archive.ts';

/** What a runner downloads, and what GitHub offers as ZIP: the archive of the repository. */

let folder: string;
let archive: Awaited<ReturnType<typeof packed>>;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'archive-')));
  archive = await packed(process.cwd(), folder);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function text(path: string): Promise<string> {
  return readFile(join(archive.unpacked, path), 'utf8');
}

describe("GitHub's archive of the repository", () => {
  test('holds what a runner needs, and a page that says so, and nothing else', async () => {
    const files = await filesBelow(archive.unpacked);
    expect(files.filter((path) => !path.startsWith('dist/'))).toEqual([
      'LICENSE',
      'action.yml',
      'package.json',
    ]);
    const committed = await filesBelow('dist');
    expect(files.filter((path) => path.startsWith('dist/'))).toEqual(
      committed.map((path) => `dist/${path}`),
    );
    expect(committed).toEqual(expect.arrayContaining(['README.md', 'licenses.txt', 'index.js']));
  });

  test('weighs at most 400 KB', () => {
    expect(archive.bytes).toBeLessThanOrEqual(400_000);
  });

  test('has no link in its pages that leads nowhere', async () => {
    const pages = (await filesBelow(archive.unpacked)).filter((path) => path.endsWith('.md'));
    const links: string[] = [];
    const dead: string[] = [];
    for (const page of pages) {
      for (const [, link = ''] of (await text(page)).matchAll(/\]\(([^)\s]+)\)/gu)) {
        if (/^[a-z]+:/u.test(link)) continue;
        links.push(link);
        const target = join(archive.unpacked, dirname(page), link.replace(/#.*$/u, ''));
        if ((await stat(target).catch(() => undefined)) === undefined) dead.push(link);
      }
    }
    expect(links).not.toEqual([]);
    expect(dead).toEqual([]);
  });

  test('tells in its page where the rest is', async () => {
    const { homepage } = JSON.parse(await text('package.json')) as { readonly homepage: string };
    const [home = ''] = homepage.split('#');
    expect(await text('dist/README.md')).toContain(`<${home}>`);
  });

  test('runs, the step and the end of the job', async () => {
    const emulator = await emulated();
    const inputs = { operation: 'create', name: 'shop/from-archive', lifetime: 'job' };
    const given = { ...inputs, team_id: String(emulator.teamId) };
    const actionFolder = archive.unpacked;
    const made = await act(emulator, given, { actionFolder });
    expect([made.exitCode, made.outputs['created']]).toEqual([0, 'true']);
    const [key] = emulator.store.keys();
    expect(key?.active).toBe(true);
    const ended = await act(emulator, given, { actionFolder, phase: 'post', state: made.state });
    expect(ended.exitCode).toBe(0);
    expect(emulator.store.keys().map(({ active }) => active)).toEqual([false]);
  });
});
