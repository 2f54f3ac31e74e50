import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { node24Path } from '../../../tools/job-runner/node24.ts';

const main = fileURLToPath(new URL('../../../tools/workflow/main.ts', import.meta.url));
const project = fileURLToPath(new URL('../../../', import.meta.url));

/** How `npm run workflow` ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command line as it stands: Node 24 takes TypeScript by itself.
 *
 * @param args   after `npm run workflow --`
 * @param folder where it is called, as npm tells it; by default this project's
 */
export async function workflow(args: readonly string[], folder = project): Promise<Ended> {
  const child = spawn(node24Path(), [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, INIT_CWD: folder },
    timeout: 120_000,
    killSignal: 'SIGKILL',
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

/** What stands under a name in the margin of the last part, unwrapped: `active ID NAME`. */
export function atTheEnd(stdout: string, name: 'keys' | 'on GitHub'): readonly string[] {
  const lines = (stdout.split('━━ At the end')[1] ?? '').split('\n').slice(1);
  const found: string[] = [];
  let current = '';
  for (const line of lines) {
    const [, label = '', said = ''] = /^ {3}(.{16})│ (.*)$/u.exec(line) ?? [];
    if (label.trim() !== '') current = label.trim();
    if (said !== '' && current === name) found.push(said);
  }
  return found;
}

/** Of `active ID NAME`, what can be foretold: `NAME: active`. */
export function states(keys: readonly string[]): readonly string[] {
  return keys
    .map((line) => /^(\w+) +\S+ {2}(.*)$/u.exec(line))
    .map((found) => `${found?.[2] ?? ''}: ${found?.[1] ?? ''}`)
    .sort();
}
