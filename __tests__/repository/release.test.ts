import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { whyNotTriggered } from '../../tools/job-runner/triggers.ts';
import { parseWorkflow } from '../../tools/job-runner/workflow-file.ts';
import { act, emulated } from '../e2e/harness.ts';
import { filesBelow } from '../support/archive.ts';
import { ReleaseRepository } from '../support/release-repository.ts';

/** The release workflow, tried as far as it can be without GitHub: its scripts, on a repository. */

const workflow = parseWorkflow(readFileSync('.github/workflows/release.yml', 'utf8'));
const made: ReleaseRepository[] = [];

afterAll(async () => {
  for (const { folder } of made.splice(0)) await rm(folder, { recursive: true, force: true });
});

/** A repository with versions that were committed and tagged one after the other, and nothing released. */
async function repositoryWith(...versions: readonly string[]): Promise<ReleaseRepository> {
  const repository = await ReleaseRepository.make(workflow);
  made.push(repository);
  for (const version of versions) {
    repository.commit(version);
    repository.tag(`v${version}`);
  }
  return repository;
}

/** Publishes a version that is tagged, as its run does. */
function publish(repository: ReleaseRepository, tag: string, options = {}): unknown {
  repository.checkout(tag);
  const { status, told } = repository.run('publish', tag, options);
  return status === 0 ? 'published' : told;
}

describe('a tag starts the release workflow', () => {
  const why = (ref: string): string | undefined =>
    whyNotTriggered(workflow.on, { name: 'push', payload: { ref } });

  test.each(['v1.2.3', 'v0.1.0', 'v10.20.30'])('%s', (tag) => {
    expect(why(`refs/tags/${tag}`)).toBeUndefined();
  });

  test.each(['v1', 'v1.2', 'v1.2.3-rc.1', 'v1.2.3.4', '1.2.3', 'vv1.2.3', 'v1x2x3'])(
    'unless it is %s',
    (tag) => {
      expect(why(`refs/tags/${tag}`)).toEqual(expect.any(String));
    },
  );

  test('and no branch does', () => {
    expect(why('refs/heads/v1.2.3')).toEqual(expect.any(String));
  });
});

// The workflow runs on Linux alone.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('before a release', () => {
  test.each([[[]], [['--annotate', '--message', 'One']]] as const)(
    'a tag on main with the version and with notes is right, made with %j',
    async (args) => {
      const repository = await repositoryWith();
      repository.commit('1.0.0');
      repository.tag('v1.0.0', ...args);
      repository.commit('1.1.0');
      repository.checkout('v1.0.0');
      expect(repository.run('verify', 'v1.0.0')).toEqual({ status: 0, told: '- It is 1.0.0.\n' });
    },
  );

  test('a tag on a branch for an older line is right', async () => {
    const repository = await repositoryWith('1.0.0', '2.0.0');
    repository.git('checkout', '--quiet', '-b', 'releases/v1', 'HEAD~1');
    repository.commit('1.0.1');
    repository.tag('v1.0.1');
    repository.checkout('v1.0.1');
    expect(repository.run('verify', 'v1.0.1')).toEqual({ status: 0, told: '- It is 1.0.1.\n' });
  });

  test('a tag on another branch is refused', async () => {
    const repository = await repositoryWith('1.0.0');
    repository.git('checkout', '--quiet', '-b', 'other');
    repository.commit('1.0.1');
    repository.tag('v1.0.1');
    repository.checkout('v1.0.1');
    expect(repository.run('verify', 'v1.0.1')).toEqual({
      status: 1,
      told: '::error::v1.0.1 is neither on main nor on a branch releases/….\n',
    });
  });

  test('a tag that is not the version of package.json is refused', async () => {
    const repository = await repositoryWith('1.0.0');
    repository.tag('v1.0.1');
    repository.checkout('v1.0.1');
    expect(repository.run('verify', 'v1.0.1')).toEqual({
      status: 1,
      told: '::error::The tag is v1.0.1, and package.json has 1.0.0.\n',
    });
  });

  test('a version without notes is refused', async () => {
    const repository = await repositoryWith();
    repository.commit('1.0.0', '');
    repository.tag('v1.0.0');
    repository.checkout('v1.0.0');
    const { status, told } = repository.run('verify', 'v1.0.0');
    expect(status).toBe(1);
    expect(told).toContain('::error::CHANGELOG.md has no notes for 1.0.0.');
  });
});

