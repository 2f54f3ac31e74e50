import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Emulator } from '../../../tools/emulator/index.ts';
import type { Created } from '../../../tools/emulator/key.ts';
import { findLeaks, type StepRun } from '../../../tools/job-runner/index.ts';
import { act, actAfter } from '../harness.ts';
import type { IngestionRow } from './ingestions.ts';

/** A step that proves a key: a column of the table. */
export interface Column {
  readonly name: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** Whether a key bears the name already, and whether the step is given its value. */
  readonly old?: 'there' | 'passed in';
  /** When the old key is retired, where the new one is proven. */
  readonly retires?: 'in main' | 'at the end';
}

/** All of them, in the order of the page. */
export const columns: readonly Column[] = [
  { name: '`create`', inputs: { operation: 'create' } },
  { name: '`ensure`, new', inputs: { operation: 'ensure' } },
  { name: '`ensure`, stored', inputs: { operation: 'ensure' }, old: 'passed in' },
  {
    name: '`rotate`, now',
    inputs: { operation: 'rotate', retire_when: 'now' },
    old: 'there',
    retires: 'in main',
  },
  {
    name: '`rotate`, at the job’s end',
    inputs: { operation: 'rotate' },
    old: 'there',
    retires: 'at the end',
  },
];

/** What is known of a key: after main, and after the end of the job. `none`: there is no such key. */
type Fate = readonly [main: KeyState, end: KeyState];
type KeyState = 'none' | 'active' | 'inactive' | 'deleted';

/** What the witness has seen of a process: see `support/witness.mjs`. */
export type Witnessed =
  | { readonly sent: string; readonly to: string }
  | { readonly masked: string }
  | { readonly written: string };

/** What came of one case. */
export interface Seen {
  /** The step's `error_kind`, or `success`. */
  readonly kind: string;
  readonly outputs: StepRun['outputs'];
  readonly new: Fate;
  readonly old: Fate;
  /** The value of the old key. */
  readonly oldValue: string | undefined;
  /** The value of the key that was made. */
  readonly newValue: string | undefined;
  /** Tokens that were sent to the ingestion, each once, in order. */
  readonly tried: readonly string[];
  /** Those of them that are no key's value. */
  readonly madeUp: readonly string[];
  /** The hosts to which the caller's key was sent. */
  readonly callersKeyWentTo: readonly string[];
  /** What main did, in order. */
  readonly witnessed: readonly Witnessed[];
  readonly main: StepRun;
  readonly jobEnd: StepRun;
}

const name = 'acme/shop/production';
const witness = pathToFileURL(join(process.cwd(), '__tests__', 'support', 'witness.mjs')).href;

// What is asked until the time is up is not asked for long; all else ends by itself, however slow the machine.
const endlessSeconds = 20;
const usualSeconds = 120;

/**
 * Runs one step and the end of its job, with debug logging, on an emulator of its own. Holds both to what
 * holds for all runs, and to it that a key that was made up is nowhere but on the wire.
 */
export async function runCase(
  emulator: Emulator,
  row: IngestionRow,
  { inputs, old }: Column,
): Promise<Seen> {
  const { store, ingestion, teamId } = emulator;
  const oldKey = old === undefined ? undefined : madeBefore(emulator);
  const given = {
    ...{ name, team_id: String(teamId), verify: 'true', ...inputs },
    ingestion_endpoint: row.elsewhere ?? ingestion.endpoint,
    timeout_seconds: String(row.isEndless === true ? endlessSeconds : usualSeconds),
    stored_value: old === 'passed in' ? oldKey?.value : undefined,
  };
  const states = (): { readonly new: KeyState; readonly old: KeyState } => ({
    new: stateOf(emulator, (id) => id !== oldKey?.keyId),
    old: stateOf(emulator, (id) => id === oldKey?.keyId),
  });
  const folder = await mkdtemp(join(tmpdir(), 'proof-'));
  try {
    const watched = { nodeArguments: ['--import', witness], debug: true };
    const watch = (file: string): { readonly env: Readonly<Record<string, string>> } => ({
      env: { WITNESS_FILE: join(folder, file) },
    });
    const main = await act(emulator, given, { ...watched, ...watch('main') });
    const afterMain = states();
    const jobEnd = await actAfter(emulator, main, given, {
      ...{ ...watched, ...watch('end') },
      jobStatus: main.exitCode === 0 ? 'success' : 'failure',
    });
    const afterEnd = states();
    const witnessed = await read(join(folder, 'main'));
    const seen = {
      ...whoWasAsked([...witnessed, ...(await read(join(folder, 'end')))], emulator, given),
      kind: main.exitCode === 0 ? 'success' : (main.outputs['error_kind'] ?? 'none'),
      outputs: main.outputs,
      new: [afterMain.new, afterEnd.new],
      old: [afterMain.old, afterEnd.old],
      oldValue: oldKey?.value,
      newValue: [...store.keys(), ...store.deletedKeys()].find(({ id }) => id !== oldKey?.keyId)
        ?.value,
      ...{ witnessed, main, jobEnd },
    } as const;
    forbidMadeUp([main, jobEnd], seen.madeUp);
    return seen;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A key that somebody made a moment ago, so that the ingestion takes as long to know it. */
function madeBefore({ store, tokens, teamId }: Emulator): Created {
  return store.create(tokens.admin, {
    ...{ name, presets: ['SendData'], permissions: [], hashed: false },
    owner: { kind: 'team', teamId },
  });
}

function stateOf({ store }: Emulator, isMeant: (id: string) => boolean): KeyState {
  const found = store.keys().filter(({ id }) => isMeant(id));
  const [key] = found;
  if (found.length > 1) throw new Error('More keys were made than one.');
  if (key !== undefined) return key.active ? 'active' : 'inactive';
  return store.deletedKeys().some(({ id }) => isMeant(id)) ? 'deleted' : 'none';
}

async function read(file: string): Promise<readonly Witnessed[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Witnessed);
}

/** What was sent, and to whom. */
function whoWasAsked(
  witnessed: readonly Witnessed[],
  { store, tokens }: Emulator,
  { ingestion_endpoint: ingestion }: { readonly ingestion_endpoint: string },
): Pick<Seen, 'tried' | 'madeUp' | 'callersKeyWentTo'> {
  const { host, hostname } = new URL(ingestion);
  const sent = witnessed.flatMap((each) => ('sent' in each ? [each] : []));
  const isIngestion = (to: string): boolean => to === host || to === `${hostname}:443`;
  const tried = [...new Set(sent.flatMap((each) => (isIngestion(each.to) ? [each.sent] : [])))];
  const values = new Set([...store.keys(), ...store.deletedKeys()].map(({ value }) => value));
  const ofCaller = sent.filter((each) => each.sent === tokens.admin);
  return {
    tried,
    madeUp: tried.filter((each) => !values.has(each)),
    callersKeyWentTo: [...new Set(ofCaller.map(({ to }) => to))],
  };
}

/** Throws where a made-up key stands in anything that was written, also in a mask. */
function forbidMadeUp(runs: readonly StepRun[], madeUp: readonly string[]): void {
  const secrets = madeUp.map((value) => ({ value, outputs: [] }));
  const [leak] = findLeaks(runs, secrets);
  if (leak !== undefined) throw new Error(`A made-up key stands in ${leak.where}.`);
  for (const value of madeUp) {
    if (runs.some(({ masks }) => masks.some((mask) => mask.includes(value)))) {
      throw new Error('A made-up key was printed, to be masked.');
    }
  }
}
