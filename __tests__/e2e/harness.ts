import { afterAll } from '@jest/globals';
import { startEmulator, type Emulator, type EmulatorOptions } from '../../tools/emulator/index.ts';
import {
  findLeaks,
  runAction,
  type ActionOptions,
  type SecretToFind,
  type StepRun,
  withHeaders,
} from '../../tools/job-runner/index.ts';

/**
 * By how many milliseconds a process may be later than its bound: on a machine that is kept busy, to
 * start one takes seconds. What hangs is later than that, and speed is the benchmark's.
 */
export const slackMs = 8000;

/** The action to test: the committed one, or, to see whether the tests notice, a mutant of it. */
const actionFolder = process.env['ACTION_FOLDER'];

/** More values than this are searched for by their prefix, and not one by one. */
const mostSecrets = 60;

/** What the emulator's values begin with, and nothing else does. */
const valuePrefix = 'cxtp_';

const emulators: Emulator[] = [];

afterAll(async () => {
  for (const emulator of emulators.splice(0)) await emulator.stop();
});

/** Starts an emulator that ends with the test file. */
export async function emulated(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator(options);
  emulators.push(emulator);
  return emulator;
}

/** How to run the action, beside its inputs. */
export interface Acting extends Omit<ActionOptions, 'inputs'> {
  /** Other secrets than the emulator's, which must not be found either. */
  readonly secrets?: readonly (string | SecretToFind)[];
  /** Which of the emulator's tokens to give; all may be done by default. */
  readonly as?: keyof Emulator['tokens'];
}

type Inputs = Readonly<Record<string, string | undefined>>;

/** The inputs with which every step reaches an emulator. */
export function connection(emulator: Emulator, as: keyof Emulator['tokens'] = 'admin'): Inputs {
  return {
    api_key: emulator.tokens[as],
    endpoint: emulator.endpoint,
    ca_certificate: emulator.caCertificate,
  };
}

/**
 * Runs the action against an emulator, and holds every run to what holds for all of them: see
 * {@link misdeeds}.
 *
 * @param emulator what it talks to
 * @param inputs   beside those of {@link connection}; an undefined one is taken away
 */
export async function act(
  emulator: Emulator,
  inputs: Inputs,
  { as = 'admin', secrets = [], ...options }: Acting = {},
): Promise<StepRun> {
  const given = { ...connection(emulator, as), ...inputs };
  const run = await runAction({
    ...(actionFolder === undefined ? {} : { actionFolder }),
    ...options,
    inputs: given,
  });
  const found = misdeeds(run, [...knownSecrets(emulator, run), ...secrets], given['api_key']);
  if (found.length > 0) {
    throw new Error(`The run did what no run may do:\n${found.join('\n')}\nIts log:\n${run.log}`);
  }
  return run;
}

/** Runs the job's end that belongs to a run of main. */
export function actAfter(
  emulator: Emulator,
  main: StepRun,
  inputs: Inputs,
  options: Acting = {},
): Promise<StepRun> {
  return act(emulator, inputs, { ...options, phase: 'post', state: main.state });
}

/** The values that the emulator ever gave out, and its tokens. */
function knownSecrets(emulator: Emulator, run: StepRun): (string | SecretToFind)[] {
  const { store, tokens } = emulator;
  const values = [
    ...[...store.keys(), ...store.deletedKeys()].map(({ value }) => value),
    run.outputs['value'],
  ].flatMap((value) => (value === undefined || value === '' ? [] : [value]));
  return [
    ...[...new Set(values)].slice(0, mostSecrets).flatMap(withHeaders),
    ...Object.values(tokens).map((value) => ({ value, outputs: [] })),
  ];
}

/**
 * What no run may do, whatever it is asked for and whatever happens to it. Sentences that tell no
 * secret.
 */
export function misdeeds(
  run: StepRun,
  secrets: readonly (string | SecretToFind)[],
  apiKey: string | undefined,
): readonly string[] {
  const found: string[] = [];
  for (const { where, line, form } of findLeaks([run], secrets)) {
    found.push(`A secret (${form}) stands in ${where}, line ${line}.`);
  }
  if (hasValueBesideMasks(run)) found.push('A value stands in what it wrote.');
  for (const { name } of run.unexpectedCommands) found.push(`It gave the command ${name}.`);
  const [first = ''] = run.stdout.split('\n');
  const isPlain = apiKey !== undefined && /^[\x21-\x24\x26-\x7e]+$/u.test(apiKey);
  if (isPlain && first !== '' && first !== `::add-mask::${apiKey}`) {
    found.push('Its first line is not the mask of `api_key`.');
  }
  if (run.stderr !== '') found.push('It wrote to stderr.');
  const wasKilled = run.signal !== null;
  if (!wasKilled && run.exitCode !== 0 && run.exitCode !== 1) {
    found.push(`Its exit code is ${run.exitCode ?? 'none'}.`);
  }
  const errors = run.annotations.filter(({ level }) => level === 'error').length;
  if (!wasKilled && errors !== run.exitCode) {
    found.push(`It made ${errors} error annotations and ended with ${run.exitCode ?? 'none'}.`);
  }
  if (!wasKilled && run.exitedAfterLastOutputMs >= slackMs) {
    found.push(`It ended ${Math.round(run.exitedAfterLastOutputMs)} ms after its last output.`);
  }
  return found;
}

/** For lists of thousands of values: whether anything that looks like one is anywhere but in masks. */
function hasValueBesideMasks(run: StepRun): boolean {
  const { value = '', otlp_headers: headers = '', ...others } = run.outputs;
  const texts = [
    run.stdout.replace(/^::add-mask::.*$/gmu, ''),
    run.stderr,
    run.log,
    run.files.state,
    run.files.step_summary,
    ...Object.values(others),
    ...Object.values(run.temp),
  ];
  return texts.some((text) => text.includes(valuePrefix)) || /\s/u.test(value + headers);
}

/** The one error that a failed run tells: its annotation's message. */
export function told(run: StepRun): string {
  return run.annotations.find(({ level }) => level === 'error')?.message ?? '';
}

/** The lines that the process itself printed, without those of debug logging. */
export function lines(run: StepRun): readonly string[] {
  return run.stdout.split('\n').filter((line) => line !== '' && !line.startsWith('::debug::'));
}

/**
 * Does the same to many, so many at once, and gives the results in order.
 *
 * @param items   what to do it to
 * @param atOnce  how many at once: most of the cases wait more than they work
 * @param work    what to do
 */
export async function pooled<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
