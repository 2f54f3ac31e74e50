// Whether the tests would notice: takes out of the action, one at a time, what its promises rest on
// (scripts/mutants/), and runs the test that has to fail then: a unit test on the changed sources, or an
// end-to-end test on a bundle of them.
//
//   npm run mutants [-- word in the mutant's name]
//
// Nothing in this folder is changed. It takes a few minutes and is no part of `npm test`.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutants } from './mutants/list.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A test that has not come to its end by then hangs, in milliseconds. */
const longestTestMs = 300_000;

function run(args, cwd, environment = {}) {
  return spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 28,
    timeout: longestTestMs,
    killSignal: 'SIGKILL',
  });
}

const isEndToEnd = ([file]) => file.startsWith('e2e/');

/** Whether a test passes with the sources, or the bundle, that are in a folder. */
function passes(test, folder) {
  const [file, name] = test;
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
  const args = [
    ...['--experimental-vm-modules', '--no-warnings', jest, '--json', '--maxWorkers=1'],
    ...['--runTestsByPath', `__tests__/${file}.test.ts`, '--testNamePattern', pattern],
  ];
  const { stdout, stderr } = isEndToEnd(test)
    ? run(args, root, { ACTION_FOLDER: folder })
    : run(args, folder);
  if (stdout === '') throw new Error(`${file} has not come to its end.\n${stderr}`);
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(stdout);
  // A file that does not even load is no test that notices something.
  if (numPassedTests + numFailedTests === 0) {
    throw new Error(`No test in ${file} is named "${name}".\n${testResults[0]?.message ?? ''}`);
  }
  return numFailedTests === 0;
}

/** A copy of all that a build and the unit tests read. */
async function copyTo(folder) {
  const names = ['src', 'tools', '__tests__', 'scripts', 'docs', 'proto', '.github', 'action.yml'];
  const files = ['package.json', 'jest.config.mjs', 'README.md', 'CONTRIBUTING.md'];
  for (const name of [...names, ...files, 'tsconfig.json', 'tsconfig.build.json']) {
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
}

function build(folder, { name }) {
  const built = run([join(folder, 'scripts', 'build.mjs')], folder);
  if (built.status === 0) return;
  throw new Error(`"${name}" cannot be built:\n${built.stderr}${built.stdout}`);
}

/** What becomes of a mutant in a folder that is as this one before and after. */
async function judge(mutant, folder) {
  const { file, find, replace, test } = mutant;
  if (!passes(test, root)) return 'THE TEST FAILS ANYWAY';
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} has not one "${find}".`);
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
  try {
    if (isEndToEnd(test)) build(folder, mutant);
    return passes(test, folder) ? 'SURVIVES' : 'is noticed';
  } finally {
    await writeFile(path, text);
  }
}

const word = process.argv[2] ?? '';
const chosen = mutants.filter(({ name }) => name.includes(word));
const folder = await mkdtemp(join(tmpdir(), 'mutants-'));
let noticed = 0;
try {
  await copyTo(folder);
  for (const mutant of chosen) {
    const verdict = await judge(mutant, folder);
    if (verdict === 'is noticed') noticed += 1;
    console.log(`${verdict}: ${mutant.name} (${mutant.test.join(': ')})`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`${noticed} of ${chosen.length} mutants are noticed.`);
process.exitCode = chosen.length > 0 && noticed === chosen.length ? 0 : 1;
