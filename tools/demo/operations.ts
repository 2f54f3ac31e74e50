import type { Emulator } from '../emulator/index.ts';
import { runAction, type StepRun } from '../job-runner/index.ts';
import { expect } from './expectations.ts';
import { scene } from './scenes.ts';
import { showResults, showStep } from '../terminal/screen.ts';

/** A step of the demo: its title, its inputs, and what has to come of it. */
interface StepScene {
  readonly title: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string | RegExp>>;
  /** Undefined for a step that has to succeed. */
  readonly errorKind?: string;
}

const name = 'shop/production';
const uuid = /^[0-9a-f-]{36}$/u;

/**
 * The documented operations, as the steps of a workflow that looks after the key of one environment.
 *
 * @param emulator what the steps talk to
 * @returns the runs of the action
 */
export async function playOperations(emulator: Emulator): Promise<readonly StepRun[]> {
  const created = await play(emulator, creation(emulator.teamId));
  const { key_id: id = '', value = '' } = created.outputs;
  const runs = [created];
  for (const each of [...reading(id, value, emulator.teamId), ...changing(id)]) {
    runs.push(await play(emulator, each));
  }
  return runs;
}

async function play(emulator: Emulator, played: StepScene): Promise<StepRun> {
  scene(played.title);
  const connection = {
    api_key: emulator.tokens.admin,
    endpoint: emulator.endpoint,
    ca_certificate: emulator.caCertificate,
  };
  const run = await runAction({ inputs: { ...connection, ...played.inputs } });
  const written = { ...played.inputs };
  if ('stored_value' in written) written['stored_value'] = '${{ secrets.CORALOGIX_PRIVATE_KEY }}';
  showStep(written, run);
  showResults(run);
  expect(played.title, run, played.outputs, played.errorKind);
  return run;
}

const creation = (teamId: number): StepScene => ({
  title: 'Create a key for an environment',
  inputs: { operation: 'create', name, team_id: String(teamId) },
  outputs: {
    key_id: uuid,
    value: /^cx/u,
    name,
    active: 'true',
    created: 'true',
    changed: 'true',
  },
});

const reading = (id: string, value: string, teamId: number): readonly StepScene[] => [
  {
    title: 'List the keys',
    inputs: { operation: 'list', name: 'shop/prod*' },
    outputs: { count: '1', keys: /shop\/production/u },
  },
  {
    title: 'Get it by its name: its value was told once, when it was made',
    inputs: { operation: 'get', name },
    outputs: { key_id: id, value: '', active: 'true' },
  },
  {
    title: 'Find it again, with the value that was kept: no second key is made',
    inputs: { operation: 'ensure', name, stored_value: value, team_id: String(teamId) },
    outputs: { key_id: id, value, created: 'false' },
  },
];

const changing = (id: string): readonly StepScene[] => [
  {
    title: 'Rename it',
    inputs: { operation: 'update', key_id: id, new_name: 'shop/live' },
    outputs: { key_id: id, name: 'shop/live', changed: 'true' },
  },
  {
    title: 'Deactivate it',
    inputs: { operation: 'deactivate', key_id: id },
    outputs: { key_id: id, active: 'false', changed: 'true' },
  },
  {
    title: 'Deactivate it again: nothing changes, and nothing fails',
    inputs: { operation: 'deactivate', key_id: id },
    outputs: { key_id: id, active: 'false', changed: 'false' },
  },
  {
    title: 'Activate it',
    inputs: { operation: 'activate', name: 'shop/live' },
    outputs: { key_id: id, active: 'true', changed: 'true' },
  },
  {
    title: 'Delete it',
    inputs: { operation: 'delete', key_id: id },
    outputs: { changed: 'true', count: '1' },
  },
  {
    title: 'Get what is gone: a failure, and what it says',
    inputs: { operation: 'get', key_id: id },
    outputs: { error_kind: 'not_found' },
    errorKind: 'not_found',
  },
];
