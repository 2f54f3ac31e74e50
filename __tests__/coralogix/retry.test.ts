import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRetry, RetriesSpent, type Retry } from '../../src/coralogix/retry.ts';
import { statusCodes, type StatusName } from '../../src/coralogix/status.ts';
import { CallError, type CallErrorFacts, type Rpc } from '../../src/coralogix/transport.ts';
import { chance, VirtualTime } from './virtual-time.ts';

const rpcs = [
  'CreateApiKey',
  'GetApiKey',
  'GetSendDataApiKeys',
  'UpdateApiKey',
  'DeleteApiKey',
] as const satisfies readonly Rpc[];
const repeatable = rpcs.filter((rpc) => rpc !== 'CreateApiKey');

/** The statuses of trouble that passes, and of success. */
const transient: readonly StatusName[] = [
  'OK',
  'DEADLINE_EXCEEDED',
  'RESOURCE_EXHAUSTED',
  'ABORTED',
  'UNAVAILABLE',
];
const statusNames = Object.keys(statusCodes) as StatusName[];

function facts(some: Partial<CallErrorFacts>): CallErrorFacts {
  return {
    cause: 'status',
    sent: 'maybe',
    status: 'UNAVAILABLE',
    text: '',
    retryAfterMs: undefined,
    remarks: [],
    ...some,
  };
}

const unavailable = facts({ status: 'UNAVAILABLE' });
const limited = facts({ status: 'RESOURCE_EXHAUSTED' });

interface Bench {
  readonly time: VirtualTime;
  readonly retry: Retry;
  /** The timeouts that the attempts were given. */
  readonly timeouts: number[];
  /** When the attempts began. */
  readonly starts: number[];
  /** Fails with each of these in turn, then gives `done`; each attempt takes `lasting`. */
  attempt(failures: readonly CallErrorFacts[], lasting?: number): (ms: number) => Promise<string>;
}

function bench(budgetMs = 60_000, fraction = 0.5): Bench {
  const time = new VirtualTime();
  const timeouts: number[] = [];
  const starts: number[] = [];
  const budget = time.budget(budgetMs);
  return {
    time,
    retry: createRetry({ clock: time, random: chance(fraction), budget }),
    timeouts,
    starts,
    attempt(failures, lasting = 0) {
      const left = [...failures];
      return async (ms) => {
        timeouts.push(ms);
        starts.push(time.elapsed());
        if (lasting > 0) await time.sleep(Math.min(lasting, ms));
        const failure = left.shift();
        if (failure !== undefined) throw new CallError(failure);
        return 'done';
      };
    },
  };
}

/** How it ended: `done`, or what it gave up with. */
async function ending(
  { time, retry }: Bench,
  rpc: Rpc,
  attempt: (ms: number) => Promise<string>,
): Promise<string | RetriesSpent> {
  return time.pass(
    retry.run(rpc, attempt).catch((thrown: unknown) => {
      if (thrown instanceof RetriesSpent) return thrown;
      throw thrown;
    }),
  );
}

const always = (what: CallErrorFacts): readonly CallErrorFacts[] =>
  Array<CallErrorFacts>(1000).fill(what);

describe('what may be sent again', () => {
  const refusals = [limited, facts({ cause: 'gateway_limit' })];
  const passing = [
    ...refusals,
    facts({ status: 'DEADLINE_EXCEEDED' }),
    facts({ status: 'ABORTED' }),
    unavailable,
    facts({ cause: 'timeout', status: 'DEADLINE_EXCEEDED' }),
    facts({ cause: 'dropped' }),
    facts({ cause: 'gateway_busy' }),
  ];

  test.each(repeatable)('%s, after trouble that passes', async (rpc) => {
    for (const trouble of passing) {
      const it = bench();
      expect(await ending(it, rpc, it.attempt([trouble, trouble]))).toBe('done');
      expect(it.starts).toHaveLength(3);
    }
  });

  test('CreateApiKey never, when it may have been done', async () => {
    for (const trouble of passing.filter((each) => !refusals.includes(each))) {
      const it = bench();
      const end = await ending(it, 'CreateApiKey', it.attempt([trouble]));
      expect(end).toMatchObject({ facts: trouble, attempts: 1, maybeDoneBefore: false });
      expect(it.time.sleeps).toEqual([]);
    }
  });

  test('CreateApiKey, when it was told to come back: nothing was made', async () => {
    for (const trouble of refusals) {
      const it = bench();
      expect(await ending(it, 'CreateApiKey', it.attempt([trouble, trouble]))).toBe('done');
      expect(it.starts).toHaveLength(3);
    }
  });

  test.each(rpcs)('%s, when it never left', async (rpc) => {
    for (const cause of ['dns', 'refused', 'proxy', 'unreachable', 'timeout'] as const) {
      const it = bench();
      const trouble = facts({ cause, sent: 'never' });
      expect(await ending(it, rpc, it.attempt([trouble, trouble, trouble]))).toBe('done');
      expect(it.starts).toHaveLength(4);
    }
  });

  test.each(rpcs)('%s not, when the host is not to be trusted', async (rpc) => {
    const it = bench();
    const trouble = facts({ cause: 'tls', sent: 'never' });
    expect(await ending(it, rpc, it.attempt([trouble]))).toMatchObject({ attempts: 1 });
  });

  test.each(rpcs)('%s not, after an answer that will stay the same', async (rpc) => {
    const statuses = statusNames
      .filter((status) => !transient.includes(status))
      .map((status) => facts({ status }));
    const others = (
      [
        'gateway_auth',
        'gateway_refusal',
        'gateway_error',
        'not_grpc',
        'too_large',
        'tls',
        'quota',
      ] as const
    ).map((cause) => facts({ cause }));
    for (const trouble of [...statuses, ...others]) {
      const it = bench();
      expect(await ending(it, rpc, it.attempt([trouble]))).toMatchObject({
        facts: trouble,
        attempts: 1,
      });
    }
  });

  test('what is no failure of a call is passed on at once', async () => {
    const it = bench();
    const defect = new TypeError('a defect');
    const run = it.retry.run('GetApiKey', () => Promise.reject(defect));
    await expect(it.time.pass(run)).rejects.toBe(defect);
  });
});

