import { describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { status } from '../support/status.ts';
import type { Acting } from './harness.ts';
import { act, emulated, told, slackMs } from './harness.ts';
import { life } from './life.ts';

const hour = 3_600_000;

/** A wall clock that jumps while the step works: it takes a quarter of a second to start. */
function jumping(by: number, afterMs = 700): Acting {
  const script = pathToFileURL(join(process.cwd(), '__tests__', 'support', 'clock-jump.mjs'));
  return {
    nodeArguments: ['--import', script.href],
    env: { CLOCK_JUMP: String(by), CLOCK_JUMPS_AFTER: String(afterMs) },
  };
}

describe.each([
  ['forward', hour],
  ['back', -hour],
  ['back to 1970', -Date.now()],
] as const)('when the clock jumps %s', (_, by) => {
  test.concurrent('a call that is under way goes on', async () => {
    const emulator = await emulated({ delayMs: 1200 });
    const run = await act(emulator, { operation: 'list' }, jumping(by));
    expect(run.exitCode).toBe(0);
    expect(emulator.journal.attempts()).toBe(1);
  });

  test.concurrent('a service that stays silent is given up within the budget', async () => {
    const emulator = await emulated({ faults: [{ fault: { kind: 'hang' }, times: Infinity }] });
    const run = await act(emulator, { operation: 'list', timeout_seconds: '2' }, jumping(by));
    expect(run.outputs).toEqual({ error_kind: 'timeout' });
    expect(run.wallMs).toBeLessThan(2000 + slackMs);
  });

  test.concurrent('the wait that a service asks for is as long as it asked', async () => {
    const fault = { kind: 'status', code: status.RESOURCE_EXHAUSTED, retryDelayMs: 1500 } as const;
    const emulator = await emulated({ faults: [{ fault }] });
    const run = await act(emulator, { operation: 'list' }, jumping(by));
    expect(run.exitCode).toBe(0);
    const [first = 0, second = 0] = emulator.journal.calls.map(({ at }) => at);
    expect(second - first).toBeGreaterThanOrEqual(1490);
    expect(run.wallMs).toBeLessThan(1500 + 2 * slackMs);
  });

  test.concurrent('a new key is settled, and it is the only one', async () => {
    const { run, active, keys } = await life();
    const made = await run({ operation: 'ensure' }, jumping(by));
    expect(made.exitCode).toBe(0);
    expect(active()).toEqual([made.outputs['key_id']]);
    expect(Object.keys(keys())).toHaveLength(1);
  });
});

describe('a list that changes while it is acted on', () => {
  test.concurrent('a key that appears after the list is not touched', async () => {
    const { emulator, seed, run, active } = await life();
    const { id } = seed();
    let late = '';
    const end = emulator.journal.onCall(({ rpc }) => {
      if (rpc !== 'GetSendDataApiKeys') return;
      end();
      late = seed().id;
    });
    const done = await run({ operation: 'deactivate' });
    expect(done.outputs).toMatchObject({ key_ids: JSON.stringify([id]), changed: 'true' });
    expect(active()).toEqual([late]);
  });

  test.concurrent('a key that is gone after the list is as good as deleted', async () => {
    const { emulator, seed, run, keys } = await life();
    const [first, second] = [seed(), seed()];
    const end = emulator.journal.onCall(({ rpc }) => {
      if (rpc !== 'GetSendDataApiKeys') return;
      end();
      emulator.store.delete(emulator.tokens.admin, first.id);
    });
    const done = await run({ operation: 'delete' });
    expect(done.exitCode).toBe(0);
    expect(JSON.parse(done.outputs['key_ids'] ?? '')).toEqual([first.id, second.id]);
    expect(keys()).toEqual({});
  });

  test.concurrent('a list that grows while it is on its way is whole, as it was', async () => {
    const emulator = await emulated();
    const { store, teamId } = emulator;
    const before = store.seed(500, 'before/', { teamId });
    emulator.inject({
      rpc: 'GetSendDataApiKeys',
      fault: { kind: 'delay', ms: 600, when: 'after' },
    });
    const growing = setInterval(() => store.seed(5, 'during/', { teamId }), 20);
    const end = emulator.journal.onCall(() => store.seed(1, 'after', { teamId }));
    const run = await act(emulator, { operation: 'list' });
    clearInterval(growing);
    end();
    expect(told(run)).toBe('');
    const listed = (
      JSON.parse(Object.values(run.temp)[0] ?? '[]') as readonly { readonly id: string }[]
    ).map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
    expect(new Set(listed).size).toBe(listed.length);
    expect(run.outputs['count']).toBe(String(listed.length));
  });
});
