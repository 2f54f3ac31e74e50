import { describe, expect, test } from '@jest/globals';
import type { IngestionBehaviour } from '../../tools/emulator/ingestion/behaviour.ts';
import { Secret } from '../../src/core/secret.ts';
import { proofBoundMs } from '../../src/operations/proof-bound.ts';
import { creating, ensuring, name, rotating, secret } from './simulation/requests.ts';
import type { World } from './simulation/world.ts';
import { play, setting, stored } from './setting.ts';

/** A service that discloses values on Create only, with an ingestion that behaves so. */
function world(behaviour: IngestionBehaviour = {}): World {
  const made = setting({ hideValues: true });
  made.ingestionBehaviour = behaviour;
  return made;
}

const never: IngestionBehaviour = { newKeysAcceptedAfterMs: Infinity };
const proof = {
  authority: 'ingress.example.com:443',
  afterMs: expect.any(Number) as unknown as number,
};

describe('a key that has to be proven to work', () => {
  test.each([
    ['create', creating({ verify: true }), ['Create', 'Update']],
    ['ensure', ensuring({ verify: true }), ['List', 'Create', 'List', 'Update']],
    ['rotate', rotating({ verify: true }), expect.arrayContaining(['Create', 'Update'])],
  ] as const)('is handed out with the proof: %s', async (_operation, request, calls) => {
    const here = world();
    const { outcome, calls: made } = await play(here, request);
    expect(outcome?.proof).toEqual(proof);
    expect(outcome?.sentence).toMatch(
      /It works: accepted by ingress\.example\.com:443 after \d+\.\d s, where a made-up key is refused\./u,
    );
    expect(made).toEqual(calls);
    expect(stored(here)).toEqual([{ name, active: true }]);
  });

  test.each([0, 200, 5000, 20_000])('is waited for while it is not known: %d ms', async (after) => {
    const here = world({ newKeysAcceptedAfterMs: after });
    const { outcome, lastedMs } = await play(here, ensuring({ verify: true }));
    expect(outcome?.proof?.afterMs).toBeGreaterThanOrEqual(after);
    // The proof is part of the time in which other runs show themselves.
    expect(lastedMs).toBeLessThan(Math.max(4000, after + 3000));
  });

  test.each([
    ['create', creating({ verify: true }), []],
    ['ensure', ensuring({ verify: true }), []],
    ['rotate', rotating({ verify: true }), [{ name, active: true }]],
    ['rotate now', rotating({ verify: true, retireWhen: 'now' }), [{ name, active: true }]],
  ] as const)(
    'and is not, is taken back, and nothing old is retired: %s',
    async (what, request, left) => {
      const here = world();
      if (what.startsWith('rotate')) await here.plant([{ name }]);
      here.ingestionBehaviour = never;
      const { failure, outcome } = await play(here, request, { hasJobEnd: true });
      expect(outcome).toBeUndefined();
      expect(failure?.kind).toBe('not_verified');
      expect(failure?.message).toMatch(
        /ingress\.example\.com:443 answered UNAUTHENTICATED "unknown API key"\. So the new key "shop\/production" \(\S+\) is not proven to work, and is not used\. The key \S+ that this run made was deleted\.$/u,
      );
      expect(stored(here)).toEqual(left);
    },
  );

  test.each<[string, IngestionBehaviour, string]>([
    [
      'takes any key',
      { emptyRequests: 'key-not-checked' },
      'with any key, also with one that was made up',
    ],
    ['is over its quota', { quota: 0 }, 'answered RESOURCE_EXHAUSTED'],
  ])('where the ingestion %s is not, and that is said at once', async (_what, behaviour, said) => {
    const here = world(behaviour);
    const { failure, lastedMs } = await play(here, creating({ verify: true }));
    expect(failure?.kind).toBe('not_verified');
    expect(failure?.message).toContain(said);
    expect(lastedMs).toBeLessThan(2000);
    expect(stored(here)).toEqual([]);
  });

  test('is stored only when it is proven', async () => {
    const here = world(never);
    const { secret: kept, infos } = await play(here, ensuring({ verify: true, secret }));
    expect(kept).toBeUndefined();
    // It only says what it waits for.
    expect(infos.filter((line) => !/^(?:Still w|W)aiting until /u.test(line))).toEqual([]);
    expect(here.github.record).toBeUndefined();
  });

  test('is no longer than the bound in the way of those who wait for it', async () => {
    const here = world(never);
    const [one, two] = await Promise.all([
      play(here, ensuring({ verify: true })),
      play(here, ensuring({ verify: true }), { startsAfter: 500 }),
    ]);
    for (const { failure } of [one, two]) expect(failure?.kind).toMatch(/not_verified|timeout/u);
    expect(stored(here)).toEqual([]);
  });

  test('is not tried in a dry run, nor without `verify`', async () => {
    const here = world({ emptyRequests: 'key-not-checked' });
    for (const request of [ensuring({ verify: true, dryRun: true }), creating()]) {
      const { outcome, failure } = await play(here, request);
      expect(failure).toBeUndefined();
      expect(outcome?.proof).toBeUndefined();
    }
  });
});

