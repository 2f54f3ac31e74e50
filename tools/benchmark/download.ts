import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { projectFolder } from '../job-runner/action-file.ts';
import type { Section } from './section.ts';

const mostKb = 400;

/** Weighs what a runner downloads: GitHub's archive of the last commit, without what it leaves out. */
export async function download(): Promise<Section> {
  const { stdout } = await promisify(execFile)('git', ['archive', '--format=tar.gz', 'HEAD'], {
    cwd: projectFolder(),
    encoding: 'buffer',
    maxBuffer: 1e9,
  });
  const kb = stdout.length / 1000;
  return {
    figures: { bytes: stdout.length },
    tables: [],
    goals: [
      {
        what: 'Download: GitHub’s archive of the repository, gzipped',
        limit: `at most ${mostKb} KB`,
        measured: `${kb.toFixed(0)} KB`,
        isMet: kb <= mostKb,
      },
    ],
  };
}