describe('how often, and how long', () => {
  test('six attempts, then the last failure with their number', async () => {
    const it = bench();
    const end = await ending(it, 'GetApiKey', it.attempt(always(unavailable)));
    expect(end).toMatchObject({ facts: unavailable, attempts: 6, maybeDoneBefore: true });
    expect(it.starts).toHaveLength(6);
  });

  test('whether an attempt before the last may have arrived is told', async () => {
    const never = facts({ cause: 'refused', sent: 'never' });
    const notFound = facts({ status: 'NOT_FOUND' });
    for (const [before, expected] of [
      [never, false],
      [unavailable, true],
    ] as const) {
      const it = bench();
      const end = await ending(it, 'DeleteApiKey', it.attempt([before, never, notFound]));
      expect(end).toMatchObject({ facts: notFound, attempts: 3, maybeDoneBefore: expected });
    }
  });

  test('the waits are chosen between nothing and a ceiling that doubles', async () => {
    const waits = async (fraction: number): Promise<readonly number[]> => {
      const it = bench(60_000, fraction);
      await ending(it, 'GetApiKey', it.attempt(always(unavailable)));
      return it.time.sleeps;
    };
    expect(await waits(0)).toEqual([0, 0, 0, 0, 0]);
    expect(await waits(0.5)).toEqual([200, 400, 800, 1600, 2500]);
    expect(await waits(1)).toEqual([400, 800, 1600, 3200, 5000]);
  });

  test('an attempt gets its own bound, or what is left of the budget', async () => {
    const timeout = facts({ cause: 'timeout', status: 'DEADLINE_EXCEEDED' });
    const it = bench(40_000, 0);
    await ending(it, 'GetApiKey', it.attempt(always(timeout), 60_000));
    expect(it.timeouts).toEqual([15_000, 15_000, 10_000]);
    const list = bench(100_000, 0);
    await ending(list, 'GetSendDataApiKeys', list.attempt([]));
    expect(list.timeouts).toEqual([20_000]);
  });

  test.each([
    [60_000, 20_000],
    [20_000, 15_000],
    [12_000, 7000],
    [6000, 3000],
    [1000, 500],
  ])(
    'of %i ms, CreateApiKey gets %i, so that a lost answer can be looked into',
    async (all, ms) => {
      const it = bench(all);
      await ending(it, 'CreateApiKey', it.attempt([]));
      expect(it.timeouts).toEqual([ms]);
    },
  );

  test('with the budget spent nothing is sent, and the time is to blame', async () => {
    const it = bench(0);
    const end = await ending(it, 'UpdateApiKey', it.attempt([]));
    expect(end).toMatchObject({ facts: { cause: 'timeout', sent: 'never' }, attempts: 0 });
    expect(it.starts).toEqual([]);
  });

  test('a wait that the budget does not allow is not begun', async () => {
    const it = bench(1000, 0.9);
    const end = await ending(it, 'GetApiKey', it.attempt(always(limited)));
    expect(end).toMatchObject({ facts: limited, attempts: 2 });
    expect(it.time.elapsed()).toBeLessThan(1000);
  });

  test('of what is left of the budget, half at most is waited, unless the service asked for it', async () => {
    const it = bench(1000, 1);
    const end = await ending(it, 'GetApiKey', it.attempt(always(unavailable)));
    expect(end).toMatchObject({ facts: unavailable, attempts: 6 });
    expect(it.time.sleeps).toEqual([400, 300, 150, 75, 37.5]);
  });
});

