import type { Emulator, EmulatorOptions } from '../../tools/emulator/index.ts';
import type { StoredKey } from '../../tools/emulator/key.ts';
import {
  runAction,
  type ActionOptions,
  type JobStatus,
  type StepRun,
} from '../../tools/job-runner/index.ts';
import { connection, emulated, misdeeds } from './harness.ts';

/** The name of the key that most of the tests are about. */
export const keyName = 'acme/shop/production';

/** A step's `with:`, beside what every step needs. */
export type Inputs = Readonly<Record<string, string | undefined>>;

/** What a test changes of how a process is run. */
export type Acting = Omit<ActionOptions, 'inputs' | 'phase' | 'state' | 'jobStatus'>;

/** One step of a job: its main script, and the one at the end of the job. */
export interface Step {
  readonly main: (options?: Acting) => Promise<StepRun>;
  /** Sees what main has saved, also when that was cut off. */
  readonly jobEnd: (status: JobStatus, options?: Acting) => Promise<StepRun>;
}

/** A key that is there already. */
export interface Seed {
  readonly name?: string;
  readonly active?: boolean;
  readonly hashed?: boolean;
}

/** An emulator, and steps that run the committed bundle against it. */
export interface Life {
  readonly emulator: Emulator;
  /** A step that is about {@link keyName} unless told, with all that it needs to reach the emulator. */
  readonly step: (inputs: Inputs) => Step;
  /** Runs the main script of such a step. */
  readonly run: (inputs: Inputs, options?: Acting) => Promise<StepRun>;
  /** Makes a key as if somebody had made it long ago, by default with {@link keyName}. */
  readonly seed: (options?: Seed) => StoredKey;
  /** Ids of the active keys with exactly this name. */
  readonly active: (name?: string) => readonly string[];
  /** Ids and states of all keys, by name. */
  readonly keys: () => Readonly<Record<string, Readonly<Record<string, 'active' | 'inactive'>>>>;
}

/** Starts an emulator that ends with the test file. */
export async function life(options: EmulatorOptions = {}): Promise<Life> {
  const emulator = await emulated(options);
  const { store, teamId } = emulator;
  const given = (inputs: Inputs): Inputs => {
    const isMaking = ['create', 'ensure', 'rotate'].includes(inputs['operation'] ?? '');
    return {
      ...connection(emulator),
      ...(inputs['key_id'] === undefined ? { name: keyName } : {}),
      ...(isMaking ? { team_id: String(teamId) } : {}),
      ...inputs,
    };
  };
  const step = (inputs: Inputs): Step => {
    let state: StepRun['state'] = {};
    return {
      async main(acting = {}) {
        const run = await well({ ...acting, inputs: given(inputs) });
        ({ state } = run);
        return run;
      },
      jobEnd: (jobStatus, acting = {}) =>
        well({ ...acting, inputs: given(inputs), phase: 'post', state, jobStatus }),
    };
  };
  return {
    emulator,
    step,
    run: (inputs, acting) => step(inputs).main(acting),
    seed: ({ name = keyName, ...options } = {}) => seeded(emulator, name, options),
    active: (name = keyName) =>
      store.keys().flatMap((key) => (key.name === name && key.active ? [key.id] : [])),
    keys() {
      const states: Record<string, Record<string, 'active' | 'inactive'>> = {};
      for (const { name, id, active } of store.keys()) {
        (states[name] ??= {})[id] = active ? 'active' : 'inactive';
      }
      return states;
    },
  };
}

/** More secrets than this are not searched for one by one. */
const mostSecrets = 60;

/** Runs a process, and holds it to what holds for all of them. */
async function well(options: ActionOptions): Promise<StepRun> {
  const actionFolder = process.env['ACTION_FOLDER'];
  const run = await runAction({
    ...(actionFolder === undefined ? {} : { actionFolder }),
    ...options,
  });
  const secrets = run.masks.slice(0, mostSecrets);
  // With so many of them at once on the machine, how soon a process is gone says nothing.
  const calm = { ...run, exitedAfterLastOutputMs: 0 };
  const found = misdeeds(calm, secrets, options.inputs?.['api_key']);
  if (found.length === 0) return run;
  throw new Error(`The run did what no run may do:\n${found.join('\n')}\nIts log:\n${run.log}`);
}

/** The store counts the names of what it seeds, so the key gets its own in a second step. */
function seeded(
  { store, teamId, tokens }: Emulator,
  name: string,
  options: Omit<Seed, 'name'>,
): StoredKey {
  const [made] = store.seed(1, name, { teamId, ...options });
  if (made === undefined) throw new Error('Nothing was seeded.');
  store.update(tokens.admin, { keyId: made.id, newName: name });
  return { ...made, name };
}
