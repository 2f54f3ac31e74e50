import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { JobFile, WorkflowFile } from '../../tools/job-runner/workflow-file.ts';
import { shellPath } from '../../tools/job-runner/script-step.ts';

/** What a step of the release workflow came to. */
export interface Ran {
  readonly status: number | null;
  /** Both outputs. */
  readonly told: string;
}

/** A release on GitHub, as the stand-in for its command line keeps it. */
export interface Release {
  readonly isDraft: boolean;
  readonly isLatest?: boolean;
  readonly title: string;
  readonly notes: string;
  readonly files: readonly string[];
}

const who = ['user.name=Somebody', 'user.email=somebody@example.com', 'commit.gpgsign=false'];
const settings = [...who, 'tag.gpgsign=false', 'init.defaultBranch=main', 'gc.auto=0'];

/**
 * A repository with a remote, in which the scripts of the release workflow run as GitHub runs them, with a
 * stand-in for GitHub's command line. What the workflow packs and reads is this project's own.
 */
export class ReleaseRepository {
  readonly folder: string;
  readonly #work: string;
  readonly #workflow: WorkflowFile;

  private constructor(folder: string, workflow: WorkflowFile) {
    this.folder = folder;
    this.#work = join(folder, 'work');
    this.#workflow = workflow;
  }

  /** Makes one without a commit. */
  static async make(workflow: WorkflowFile): Promise<ReleaseRepository> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'release-')));
    const made = new ReleaseRepository(folder, workflow);
    await mkdir(join(folder, 'bin'));
    const gh = `#!/bin/sh\nexec "${process.execPath}" "${resolve('__tests__/support/gh.mjs')}" "$@"\n`;
    await writeFile(join(folder, 'bin', 'gh'), gh);
    chmodSync(join(folder, 'bin', 'gh'), 0o755);
    await mkdir(made.#work);
    const remote = join(folder, 'remote.git');
    made.git('init', '--quiet', '--bare', remote);
    made.git('init', '--quiet');
    made.git('remote', 'add', 'origin', remote);
    for (const path of [
      'action.yml',
      'LICENSE',
      'README.md',
      '.gitattributes',
      'dist',
      'scripts',
    ]) {
      await cp(path, join(made.#work, path), { recursive: true });
    }
    return made;
  }

  /** Runs git in the work tree; its output. */
  git(...args: readonly string[]): string {
    const all = [...settings.flatMap((each) => ['-c', each]), ...args];
    const ran = spawnSync('git', all, { cwd: this.#work, encoding: 'utf8', env: this.#env({}) });
    if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout.trim();
  }

  /** Commits a version, with its notes, on the branch that is checked out, and pushes that. */
  commit(version: string, notes = `- It is ${version}.`): void {
    const manifest = readFileSync('package.json', 'utf8').replace(
      /"version": "[^"]+"/u,
      `"version": "${version}"`,
    );
    const changes = join(this.#work, 'CHANGELOG.md');
    const older = existsSync(changes)
      ? readFileSync(changes, 'utf8').split('## Unreleased')[1]
      : '';
    writeFileSync(join(this.#work, 'package.json'), manifest);
    const section = notes === '' ? '' : `\n\n## ${version} (2026-12-01)\n\n${notes}`;
    writeFileSync(changes, `# Changes\n\n## Unreleased${section}${older}`);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message', `Release ${version}`);
    this.git('push', '--quiet', 'origin', 'HEAD');
  }

  /** Tags the commit that is checked out, and pushes the tag. */
  tag(name: string, ...args: readonly string[]): void {
    this.git('tag', ...args, name);
    this.git('push', '--quiet', 'origin', `refs/tags/${name}`);
  }

  /** What a tag of the remote points at, a commit. */
  remoteTag(name: string): string {
    const lines = this.git('ls-remote', 'origin', `refs/tags/${name}`, `refs/tags/${name}^{}`);
    return lines.split('\n').at(-1)?.split('\t')[0] ?? '';
  }

  /** The releases, by tag. */
  releases(): Readonly<Record<string, Release>> {
    const state = join(this.folder, 'releases.json');
    if (!existsSync(state)) return {};
    return JSON.parse(readFileSync(state, 'utf8')) as Record<string, Release>;
  }

  /** What GitHub's command line was asked, in order, since the last time. */
  calls(): readonly string[] {
    const calls = join(this.folder, 'calls.txt');
    const text = existsSync(calls) ? readFileSync(calls, 'utf8') : '';
    writeFileSync(calls, '');
    return text.split('\n').flatMap((line) => {
      const words = line === '' ? [] : (JSON.parse(line) as readonly string[]);
      return words.length === 0 ? [] : words.slice(0, 3).join(' ');
    });
  }

  /** The files that a step of the workflow attests, as they stand in the checkout. */
  attested(tag: string): readonly string[] {
    const job = this.#job('publish');
    const step = job.steps.find(({ uses }) => uses?.startsWith('actions/attest@'));
    const archive = this.#variables(job, tag)['ARCHIVE'] ?? '';
    return (step?.with['subject-path'] ?? '')
      .split('\n')
      .flatMap((line) => line.trim().replace('${{ env.ARCHIVE }}', archive) || []);
  }

  /** Checks a tag out as actions/checkout does with `fetch-depth: 0`: every branch, every tag. */
  checkout(tag: string): string {
    const folder = join(this.folder, 'checkout');
    spawnSync('rm', ['-rf', folder]);
    const remote = join(this.folder, 'remote.git');
    this.git('clone', '--quiet', '--no-checkout', remote, folder);
    this.git('-C', folder, 'checkout', '--quiet', '--detach', `refs/tags/${tag}`);
    return folder;
  }

  /**
   * Runs the scripts of a job for a tag, in order, until one fails. Steps that use an action, or npm, are
   * left out.
   *
   * @param only  the one step to run
   * @param fails commands of gh that fail once
   */
  run(id: string, tag: string, { only = '', fails = '' } = {}): Ran {
    const job = this.#job(id);
    const cwd = join(this.folder, 'checkout');
    let told = '';
    for (const { name = '', run = '', env } of job.steps) {
      if (run === '' || /^(?:npm|node) /u.test(run) || !name.startsWith(only)) continue;
      const script = join(this.folder, 'script.sh');
      writeFileSync(script, run);
      const given = { ...this.#variables(job, tag), ...env, GH_FAILS: fails };
      // As GitHub starts `shell: bash`: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
      const args = ['--noprofile', '--norc', '-eo', 'pipefail', script];
      const ran = spawnSync(shellPath('bash'), args, {
        cwd,
        encoding: 'utf8',
        env: this.#env(given),
      });
      told += ran.stdout + ran.stderr;
      if (ran.status !== 0) return { status: ran.status, told };
    }
    return { status: 0, told };
  }

  #job(id: string): JobFile {
    const job = this.#workflow.jobs.find((each) => each.id === id);
    if (job === undefined) throw new Error(`There is no job ${id}.`);
    return job;
  }

  #variables(job: JobFile, tag: string): Readonly<Record<string, string>> {
    const filled: Record<string, string> = { GITHUB_REF_NAME: tag };
    for (const [name, text] of Object.entries(job.env)) {
      filled[name] = text.replace('${{ github.ref_name }}', tag);
    }
    return filled;
  }

  #env(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    return {
      PATH: [join(this.folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(':'),
      HOME: this.folder,
      GIT_CONFIG_NOSYSTEM: '1',
      RUNNER_TEMP: this.folder,
      GH_STATE: join(this.folder, 'releases.json'),
      GH_CALLS: join(this.folder, 'calls.txt'),
      ...more,
    };
  }
}
