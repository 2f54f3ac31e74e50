import type { Emulator, EmulatorOptions } from '../../src/local/emulator/index.ts';
import type { StoredKey } from '../../src/local/emulator/key.ts';
import type { JobStatus, StepRun } from '../../src/local/runner/index.ts';
import { act, actAfter, emulated, type Acting } from './harness.ts';

/** The name of the key that most of the tests are about. */
export const keyName = 'acme/shop/production';

/** A step's `with:`, beside what every step needs. */
export type Inputs = Readonly<Record<string, string | undefined>>;

/** One step of a job: its main script, and the one at the end of the job. */
export interface Step {
  readonly main: (options?: Acting) => Promise<StepRun>;
  /** Sees what main has saved, also when that was cut off. */
  readonly post: (status: JobStatus, options?: Acting) => Promise<StepRun>;
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
      ...(inputs['key_id'] === undefined ? { name: keyName } : {}),
      ...(isMaking ? { team_id: String(teamId) } : {}),
      ...inputs,
    };
  };
  const step = (inputs: Inputs): Step => {
    let done: StepRun | undefined;
    return {
      async main(acting = {}) {
        done = await act(emulator, given(inputs), acting);
        return done;
      },
      post(jobStatus, acting = {}) {
        if (done === undefined) throw new Error('The main script has not run.');
        return actAfter(emulator, done, given(inputs), { ...acting, jobStatus });
      },
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
