import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/** Whose the repository is: `repository` in package.json says it, and everything else follows. */

// Not written as one word: it would be replaced here, too.
const placeholder = ['example-org', 'coralogix-api-keys-action'].join('/');
const slug = /github\.com\/([^/]+\/[^/]+?)(?:\.git)?$/u;

interface Manifest {
  readonly repository: { readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
}

async function manifestIn(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function git(folder: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** The texts that are committed, or will be. */
async function texts(folder: string): Promise<ReadonlyMap<string, string>> {
  const listed = git(folder, 'ls-files', '-z', '--cached', '--others', '--exclude-standard');
  const found = new Map<string, string>();
  for (const path of listed.split('\0').filter((each) => each !== '')) {
    const text = await readFile(join(folder, path), 'utf8').catch(() => '\0');
    if (!text.includes('\0')) found.set(path, text);
  }
  return found;
}

describe('every file', () => {
  test('that names a repository of this name means that of package.json', async () => {
    const { url } = (await manifestIn('.')).repository;
    const ours = slug.exec(url)?.[1] ?? 'none';
    const name = ours.split('/')[1] ?? 'none';
    const mention = new RegExp(`[\\w.-]+/${name}(?![\\w-])`, 'gu');
    const others: string[] = [];
    let ourMentions = 0;
    for (const [path, text] of await texts('.')) {
      for (const [found] of text.matchAll(mention)) {
        if (found === ours || found === `${ours}.git`) ourMentions += 1;
        else others.push(`${path}: ${found}`);
      }
    }
    expect(others).toEqual([]);
    expect(ourMentions).toBeGreaterThan(30);
  });

  test('is free of the placeholder, once package.json names an owner', async () => {
    const ours = slug.exec((await manifestIn('.')).repository.url)?.[1];
    const left = [...(await texts('.'))].flatMap(([path, text]) =>
      text.includes(placeholder) ? path : [],
    );
    if (ours === placeholder) expect(left).toContain('README.md');
    else expect(left).toEqual([]);
  });

  test('of package.json that leads to GitHub leads to one repository', async () => {
    const { repository, homepage, bugs } = await manifestIn('.');
    const home = `https://github.com/${slug.exec(repository.url)?.[1] ?? ''}`;
    expect([homepage, bugs.url]).toEqual([`${home}#readme`, `${home}/issues`]);
  });
});

describe('npm run owner', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'owner-'));
    for (const [path] of await texts('.')) await cp(path, join(folder, path));
    git(folder, 'init', '--quiet');
    git(folder, 'add', '--all');
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  function owner(...args: readonly string[]): { status: number | null; told: string } {
    const script = join(process.cwd(), 'scripts', 'owner.mjs');
    const ran = spawnSync(process.execPath, [script, ...args], { cwd: folder, encoding: 'utf8' });
    return { status: ran.status, told: ran.stdout + ran.stderr };
  }

  test.each([
    [[], 'Say which repository'],
    [['my-org'], 'Say which repository'],
    [['https://github.com/my-org/my-repo'], 'Say which repository'],
    [['-bad/name'], 'Say which repository'],
    [['bad/name', 'me'], 'me is no reviewer'],
  ])('changes nothing when it is told %j', (args, told) => {
    expect(owner(...args)).toEqual({ status: 1, told: expect.stringContaining(told) });
    expect(git(folder, 'diff', '--name-only')).toBe('');
  });

  test('leaves no placeholder, and changes nothing else', async () => {
    const before = await texts(folder);
    const present = slug.exec((await manifestIn(folder)).repository.url)?.[1] ?? 'none';
    expect(owner('my-company/its-keys')).toMatchObject({ status: 0 });
    const after = await texts(folder);
    const blank = (text = ''): string => text.replaceAll(/[\s|-]/gu, '');
    for (const [path, text] of after) {
      expect([path, text.includes(present)]).toEqual([path, false]);
      if (path === '.github/CODEOWNERS') continue;
      const expected = before.get(path)?.replaceAll(present, 'my-company/its-keys');
      expect([path, blank(text) === blank(expected)]).toEqual([path, true]);
    }
    expect(after.get('README.md')).toContain('uses: my-company/its-keys@v1');
    expect(after.get('package.json')).toContain('git+https://github.com/my-company/its-keys.git');
    expect(after.get('.github/CODEOWNERS')).toContain('\n* @my-company/maintainers\n');
  });

  test('leaves files that Prettier has nothing to say about', () => {
    const changed = git(folder, 'diff', '--name-only', '-z').split('\0').filter(Boolean);
    const prettier = join(process.cwd(), 'node_modules', 'prettier', 'bin', 'prettier.cjs');
    const args = [prettier, '--check', '--ignore-unknown', ...changed];
    const ran = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, '']);
  });

  test('can be run again, for another owner, and other reviewers', async () => {
    expect(owner('me/keys', '@me', '@my-company/team')).toMatchObject({ status: 0 });
    const after = await texts(folder);
    for (const [path, text] of after) {
      expect([path, text.includes('my-company/its-keys')]).toEqual([path, false]);
    }
    expect(after.get('.github/CODEOWNERS')).toContain('\n* @me @my-company/team\n');
    expect(after.get('SECURITY.md')).toContain('--repo me/keys');
  });
});
