import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { readKeyIds } from '../../src/inputs/key-ids.ts';
import { otherId, someId } from './step-inputs.ts';

const folder = mkdtempSync(join(tmpdir(), 'ids-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function file(text: string): string {
  const path = join(folder, `coralogix-keys-${String(Math.random()).slice(2)}.json`);
  writeFileSync(path, text);
  return path;
}

describe('the path that `keys_file` gives', () => {
  test('stands for the ids of the keys in that file', () => {
    const keys = [{ id: someId, name: 'a' }, { id: otherId }, { id: someId }];
    expect(readKeyIds(file(JSON.stringify(keys)))).toEqual({ ok: true, value: [someId, otherId] });
  });

  test('stands for nothing to do where the list was empty', () => {
    expect(readKeyIds(file('[]'))).toEqual({ ok: true, value: [] });
  });

  test.each([
    ['no JSON', 'user:top-secret-text'],
    ['no list', '{"id": "top-secret-text"}'],
    ['other things', '["top-secret-text", {"value": "top-secret-text"}]'],
  ])('of a file with %s in it is a problem that repeats nothing of the file', (_what, text) => {
    const read = readKeyIds(file(text));
    expect(read.ok).toBe(false);
    expect(JSON.stringify(read)).toContain('`keys_file`');
    expect(JSON.stringify(read)).not.toContain('top-secret');
  });

  test('of a folder is a problem', () => {
    expect(readKeyIds(folder)).toMatchObject({
      problems: [expect.stringContaining('which is no file')],
    });
  });

  test('of a file that no list of keys fills is not read', () => {
    const path = file('');
    truncateSync(path, 64 * 1024 * 1024 + 1);
    expect(readKeyIds(path)).toMatchObject({
      problems: [expect.stringContaining('no list of keys is that large')],
    });
  });

  test('of a file that is not there is told as such, by its length where it is long', () => {
    expect(readKeyIds(join(folder, 'made-up', `coralogix-keys-${someId}.json`))).toMatchObject({
      problems: [
        expect.stringMatching(
          /a text of \d+ characters is not\. Nor is there a file of that name: the one of the output `keys_file` is there in its own job only\.$/u,
        ),
      ],
    });
  });

  test('of a file that is not there is no id, either', () => {
    expect(readKeyIds('/nowhere/keys.json')).toMatchObject({
      problems: [
        expect.stringMatching(/^`key_id` must be a UUID .*"\/nowhere\/keys\.json" is not/u),
      ],
    });
  });
});
