import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshFolder } from '../../../tools/job-runner/index.ts';
import { atTheEnd, states, workflow } from './command.ts';

/** Every workflow that is shown to others can be tried by the one command. */

const root = new URL('../../../', import.meta.url);
const examples = (await readdir(new URL('docs/examples/', root))).sort();

/** What an example needs besides its file, to end well. */
const needed: Readonly<Record<string, readonly string[]>> = {
  // It reads a file of the repository: `repositories.json`, in the folder below.
  'provision-other-repositories.yml': ['--repository', 'acme/billing', '--run-scripts'],
  'take-over-key.yml': [
    ...['--key', 'made by hand', '--input', 'name=made by hand'],
    ...['--input', 'environment=production'],
  ],
};

let checkout = '';

beforeAll(async () => {
  checkout = await freshFolder('checkout-');
  await writeFile(join(checkout, 'repositories.json'), '["billing"]\n');
});

afterAll(async () => {
  await rm(checkout, { recursive: true, force: true });
});

/** As all keys of the emulator begin, and the tokens of the local GitHub. */
const secret = /cx[tu]p_[A-Za-z0-9]{8}|gh[sp]_[0-9a-f]{8}/u;

test.concurrent.each(examples)(
  'docs/examples/%s runs as it is, and shows no secret',
  async (name) => {
    const path = fileURLToPath(new URL(`docs/examples/${name}`, root));
    const { code, stdout, stderr } = await workflow([path, ...(needed[name] ?? [])], checkout);
    expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: '' });
    expect(stdout).not.toMatch(secret);
    expect(stdout).not.toContain('No step of the action was run');
  },
);

test('no example is said to need something that is not there', () => {
  expect(examples).toEqual(expect.arrayContaining(Object.keys(needed)));
});

describe('a workflow of the README', () => {
  let folder = '';

  beforeAll(async () => {
    folder = await freshFolder('workflows-');
    const readme = (await readFile(new URL('README.md', root), 'utf8')).replaceAll('\r\n', '\n');
    for (const [, text = ''] of readme.matchAll(/^```yaml\n(name: .*\n[\s\S]*?)^```$/gmu)) {
      const name = /^name: (.*)$/mu.exec(text)?.[1] ?? '';
      await writeFile(join(folder, `${name}.yml`), text);
    }
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test.concurrent('keeps what it has made for the next run', async () => {
    const args = ['Deploy.yml', '--event', 'push', '--event', 'push'];
    const { code, stdout } = await workflow(args, folder);
    expect(code).toBe(0);
    expect([...stdout.matchAll(/created=(\w+)/gu)].map(([, created]) => created)).toEqual([
      'true',
      'false',
    ]);
    const [key = '', ...others] = atTheEnd(stdout, 'keys');
    expect(states([key, ...others])).toEqual(['my-app/environment/production: active']);
    const id = / (\S+) /u.exec(key.replace(/ +/gu, ' '))?.[1] ?? '';
    expect(atTheEnd(stdout, 'on GitHub').join(' ')).toBe(
      `secret CORALOGIX_PRIVATE_KEY of production: value of ${id} ` +
        'variable CORALOGIX_PRIVATE_KEY_RECORD of production',
    );
    expect(stdout).not.toMatch(secret);
  });

  test.concurrent('retires the key that there is from the start', async () => {
    const { code, stdout } = await workflow(
      [
        ...['Retire key.yml', '--event', 'delete:feature/cart'],
        ...['--key', 'my-app/branch/feature/cart', '--key', 'my-app/branch/main'],
      ],
      folder,
    );
    expect(code).toBe(0);
    expect(states(atTheEnd(stdout, 'keys'))).toEqual([
      'my-app/branch/feature/cart: inactive',
      'my-app/branch/main: active',
    ]);
  });
});
