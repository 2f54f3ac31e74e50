import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The path of another module of this folder or near it, to be run as a program: compiled if this one
 * is, and as TypeScript if not, which Node 24 takes by itself.
 *
 * @param name relative to this folder, with `/`, without its ending
 */
export function beside(name: string): string {
  return fileURLToPath(new URL(`${name}${extname(import.meta.url)}`, import.meta.url));
}
