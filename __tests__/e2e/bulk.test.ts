import { expect, test } from '@jest/globals';
import type { Emulator } from '../../tools/emulator/index.ts';
import { status } from '../support/status.ts';
import { act, emulated, told } from './harness.ts';

const many = 200;

function seeded(emulator: Emulator): readonly string[] {
  return emulator.store.seed(many, 'shop/', { teamId: emulator.teamId }).map(({ id }) => id);
}

const inactive = (emulator: Emulator): readonly string[] =>
  emulator.store.keys().flatMap(({ id, active }) => (active ? [] : [id]));

/** How many calls there were at once at most. */
function watchConcurrency({ journal }: Emulator): () => number {
  let ended = 0;
  let most = 0;
  journal.onCall(() => {
    most = Math.max(most, journal.attempts() - ended);
    ended += 1;
  });
  return () => most;
}

test.concurrent(
  'many keys are deactivated on one connection, eight at once, also when calls are refused for now',
  async () => {
    const emulator = await emulated({ delayMs: 10 });
    const ids = seeded(emulator);
    const mostAtOnce = watchConcurrency(emulator);
    emulator.inject({
      rpc: 'UpdateApiKey',
      fault: { kind: 'status', code: status.RESOURCE_EXHAUSTED, retryDelayMs: 20 },
      probability: 0.1,
      times: Infinity,
    });
    const run = await act(emulator, { operation: 'deactivate', key_id: ids.join('\n') });
    expect(run.exitCode).toBe(0);
    expect(run.outputs).toMatchObject({ count: String(many), changed: 'true' });
    expect(inactive(emulator)).toHaveLength(many);
    expect(emulator.journal.commits('UpdateApiKey')).toBe(many);
    // Some of the calls were refused, or nothing was tested.
    expect(emulator.journal.attempts('UpdateApiKey')).toBeGreaterThan(many);
    expect(emulator.journal.attempts('GetSendDataApiKeys')).toBe(1);
    expect(emulator.journal.connections).toBe(1);
    expect(mostAtOnce()).toBe(8);
  },
);

test.concurrent('many keys are deleted with one call each, and with no other', async () => {
  const emulator = await emulated();
  const ids = seeded(emulator);
  const run = await act(emulator, { operation: 'delete', key_id: ids.join(',') });
  expect(run.exitCode).toBe(0);
  expect(JSON.parse(run.outputs['key_ids'] ?? '')).toEqual(ids);
  expect(emulator.store.keys()).toEqual([]);
  expect(emulator.journal.attempts()).toBe(many);
});

test.concurrent(
  'a failure in the middle ends it, and it says what was done and what not',
  async () => {
    const emulator = await emulated({ delayMs: 5 });
    const ids = seeded(emulator);
    emulator.inject({
      rpc: 'UpdateApiKey',
      fault: { kind: 'status', code: status.PERMISSION_DENIED },
      skip: 50,
      times: Infinity,
    });
    const run = await act(emulator, { operation: 'deactivate', key_id: ids.join('\n') });
    expect(run.exitCode).toBe(1);
    expect(run.outputs['error_kind']).toBe('permission');
    expect(told(run)).toContain(
      `50 of ${many} keys were deactivated before that; not deactivated: `,
    );

    const done = inactive(emulator);
    const left = ids.filter((id) => !done.includes(id));
    expect(done).toHaveLength(50);
    expect(JSON.parse(run.outputs['key_ids'] ?? '')).toEqual(left);
    // Nothing new was begun after the first refusal, but what was under way came to its end.
    expect(emulator.journal.attempts('UpdateApiKey')).toBeLessThan(50 + 8 + 8);
    const lines = run.log.split('\n');
    const idsUnder = (title: string): readonly string[] => {
      const rest = lines.slice(lines.indexOf(`▼ ${title}`) + 1);
      const isOfKeys = (line: string): boolean => /^[0-9a-f-]{36}(?:, |$)/u.test(line);
      const end = rest.findIndex((line) => !isOfKeys(line));
      return rest.slice(0, end).flatMap((line) => line.split(', '));
    };
    expect(new Set(idsUnder('50 keys deactivated, before it failed'))).toEqual(new Set(done));
    // All of them, and not as many as a line holds.
    expect(idsUnder(`${many - 50} keys not deactivated`)).toEqual(left);
  },
);
