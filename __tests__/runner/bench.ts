import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, jest } from '@jest/globals';
import type { Outcome } from '../../src/operations/operation.ts';
import type { Key } from '../../src/core/ports.ts';
import { bareKey } from '../support/key.ts';

/** A folder that is gone after the tests. */
export const folder = mkdtempSync(join(tmpdir(), 'step-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Makes an empty file, as the runner does. */
export function emptyFile(name: string): string {
  const path = join(folder, name);
  writeFileSync(path, '');
  return path;
}

/** What some work prints to the runner. */
export function printed(work: () => void): string {
  const parts: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((part) => {
    parts.push(String(part));
    return true;
  });
  try {
    work();
  } finally {
    write.mockRestore();
  }
  return parts.join('');
}

/** The outputs in a file, as the runner reads them: heredocs only, which is what the toolkit writes. */
export function outputsIn(path: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const heredoc = /^([^\r\n<]+)<<(\S+)\r?\n([\s\S]*?)\r?\n\2\r?$/gmu;
  for (const [, name = '', , value = ''] of readFileSync(path, 'utf8').matchAll(heredoc)) {
    found[name] = value;
  }
  return found;
}

/** A key, but for what is said otherwise. */
export function key(some: Partial<Key> = {}): Key {
  return bareKey({
    owner: { kind: 'team', teamId: 4001 },
    presets: [{ name: 'SendData', permissions: ['logs.data-ingress:SendData'] }],
    ...some,
  });
}

/** An outcome in which nothing happened, but for what is said otherwise. */
export function outcome(some: Partial<Outcome> = {}): Outcome {
  return { sentence: 'Done.', gist: 'done', created: false, changed: false, keyIds: [], ...some };
}
