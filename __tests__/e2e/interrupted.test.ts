import { expect, describe, test } from '@jest/globals';
import type { RpcName } from '../../tools/emulator/rpc.ts';
import { act, emulated } from './harness.ts';
import { life, type Inputs } from './life.ts';
import { stoppedAt } from './moments.ts';

// What a job leaves that is killed (SIGKILL) while it ensures or rotates: life-killed.test.ts.

/** A step, the calls that it makes, and whether it may leave a key of its own active. */
interface Row {
  readonly inputs: Inputs;
  readonly calls: readonly RpcName[];
  readonly signals: readonly NodeJS.Signals[];
}

const polite = ['SIGINT', 'SIGTERM'] as const;
const all = [...polite, 'SIGKILL'] as const;
const [list, create, update] = ['GetSendDataApiKeys', 'CreateApiKey', 'UpdateApiKey'] as const;

const rows: readonly Row[] = [
  { inputs: { operation: 'create', name: 'own' }, calls: [create], signals: all },
  {
    inputs: { operation: 'create', name: 'own', lifetime: 'job' },
    calls: [create, update],
    signals: ['SIGTERM', 'SIGKILL'],
  },
  {
    inputs: { operation: 'ensure', name: 'own', lifetime: 'job' },
    calls: [list, create, list, update],
    signals: polite,
  },
  { inputs: { operation: 'rotate', name: 'old' }, calls: [list, create, update], signals: polite },
];

const cases = rows.flatMap(({ inputs, calls, signals }) =>
  signals.flatMap((signal) =>
    calls.map((rpc, index) => ({ inputs, rpc, call: index + 1, signal })),
  ),
);

describe('a step that is stopped when the service has done its work, and not answered', () => {
  test.concurrent.each(
    cases.map((each) => ({
      ...each,
      title: `${Object.values(each.inputs).join(' ')}: ${each.signal} at call ${each.call}, ${each.rpc}`,
    })),
  )(
    '$title: ends at once, and the job end leaves nothing of it behind',
    async ({ inputs, rpc, call, signal }) => {
      const { emulator, seed, step, keys } = await life();
      const { id } = seed({ name: 'old' });
      const job = step(inputs);
      const stopped = await stoppedAt(
        { call, rpc, when: 'after' },
        emulator,
        (when) => ({ name: signal, when }),
        (acting) => job.main(acting),
      );
      expect(stopped).toEqual({ rpc, signal });
      const jobEnd = await job.jobEnd('cancelled');
      expect(jobEnd.exitCode).toBe(0);
      const isPermanent = inputs['operation'] === 'create' && inputs['lifetime'] === undefined;
      if (isPermanent) {
        // It was to stay, and it did; nothing was begun that would have to be ended.
        expect(jobEnd.stdout).toBe('');
        expect(Object.keys(keys()).sort()).toEqual(['old', 'own']);
      } else {
        const left = emulator.store.keys().filter(({ active }) => active);
        expect(left.map((key) => key.id)).toEqual([id]);
      }
    },
  );

  test.concurrent.each(
    all.flatMap((signal) => [
      { signal, operation: 'update', more: { is_active: 'false' }, left: ['inactive'] },
      { signal, operation: 'deactivate', more: {}, left: ['inactive'] },
      { signal, operation: 'delete', more: {}, left: [] },
    ]),
  )(
    '$operation: $signal ends it at once, and doing it again succeeds',
    async ({ signal, operation, more, left }) => {
      const { emulator, seed, step, run, keys } = await life();
      const { id } = seed({ name: 'old' });
      const inputs = { operation, key_id: id, ...more };
      const rpc = operation === 'delete' ? 'DeleteApiKey' : 'UpdateApiKey';
      const call = operation === 'deactivate' ? 2 : 1;
      const job = step(inputs);
      const stopped = await stoppedAt(
        { call, rpc, when: 'after' },
        emulator,
        (when) => ({ name: signal, when }),
        (acting) => job.main(acting),
      );
      expect(stopped).toEqual({ rpc, signal });
      expect((await job.jobEnd('cancelled')).stdout).toBe('');
      expect((await run(inputs)).exitCode).toBe(0);
      expect(Object.values(keys()).flatMap((states) => Object.values(states))).toEqual(left);
    },
  );
});

test.concurrent.each(['create', 'ensure', 'rotate'])(
  'a `%s` that was cut off before it began is not begun by the job end',
  async (operation) => {
    const emulator = await emulated();
    const run = await act(
      emulator,
      { operation, name: 'own', team_id: String(emulator.teamId) },
      { phase: 'post', state: {}, jobStatus: 'cancelled' },
    );
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toBe('');
    expect(emulator.journal.connections).toBe(0);
    expect(emulator.store.keys()).toEqual([]);
  },
);
