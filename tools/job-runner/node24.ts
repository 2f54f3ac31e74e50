import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The path of a Node 24, the runtime that `runs.using: node24` names: the one that the development
 * dependency `node` brings, or else this process's own when it is a Node 24 itself (npm can be told
 * not to run the install script that fetches the other).
 *
 * @throws Error when there is neither
 */
export function node24Path(): string {
  const brought = broughtPath();
  if (brought !== undefined && existsSync(brought)) return brought;
  if (process.versions.node.startsWith('24.')) return process.execPath;
  throw new Error(
    'No Node 24 to run the action on: the install script of the package "node" has not run. ' +
      'Run "npm rebuild node", or use Node 24 for this command too.',
  );
}

function broughtPath(): string | undefined {
  try {
    const home = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    return join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    // Installed without development dependencies.
    return undefined;
  }
}