onLinux('a release', () => {
  test('is a draft until its archive is there, then public, and the major tag follows', async () => {
    const repository = await repositoryWith('1.0.0');
    expect(publish(repository, 'v1.0.0')).toBe('published');
    expect(repository.calls()).toEqual([
      'release view v1.0.0',
      'release create v1.0.0',
      'release upload v1.0.0',
      'release edit v1.0.0',
      'auth setup-git',
    ]);
    expect(repository.releases()).toEqual({
      'v1.0.0': {
        isDraft: false,
        isLatest: true,
        title: 'v1.0.0',
        notes: '- It is 1.0.0.\n',
        files: ['coralogix-api-keys-action-v1.0.0.tar.gz'],
      },
    });
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.0.0'));
  });

  test('attests files that are there, each of them', async () => {
    const repository = await repositoryWith('1.0.0');
    const folder = repository.checkout('v1.0.0');
    repository.run('publish', 'v1.0.0', { only: 'Pack' });
    const attested = repository.attested('v1.0.0');
    expect(attested).toEqual(['dist/*', 'coralogix-api-keys-action-v1.0.0.tar.gz']);
    const dist = await filesBelow(join(folder, 'dist'));
    // A star stands for files of this folder, and for none below it.
    expect(dist.filter((path) => path.includes('/'))).toEqual([]);
    expect(dist).toContain('index.js');
    expect((await stat(join(folder, attested[1] ?? 'none'))).isFile()).toBe(true);
  });

  test('has an archive that runs', async () => {
    const repository = await repositoryWith('1.0.0');
    const folder = repository.checkout('v1.0.0');
    repository.run('publish', 'v1.0.0', { only: 'Pack' });
    const unpacked = join(repository.folder, 'unpacked');
    await mkdir(unpacked);
    const archive = join(folder, 'coralogix-api-keys-action-v1.0.0.tar.gz');
    expect(spawnSync('tar', ['-xzf', archive, '-C', unpacked]).status).toBe(0);
    const actionFolder = join(unpacked, 'coralogix-api-keys-action');
    expect(await filesBelow(actionFolder)).not.toContain('README.md');
    const listed = await act(await emulated(), { operation: 'list' }, { actionFolder });
    expect(listed.outputs['count']).toBe('0');
  });

  test('that is published is left alone when its run is repeated', async () => {
    const repository = await repositoryWith('1.0.0');
    publish(repository, 'v1.0.0');
    const before = repository.releases();
    repository.calls();
    expect(publish(repository, 'v1.0.0')).toBe('published');
    expect(repository.calls()).toEqual(['release view v1.0.0', 'auth setup-git']);
    expect(repository.releases()).toEqual(before);
  });

  test.each(['upload', 'edit'])(
    'is made anew when %s has failed, by running again',
    async (fails) => {
      const repository = await repositoryWith('1.0.0');
      expect(publish(repository, 'v1.0.0', { fails })).toContain('error connecting');
      expect(repository.releases()['v1.0.0']?.isDraft).toBe(true);
      expect(repository.remoteTag('v1')).toBe('');
      repository.calls();
      expect(publish(repository, 'v1.0.0', { fails })).toBe('published');
      expect(repository.calls()).toContain('release delete v1.0.0');
      expect(repository.releases()['v1.0.0']).toMatchObject({
        isDraft: false,
        files: [expect.any(String)],
      });
    },
  );

  test('is not begun when GitHub does not say whether it is there', async () => {
    const repository = await repositoryWith('1.0.0');
    expect(publish(repository, 'v1.0.0', { fails: 'view' })).toContain('error connecting');
    expect(repository.calls()).toEqual(['release view v1.0.0']);
    expect(repository.releases()).toEqual({});
  });

  test('goes no further when its major tag could not be moved, and can be run again', async () => {
    const repository = await repositoryWith('1.0.0');
    expect(publish(repository, 'v1.0.0', { fails: 'setup-git' })).toContain('error connecting');
    expect(repository.releases()['v1.0.0']?.isDraft).toBe(false);
    expect(publish(repository, 'v1.0.0', { fails: 'setup-git' })).toBe('published');
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.0.0'));
  });
});

onLinux('the major tag', () => {
  test('moves forward, also from 1.9 to 1.10', async () => {
    const repository = await repositoryWith('1.9.0', '1.10.0');
    publish(repository, 'v1.9.0');
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.9.0'));
    publish(repository, 'v1.10.0');
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.10.0'));
  });

  test('does not move back when an older version is published later', async () => {
    const repository = await repositoryWith('1.2.0', '1.10.0');
    publish(repository, 'v1.10.0');
    expect(publish(repository, 'v1.2.0')).toBe('published');
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.10.0'));
    expect(repository.releases()['v1.2.0']).toMatchObject({ isDraft: false, isLatest: false });
  });

  test('does not wait for a newer version that is tagged, and was never published', async () => {
    const repository = await repositoryWith('1.0.0', '1.1.0');
    publish(repository, 'v1.0.0');
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.0.0'));
  });

  test('moves from a version with an annotated tag', async () => {
    const repository = await repositoryWith();
    for (const version of ['1.0.0', '1.1.0']) {
      repository.commit(version);
      repository.tag(`v${version}`, '--annotate', '--message', 'Annotated');
      publish(repository, `v${version}`);
    }
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.1.0'));
    publish(repository, 'v1.0.0');
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.1.0'));
  });

  test('does not move back from where somebody has put it by hand', async () => {
    const repository = await repositoryWith('1.0.0', '1.1.0');
    repository.tag('v1', '--annotate', '--message', 'By hand');
    publish(repository, 'v1.0.0');
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.1.0'));
  });

  test('knows nothing of previews, nor of other majors', async () => {
    const repository = await repositoryWith('1.0.0');
    repository.tag('v1.0.1-rc.1');
    repository.tag('v10.0.0');
    publish(repository, 'v1.0.0');
    repository.commit('1.0.1');
    repository.tag('v1.0.1');
    publish(repository, 'v1.0.1');
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.0.1'));
    expect(repository.remoteTag('v10')).toBe('');
  });

  test('stays where a newer release has put it meanwhile', async () => {
    const repository = await repositoryWith('1.0.0', '1.1.0', '1.2.0');
    publish(repository, 'v1.0.0');
    repository.checkout('v1.1.0');
    const remote = join(repository.folder, 'remote.git');
    // The other release moves it after this one has looked, once.
    const git = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    const elsewhere = `"${git}" --git-dir="${remote}" tag --force v1 v1.2.0`;
    const once = join(repository.folder, 'once');
    writeFileSync(
      join(repository.folder, 'bin', 'git'),
      `#!/bin/sh
"${git}" "$@" || exit
if [ "$1" = fetch ] && mkdir "${once}" 2>/dev/null; then ${elsewhere}; fi
`,
      { mode: 0o755 },
    );
    const { status, told } = repository.run('publish', 'v1.1.0');
    expect([status, told]).toEqual([0, expect.stringContaining('v1 stays at v1.2.0')]);
    expect(repository.remoteTag('v1')).toBe(repository.remoteTag('v1.2.0'));
  });
});
