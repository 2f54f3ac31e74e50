import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A file of the project.
 *
 * @param path below the project's folder
 * @returns its text, with line feeds whatever git has made of them
 */
export async function page(path: string): Promise<string> {
  return (await readFile(join(root, path), 'utf8')).replaceAll('\r\n', '\n');
}

/** The paths of all files of the project, also new ones, whose names end so; with slashes, sorted. */
export async function pathsEndingWith(ending: string): Promise<readonly string[]> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', `*${ending}`];
  const { stdout } = await promisify(execFile)('git', args, { cwd: root });
  const paths = stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
  return [...new Set(paths)].sort();
}

/** The workflows that a page shows whole: its blocks of `yaml`. One of `yml` shows a part. */
export function workflowsOf(text: string): readonly string[] {
  return Array.from(text.matchAll(/^```yaml\n([\s\S]*?)^```$/gmu), ([, block = '']) => block);
}