describe('when the service asks to slow down', () => {
  test('it is asked again for as long as the budget lasts, ever more slowly', async () => {
    const it = bench(60_000);
    const end = await ending(it, 'GetApiKey', it.attempt(always(limited)));
    expect(end).toMatchObject({ facts: limited });
    expect(it.time.sleeps.slice(0, 6)).toEqual([200, 400, 800, 1600, 2500, 2500]);
    expect(it.starts.length).toBeGreaterThan(10);
    expect(it.starts.length).toBeLessThan(30);
  });

  test('a failure of another kind is still counted', async () => {
    const it = bench();
    const mixed = [...Array<CallErrorFacts[]>(6).fill([limited, unavailable]).flat(), unavailable];
    const end = await ending(it, 'GetApiKey', it.attempt(mixed));
    expect(end).toMatchObject({ attempts: 12 });
  });

  test('its own delay is kept, with a little chance on top', async () => {
    const it = bench();
    const told = facts({ status: 'RESOURCE_EXHAUSTED', retryAfterMs: 3000 });
    expect(await ending(it, 'GetApiKey', it.attempt([told, told]))).toBe('done');
    expect(it.time.sleeps).toEqual([3020, 3040]);
  });

  test('a delay of nothing is no leave to ask all the time', async () => {
    const it = bench();
    await ending(
      it,
      'GetApiKey',
      it.attempt(always(facts({ status: 'RESOURCE_EXHAUSTED', retryAfterMs: 0 }))),
    );
    expect(it.starts.length).toBeLessThan(30);
  });

  test('the other calls wait, too', async () => {
    const it = bench();
    const told = facts({ status: 'UNAVAILABLE', retryAfterMs: 5000 });
    const first = it.retry.run('GetApiKey', it.attempt([told]));
    const second = it.time.sleep(100).then(() => it.retry.run('CreateApiKey', it.attempt([])));
    await it.time.pass(Promise.all([first, second]));
    expect(it.starts).toEqual([0, 5020, 5020]);
  });

  test('a call that waits goes on waiting when another is told to wait longer', async () => {
    const it = bench(60_000, 0);
    const soon = it.retry.run(
      'GetApiKey',
      it.attempt([facts({ status: 'RESOURCE_EXHAUSTED', retryAfterMs: 1000 })]),
    );
    const late = it.retry.run(
      'GetApiKey',
      it.attempt([facts({ status: 'RESOURCE_EXHAUSTED', retryAfterMs: 9000 })], 500),
    );
    await it.time.pass(Promise.all([soon, late]));
    expect(it.starts).toEqual([0, 0, 9500, 9500]);
  });

  test('what a refusal says of waiting is about that call alone', async () => {
    const it = bench();
    for (const status of [
      'INVALID_ARGUMENT',
      'NOT_FOUND',
      'PERMISSION_DENIED',
      'UNAUTHENTICATED',
    ] as const) {
      const refused = facts({ status, retryAfterMs: 3_600_000 });
      expect(await ending(it, 'DeleteApiKey', it.attempt([refused]))).toMatchObject({
        facts: refused,
      });
      expect(await ending(it, 'DeleteApiKey', it.attempt([]))).toBe('done');
    }
    expect(it.time.elapsed()).toBe(0);
  });

  test('longer than the budget lasts: all calls fail at once, with what the service said', async () => {
    const it = bench(60_000);
    const told = facts({
      status: 'RESOURCE_EXHAUSTED',
      text: 'come back tomorrow',
      retryAfterMs: 86_400_000,
    });
    expect(await ending(it, 'GetApiKey', it.attempt([told]))).toMatchObject({ facts: told });
    const next = await ending(it, 'CreateApiKey', it.attempt([]));
    expect(next).toMatchObject({ facts: { ...told, sent: 'never' }, attempts: 0 });
    expect(it.time.elapsed()).toBe(0);
    expect(it.starts).toHaveLength(1);
  });
});

test('whatever happens, a Create that may have been done is not sent again, and the budget holds', async () => {
  const trouble = fc.record({
    cause: fc.constantFrom('status', 'timeout', 'dropped', 'refused', 'gateway_busy', 'not_grpc'),
    sent: fc.constantFrom('never', 'maybe'),
    status: fc.constantFrom(
      undefined,
      'DEADLINE_EXCEEDED',
      'NOT_FOUND',
      'RESOURCE_EXHAUSTED',
      'UNAVAILABLE',
    ),
    retryAfterMs: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...rpcs),
      fc.array(trouble, { maxLength: 8 }),
      fc.integer({ min: 0, max: 30_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (rpc, troubles, lasting, fraction) => {
        const it = bench(30_000, fraction);
        const failures = troubles.map((some) => facts(some as Partial<CallErrorFacts>));
        const end = await ending(it, rpc, it.attempt(failures, lasting));
        const sentOn = failures.slice(0, it.starts.length - 1);
        if (rpc === 'CreateApiKey') {
          const isSafe = ({ sent, cause, status }: CallErrorFacts): boolean =>
            sent === 'never' || (cause === 'status' && status === 'RESOURCE_EXHAUSTED');
          expect(sentOn.every(isSafe)).toBe(true);
        }
        expect(it.time.elapsed()).toBeLessThanOrEqual(30_000);
        if (end instanceof RetriesSpent) expect(end.attempts).toBe(it.starts.length);
        else expect(it.starts).toHaveLength(failures.length + 1);
      },
    ),
    { numRuns: 300 },
  );
});