describe('a value that was stored', () => {
  async function existing(behaviour: IngestionBehaviour = {}): Promise<{
    readonly here: World;
    readonly value: Secret;
  }> {
    const here = world();
    const { outcome } = await play(here, creating());
    if (outcome?.value === undefined) throw new Error('No value was told.');
    here.ingestionBehaviour = behaviour;
    return { here, value: outcome.value };
  }
  const passing = (value: Secret | undefined, change = {}): ReturnType<typeof ensuring> =>
    ensuring({ verify: true, storedValue: { isPassed: true, value }, ...change });

  test('is handed out with the proof that it works', async () => {
    const { here, value } = await existing();
    const { outcome } = await play(here, passing(value));
    expect(outcome?.value === value).toBe(true);
    expect(outcome?.proof).toEqual(proof);
    expect(outcome?.created).toBe(false);
  });

  test('and is not known any more counts as lost: `fail` says so and changes nothing', async () => {
    const { here } = await existing();
    const { failure } = await play(here, passing(new Secret(`cxtp_${'0'.repeat(30)}`)));
    expect(failure?.kind).toBe('value_hidden');
    expect(failure?.message).toContain('What is known as its value does not work.');
    expect(stored(here)).toEqual([{ name, active: true }]);
  });

  test('and is not known any more is replaced with `if_value_lost: rotate`, by a proven one', async () => {
    const { here } = await existing();
    const wrong = new Secret(`cxtp_${'0'.repeat(30)}`);
    const { outcome } = await play(here, passing(wrong, { ifValueLost: 'rotate' }));
    expect(outcome?.created).toBe(true);
    expect(outcome?.proof).toEqual(proof);
  });

  test('and is not known any more is not lost for an event that sees no secrets', async () => {
    const { here } = await existing();
    const wrong = new Secret(`cxtp_${'0'.repeat(30)}`);
    const { failure } = await play(here, passing(wrong, { ifValueLost: 'rotate' }), {
      seesSecrets: false,
    });
    expect(failure?.message).toContain('so nothing counts as lost');
    expect(stored(here)).toHaveLength(1);
  });

  test('that could not be proven is not lost: the step fails, and nothing is rotated', async () => {
    const { here, value } = await existing({ emptyRequests: 'key-not-checked' });
    const { failure } = await play(here, passing(value, { ifValueLost: 'rotate' }));
    expect(failure?.kind).toBe('not_verified');
    expect(failure?.message).toContain('nothing was changed');
    expect(stored(here)).toEqual([{ name, active: true }]);
  });
});

test.each([
  [60_000, 30_000],
  [54_000, 30_000],
  [600_000, 300_000],
  [20_000, 15_000],
  [4000, 2000],
])('of %d ms that are left, a proof may take %d', (left, bound) => {
  expect(proofBoundMs(left)).toBe(bound);
});
