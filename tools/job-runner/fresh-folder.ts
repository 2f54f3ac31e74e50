import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes an empty folder among the system's temporary ones.
 *
 * @param prefix how its name begins
 * @returns its real path: a process that runs in it sees the same one, also where the system's
 *          folder is a link (macOS) or has a short name (Windows)
 */
export async function freshFolder(prefix: string): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), prefix)));
}
