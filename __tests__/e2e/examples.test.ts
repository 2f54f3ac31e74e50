import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { workflowNames } from './example-workflows.ts';

/** The tests of single workflows are in the files beside this one. */

test('no workflow of the README and the examples is without a test', async () => {
  const files = (await readdir(new URL('.', import.meta.url))).filter((name) =>
    /^(?:examples-.+|sender-examples)\.test\.ts$/u.test(name),
  );
  const texts = await Promise.all(
    files.map((name) => readFile(new URL(name, import.meta.url), 'utf8')),
  );
  const untested = workflowNames.filter((name) => !texts.join('').includes(`'${name}'`));
  expect(untested).toEqual([]);
  expect(workflowNames).not.toEqual([]);
});
