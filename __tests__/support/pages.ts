import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where no page of ours is: what others made, and what is made of ours. */
const passedOver = new Set(['node_modules', '.git', 'build', 'coverage']);

/**
 * A file of the project.
 *
 * @param path below the project's folder
 * @returns its text, with line feeds whatever git has made of them
 */
export async function page(path: string): Promise<string> {
  return (await readFile(join(root, path), 'utf8')).replaceAll('\r\n', '\n');
}

/** The paths of all files below the project's folder whose names end so, with slashes, sorted. */
export async function pathsEndingWith(ending: string): Promise<readonly string[]> {
  const found: string[] = [];
  const look = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !passedOver.has(entry.name)) await look(path);
      else if (entry.isFile() && entry.name.endsWith(ending)) found.push(path);
    }
  };
  await look('');
  return found.sort();
}

/** The workflows that a page shows whole: its blocks of `yaml`. One of `yml` shows a part. */
export function workflowsOf(text: string): readonly string[] {
  return Array.from(text.matchAll(/^```yaml\n([\s\S]*?)^```$/gmu), ([, block = '']) => block);
}
