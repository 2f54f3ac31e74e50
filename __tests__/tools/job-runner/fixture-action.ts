import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { freshFolder } from '../../../tools/job-runner/fresh-folder.ts';

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A fresh folder that goes when the test file has ended. */
export async function temporaryFolder(): Promise<string> {
  const folder = await freshFolder('runner-test-');
  folders.push(folder);
  return folder;
}

/** What a fixture's scripts can use without importing it. */
const prelude = `
import { appendFileSync } from 'node:fs';
const say = (line) => console.log(line);
const tell = (kind, text) => appendFileSync(process.env['GITHUB_' + kind], text);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
`;

/**
 * Makes an action of a few lines, for a test to run.
 *
 * @returns its folder
 */
export async function fixtureAction(action: {
  readonly main: string;
  readonly post?: string;
  readonly inputs?: Readonly<Record<string, { readonly default?: string }>>;
}): Promise<string> {
  const folder = await temporaryFolder();
  // JSON is YAML too.
  const file = {
    name: 'fixture',
    inputs: action.inputs ?? {},
    runs: {
      using: 'node24',
      main: 'main.mjs',
      ...(action.post === undefined ? {} : { post: 'post.mjs' }),
    },
  };
  await writeFile(join(folder, 'action.yml'), JSON.stringify(file));
  await writeFile(join(folder, 'main.mjs'), prelude + action.main);
  if (action.post !== undefined) await writeFile(join(folder, 'post.mjs'), prelude + action.post);
  return folder;
}
