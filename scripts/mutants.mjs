// Whether the tests would notice: takes out of the action, one at a time, what its promises rest on,
// builds that mutant in a temporary folder, and runs the end-to-end tests that have to fail then.
//
//   npm run compile && node scripts/mutants.mjs [word in the mutant's name]
//
// Nothing in this folder is changed. It takes a few minutes and is no part of `npm test`.
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Each mutant: where, what stands there, what stands there instead (with every name still in use, as
 * the compiler insists on that), and a test that has to fail, as a file and a part of its name.
 */
const mutants = [
  {
    name: 'values in replies are not masked',
    file: 'src/coralogix/keys.ts',
    find: 'for (const value of valuesIn(reply)) mask(value);',
    replace: 'for (const value of valuesIn(reply)) void [mask, value];',
    test: ['operations', 'the api_key is masked first'],
  },
  {
    name: 'the api_key is not masked',
    file: 'src/runner/inputs.ts',
    find: 'mask(inputs.api_key);',
    replace: '',
    test: ['operations', 'the api_key is masked first'],
  },
  {
    name: 'no deadline',
    file: 'src/coralogix/grpc/channel.ts',
    find: 'deadline: Date.now() + timeoutMs',
    replace: 'deadline: Date.now() + timeoutMs * 1000',
    test: ['trouble', 'a service that takes the call and stays silent'],
  },
  {
    name: 'everything counts as never sent',
    file: 'src/coralogix/grpc/channel.ts',
    find: 'call.getPeer() === client.getChannel().getTarget()',
    replace: 'call.getPeer().length >= 0',
    test: ['operations', 'a `create` whose answer is lost'],
  },
  {
    name: 'text from outside is not escaped in the log',
    file: 'src/core/text.ts',
    find: '.replace(unprintable, escapeCharacter)',
    replace: '.replace(unprintable, (character) => escapeCharacter(character) && character)',
    test: ['text', 'with line breaks in it is one line of the log'],
  },
  {
    name: 'text from outside is not escaped in the summary',
    file: 'src/runner/summary.ts',
    find: 'named[character] ?? `&#${character.charCodeAt(0)};`',
    replace: "named['none'] ?? character",
    test: ['text', 'with HTML in it is one line of the log'],
  },
  {
    name: 'what a server quotes is cut before secrets are taken out',
    file: 'src/core/text.ts',
    find: 'const whole = redact(text);',
    replace: 'const whole = redact(text.slice(0, max));',
    test: ['text', 'may quote a credential'],
  },
  {
    name: 'a create goes out before the service has said a word',
    file: 'src/main.ts',
    find: 'allowEarlyRequest: !rowOf(step.operation.operation).mayBeginWithCreate,',
    replace: 'allowEarlyRequest: rowOf(step.operation.operation).mayBeginWithCreate !== undefined,',
    test: ['trouble', 'to which it must not be sent'],
  },
  {
    name: 'no exit when the work is done',
    file: 'src/index.ts',
    find: 'process.exit(code);',
    replace: 'process.exitCode = code; return undefined as unknown as never;',
    test: ['trouble', 'a host that takes the connection and stays silent'],
  },
  {
    name: 'the last output is not waited for',
    file: 'src/index.ts',
    find: 'await isPrinted();',
    replace: 'void isPrinted();',
    test: ['runner-files', 'no mask is lost'],
  },
  {
    name: 'the runner’s files are not looked at first',
    file: 'src/main.ts',
    find: 'checkRunnerFiles(record.environment);',
    replace: 'void checkRunnerFiles;',
    test: ['runner-files', 'when GITHUB_OUTPUT is not set'],
  },
  {
    name: 'a key whose value cannot be handed out stays',
    file: 'src/main.ts',
    find: 'throw (await outcome.undo?.(failure)) ?? failure;',
    replace: 'throw failure;',
    test: ['runner-files', 'takes back the key'],
  },
  {
    name: 'the wall clock tells how old keys are',
    file: 'src/core/clock.ts',
    find: 'Math.floor(performance.timeOrigin + performance.now())',
    replace: 'Date.now()',
    test: ['time', 'forward a new key is settled'],
  },
];

function run(script, args, environment = {}) {
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, ...environment } };
  return spawnSync(process.execPath, [...script, ...args], options);
}

/** Whether the test passes with the action that is in a folder. */
function passes([file, name], folder) {
  const jest = [
    '--experimental-vm-modules',
    '--no-warnings',
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
  ];
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&');
  const args = [`e2e/${file}.test.ts`, '--testNamePattern', pattern, '--json'];
  const { stdout } = run(jest, args, { ACTION_FOLDER: folder });
  const { numPassedTests, numFailedTests } = JSON.parse(stdout);
  if (numPassedTests + numFailedTests === 0)
    throw new Error(`No test in ${file} is named ${name}.`);
  return numFailedTests === 0;
}

async function mutate({ file, find, replace }, folder) {
  const path = join(folder, file);
  const text = await readFile(path, 'utf8');
  if (text.split(find).length !== 2) throw new Error(`${file} has not one "${find}".`);
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
}

const word = process.argv[2] ?? '';
let survivors = 0;
for (const mutant of mutants.filter(({ name }) => name.includes(word))) {
  const folder = await mkdtemp(join(tmpdir(), 'mutant-'));
  const inputs = ['src', 'scripts', 'proto', 'action.yml', 'package.json', 'tsconfig.json'];
  for (const name of [...inputs, 'tsconfig.build.json']) {
    await cp(join(root, name), join(folder, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  await mutate(mutant, folder);
  const built = run([join(folder, 'scripts', 'build.mjs')], []);
  if (built.status !== 0)
    throw new Error(`"${mutant.name}" cannot be built:\n${built.stderr}${built.stdout}`);
  const isFine = passes(mutant.test, root);
  const survives = passes(mutant.test, folder);
  if (survives || !isFine) survivors += 1;
  const verdict = !isFine ? 'THE TEST FAILS ANYWAY' : survives ? 'SURVIVES' : 'is noticed';
  console.log(`${verdict}: ${mutant.name} (${mutant.test.join(': ')})`);
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = survivors === 0 ? 0 : 1;
