import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Packs the work tree as it stands as GitHub packs a commit, without what `.gitattributes` leaves out, and
 * unpacks it. Writes nothing into the repository: index and objects are in the folder, too.
 *
 * @param project the repository's folder
 * @param folder  an empty folder
 * @returns the unpacked archive's folder, and how many bytes the archive has
 */
export async function packed(
  project: string,
  folder: string,
): Promise<{ readonly unpacked: string; readonly bytes: number }> {
  const git = async (...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, ...(await apart()) };
    return (await run('git', args, { cwd: project, env })).stdout.trim();
  };
  const apart = async (): Promise<Readonly<Record<string, string>>> => {
    const where = ['rev-parse', '--path-format=absolute', '--git-path', 'objects'];
    const { stdout } = await run('git', where, { cwd: project });
    return {
      GIT_INDEX_FILE: join(folder, 'index'),
      GIT_OBJECT_DIRECTORY: join(folder, 'objects'),
      GIT_ALTERNATE_OBJECT_DIRECTORIES: stdout.trim(),
    };
  };
  const unpacked = join(folder, 'unpacked');
  const archive = join(folder, 'archive.tar.gz');
  await mkdir(join(folder, 'objects'));
  await mkdir(unpacked);
  await git('read-tree', 'HEAD');
  await git('add', '--all');
  await git('archive', '--format=tar.gz', `--output=${archive}`, await git('write-tree'));
  await run('tar', ['-xzf', archive, '-C', unpacked]);
  return { unpacked, bytes: (await stat(archive)).size };
}

/** All files below a folder, as paths relative to it, with slashes, sorted. */
export async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
}
