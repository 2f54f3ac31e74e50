import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseWorkflow } from '../../tools/job-runner/workflow-file.ts';
import { isRecord } from '../../tools/job-runner/yaml-values.ts';
import { shellPath } from '../../tools/job-runner/script-step.ts';

/** On which Node.js a newcomer can work, and that `npm ci` warns of nothing there. */

const root = new URL('../../', import.meta.url);
const ours = '^20.19.0 || >=24';

interface Manifest {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
}

async function manifest(): Promise<Manifest> {
  return JSON.parse(await readFile(new URL('package.json', root), 'utf8')) as Manifest;
}

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'engines-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** What the check says of one package. */
async function check(
  fields: Readonly<Record<string, unknown>>,
): Promise<{ readonly status: number | null; readonly told: string }> {
  const engines = { node: ours };
  const packages = { '': { engines }, 'node_modules/some/node_modules/one': fields };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ engines }));
  await writeFile(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
  const script = fileURLToPath(new URL('scripts/engines.mjs', root));
  const { status, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { status, told: stderr };
}

describe('the check of the packages', () => {
  test.each(['>=18', '^20.19.0 || ^22 || >=24', '*'])(
    'lets one through that wants %s',
    async (node) => {
      expect(await check({ version: '1.0.0', engines: { node } })).toEqual({ status: 0, told: '' });
    },
  );

  test.each(['>=22', '>=20.19.1', '^20.19.0 || ^24', '^20.19.0 || ^22 || >=24.1'])(
    'names one that wants %s',
    async (node) => {
      expect(await check({ version: '1.0.0', engines: { node } })).toEqual({
        status: 1,
        told: `one@1.0.0 wants Node.js ${node}, which is not all of ${ours}.\n`,
      });
    },
  );

  test('names one that its maker has given up', async () => {
    expect(await check({ version: '1.0.0', deprecated: 'use another' })).toEqual({
      status: 1,
      told: 'one@1.0.0 is deprecated: use another\n',
    });
  });

  test('is part of `npm run check`', async () => {
    expect((await manifest()).scripts['check']).toContain('node scripts/engines.mjs');
  });
});

describe('the test job of CI', () => {
  const ci = parseWorkflow(readFileSync(new URL('.github/workflows/ci.yml', root), 'utf8'));
  const job = ci.jobs.find(({ id }) => id === 'test');

  test('has npm run on the oldest Node.js of each line that package.json names', async () => {
    const oldest = [...(await manifest()).engines.node.matchAll(/(?:\^|>=)(\d+(?:\.\d+)?)/gu)];
    const legs = isRecord(job?.matrix) ? job.matrix['include'] : undefined;
    const onLinux = (Array.isArray(legs) ? (legs as readonly unknown[]) : []).flatMap((leg) =>
      isRecord(leg) && leg['os'] === 'ubuntu-latest' ? leg['node'] : [],
    );
    expect(onLinux).toEqual(oldest.map(([, version]) => version));
  });

  // `npm run` finds node_modules/.bin first, and what the package `node` has put there.
  test.each([
    ['20.19', 'v20.19.6', 'v24.1.0', 0],
    ['20.19', 'v20.1.9', 'v24.1.0', 1],
    ['20.19', 'v24.1.0', 'v24.1.0', 1],
    ['20.19', 'v20.19.6', 'v20.19.6', 1],
    ['24', 'v24.9.0', 'v24.1.0', 0],
  ])('ends at once where Node %s should be there, %s is, and npm finds %s', (...row) => {
    const [named, installed, brought, status] = row;
    const script = job?.steps.find(({ name }) => name?.startsWith('npm runs on'))?.run ?? 'exit 9';
    const stand = `node() { echo ${installed}; }; npm() { echo ${brought}; }\n`;
    // As GitHub starts `shell: bash`.
    const bash = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', stand + script];
    const env = { ...process.env, NODE: named };
    expect(spawnSync(shellPath('bash'), bash, { env }).status).toBe(status);
  });
});

test('the tests run on the Node.js that GitHub runs the action with', async () => {
  const action = await readFile(new URL('action.yml', root), 'utf8');
  expect(/^ {2}using: node(\d+)$/mu.exec(action)?.[1]).toBe(process.versions.node.split('.')[0]);
});
