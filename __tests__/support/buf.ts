import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

// The launcher of the package, run by Node itself: on Windows a file in .bin would need a shell.
const launcher = createRequire(import.meta.url).resolve('@bufbuild/buf/bin/buf');

/**
 * Runs `buf`: a compiler of `.proto` files and a gRPC client of somebody else.
 *
 * @param args as after `buf` in a shell
 * @returns what it prints
 */
export async function buf(args: readonly string[]): Promise<Buffer> {
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, ...args], {
    // Each byte a character, so that what it says of a mistake is text.
    encoding: 'latin1',
    // It keeps a cache in the home, which may be one that nobody can write to.
    env: { ...process.env, BUF_CACHE_DIR: join(tmpdir(), 'buf-cache') },
  });
  return Buffer.from(stdout, 'latin1');
}
