import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import { checkRunnerFiles } from '../../src/runner/files.ts';
import { emptyFile, folder } from './bench.ts';

const good = { GITHUB_OUTPUT: emptyFile('output'), GITHUB_STATE: emptyFile('state') };

function failure(environment: Readonly<Record<string, string | undefined>>): Failure {
  try {
    checkRunnerFiles(environment);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
  }
  throw new Error('no Failure');
}

/** Does something without the rights of root, who may write what is read-only. */
function asNobodySpecial<T>(work: () => T): T {
  if (process.getuid?.() !== 0) return work();
  const nobody = 65534;
  chmodSync(folder, 0o755);
  for (const path of Object.values(good)) chmodSync(path, 0o666);
  process.seteuid?.(nobody);
  try {
    // What follows says something only where all else can be written.
    checkRunnerFiles(good);
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

test('files that can be written are left as they are', () => {
  writeFileSync(good.GITHUB_OUTPUT, 'earlier=1\n');
  checkRunnerFiles(good);
  expect(readFileSync(good.GITHUB_OUTPUT, 'utf8')).toBe('earlier=1\n');
});

describe.each(['GITHUB_OUTPUT', 'GITHUB_STATE'])('%s', (variable) => {
  test.each([
    ['not set', undefined, /is not set\.$/u],
    ['empty', '', /is not set\.$/u],
    ['no file', join(folder, 'nowhere', 'x'), /cannot be written \(ENOENT\)\.$/u],
    ['not made', join(folder, 'absent'), /cannot be written \(ENOENT\)\.$/u],
    ['no path', 'a\u0000b', /cannot be written \(ERR_INVALID_ARG_VALUE\)\.$/u],
  ])('that is %s stops the step before anything is sent', (_what, path, expected) => {
    const { kind, message, hint } = failure({ ...good, [variable]: path });
    expect(kind).toBe('runner');
    expect(message).toContain(variable);
    expect(message).toMatch(expected);
    expect(hint).toContain('Nothing was sent');
  });

  test('that names a folder stops the step', () => {
    const path = join(folder, `folder-${variable}`);
    mkdirSync(path);
    expect(failure({ ...good, [variable]: path }).message).toMatch(/cannot be written \(E\w+\)/u);
  });

  test('that is read-only stops the step', () => {
    const path = emptyFile(`read-only-${variable}`);
    chmodSync(path, 0o444);
    const { message } = asNobodySpecial(() => failure({ ...good, [variable]: path }));
    expect(message).toMatch(/\((?:EACCES|EPERM)\)/u);
  });
});
