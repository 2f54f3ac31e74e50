import { expect, test } from '@jest/globals';
import { tellAttempt } from '../../src/coralogix/attempt-line.ts';
import { createRetry } from '../../src/coralogix/retry.ts';
import { CallError, type CallErrorFacts } from '../../src/coralogix/transport.ts';
import { chance, VirtualTime } from './virtual-time.ts';

const hostile = 'cxtp_value\n::error::pwned';

function failing(some: Partial<CallErrorFacts>): CallError {
  return new CallError({
    cause: 'status',
    sent: 'maybe',
    status: 'UNAVAILABLE',
    text: hostile,
    retryAfterMs: undefined,
    remarks: [hostile],
    ...some,
  });
}

test('each attempt of a call is told, with its status and how long it took', async () => {
  const clock = new VirtualTime();
  const lines: string[] = [];
  const retry = createRetry({
    ...{ clock, random: chance(), budget: clock.budget(60_000) },
    debug: (line) => lines.push(line),
  });
  const left = [failing({}), failing({ cause: 'dropped', status: undefined })];
  const call = retry.run('GetApiKey', async () => {
    await clock.sleep(25);
    const failure = left.shift();
    if (failure !== undefined) throw failure;
    return 'done';
  });
  expect(await clock.pass(call)).toBe('done');
  expect(lines).toEqual([
    'GetApiKey, attempt 1: UNAVAILABLE, 25 ms',
    'GetApiKey, attempt 2: dropped, 25 ms',
    'GetApiKey, attempt 3: OK, 25 ms',
  ]);
});

test.each([
  [failing({ status: 'PERMISSION_DENIED' }), 'PERMISSION_DENIED'],
  [failing({ status: undefined }), 'a status that is none'],
  [failing({ cause: 'quota', status: 'RESOURCE_EXHAUSTED' }), 'quota'],
  [new Error(hostile), 'an answer that cannot be read'],
])(
  'what is thrown goes on as it is, and nothing that it says is told: %#',
  async (thrown, came) => {
    const lines: string[] = [];
    const context = { rpc: 'CreateApiKey', number: 1, clock: new VirtualTime() } as const;
    const attempt = tellAttempt(() => Promise.reject(thrown), {
      ...context,
      debug: (line) => lines.push(line),
    });
    await expect(attempt).rejects.toBe(thrown);
    expect(lines).toEqual([`CreateApiKey, attempt 1: ${came}, 0 ms`]);
  },
);
