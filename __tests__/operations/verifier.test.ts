import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../src/core/redaction.ts';
import { Secret } from '../../src/core/secret.ts';
import { Failure } from '../../src/core/failure.ts';
import type { Ingestion, IngestionAnswer } from '../../src/core/ports.ts';
import { Verifier, type Trial } from '../../src/operations/verifier.ts';
import { chance, VirtualTime } from '../coralogix/virtual-time.ts';
import { silentLog } from '../support/log.ts';

/** Tries a value at an ingestion that knows that one only; what was sent to it, in order. */
async function tried(
  value: string,
  fraction: () => number,
): Promise<{ readonly trial: Trial; readonly sent: readonly string[] }> {
  const sent: string[] = [];
  const clock = new VirtualTime();
  const verifier = new Verifier({
    clock,
    budget: clock.budget(60_000),
    log: silentLog,
    random: { fraction },
    connect: () =>
      Promise.resolve({
        authority: 'ingress.example.com:443',
        tryKey: (key: Secret): Promise<IngestionAnswer> => {
          sent.push(key.reveal());
          const why = new Failure('not_verified', 'as the test says');
          return Promise.resolve(
            key.reveal() === value ? { kind: 'accepted' } : { kind: 'unknown_key', why },
          );
        },
      }),
  });
  return { trial: await clock.pass(verifier.prove(new Secret(value))), sent };
}

/** An ingestion that takes a second to answer, and knows the key after so many milliseconds. */
function slow(value: string, clock: VirtualTime, knownMs: number): Ingestion {
  const tookMs = 1000;
  const why = new Failure('not_verified', 'as the test says');
  return {
    authority: 'ingress.example.com:443',
    async tryKey(key, { remaining }): Promise<IngestionAnswer> {
      const left = Math.max(0, remaining());
      await clock.sleep(Math.min(tookMs, left));
      if (left < tookMs) return { kind: 'refused', why };
      const isKnown = key.reveal() === value && clock.elapsed() >= knownMs;
      return isKnown ? { kind: 'accepted' } : { kind: 'unknown_key', why };
    },
  };
}

test('a key that becomes known at the very end of its time is proven all the same', async () => {
  const clock = new VirtualTime();
  const verifier = new Verifier({
    ...{ clock, budget: clock.budget(60_000), random: chance() },
    log: silentLog,
    connect: () => Promise.resolve(slow('cxtp_known', clock, 29_000)),
  });
  const trial = await clock.pass(verifier.prove(new Secret('cxtp_known')));
  expect(trial).toEqual({
    kind: 'proven',
    proof: { authority: 'ingress.example.com:443', afterMs: 29_750 },
  });
  // Its time is half a minute, and the made-up key takes one second more.
  expect(clock.elapsed()).toBe(30_750);
});

test.each([
  ['unknown_key', 'unknown_key'],
  ['inconclusive', 'unproven'],
] as const)(
  'a try that the end of the time cuts off takes back nothing: %s',
  async (said, kind) => {
    const clock = new VirtualTime();
    const [told, cutOff] = ['as was said', 'no answer in time'].map(
      (sentence) => new Failure('not_verified', sentence),
    );
    let tries = 0;
    const verifier = new Verifier({
      ...{ clock, budget: clock.budget(60_000), random: chance() },
      log: silentLog,
      connect: () =>
        Promise.resolve({
          authority: 'ingress.example.com:443',
          async tryKey(_key: Secret, { remaining }): Promise<IngestionAnswer> {
            tries += 1;
            // Later ones hang until a moment before the end, as timers may be early.
            await clock.sleep(tries === 1 ? 29_000 : Math.max(0, remaining() - 1));
            const [kind, why] = tries === 1 ? [said, told] : ['inconclusive' as const, cutOff];
            return { kind, why: why ?? new Failure('internal', 'none') };
          },
        }),
    });
    const trial = await clock.pass(verifier.prove(new Secret('cxtp_value')));
    expect(tries).toBe(2);
    expect(trial).toEqual({ kind, why: told });
  },
);

/** Which kind of character stands where. */
function shapeOf(text: string): string {
  const [start = ''] = /^[a-z]{2,6}_/u.exec(text) ?? [];
  const rest = text
    .slice(start.length)
    .replace(/[a-f]/gu, 'a')
    .replace(/[g-z]/gu, 'g')
    .replace(/[A-F]/gu, 'A')
    .replace(/[G-Z]/gu, 'G')
    .replace(/\d/gu, '0');
  return `${start}${rest}`;
}

const character = fc.constantFrom(
  ...Array.from('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.+/=:'),
);
const values = fc.oneof(
  fc.uuid(),
  fc.string({ unit: character, minLength: 20, maxLength: 40 }).map((text) => `cxtp_${text}`),
  fc.string({ unit: character, minLength: 1, maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
);
const chances = fc.array(
  fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.999_999_9, noNaN: true })),
  { minLength: 1, maxLength: 10 },
);

describe('the key that is made up', () => {
  test('is never the real one, looks like it, and no message can quote it', async () => {
    await fc.assert(
      fc.asyncProperty(values, chances, async (value, fractions) => {
        let next = 0;
        const fraction = (): number => fractions[next++ % fractions.length] ?? 0;
        const { trial, sent } = await tried(value, fraction);
        expect(trial.kind).toBe('proven');
        const [first, madeUp = '', ...more] = sent;
        expect([first, more]).toEqual([value, []]);
        expect(madeUp).not.toBe(value);
        const hasRoom = /[0-9A-Za-z]/u.test(value.replace(/^[a-z]{2,6}_/u, ''));
        expect(shapeOf(madeUp)).toBe(hasRoom ? shapeOf(value) : `${shapeOf(value)}0`);
        if (madeUp.length >= 6) expect(redact(`"${madeUp}"`)).not.toContain(madeUp);
      }),
    );
  });

  test('goes on being a UUID where the real one is one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), async (value) => {
        const { sent } = await tried(value, Math.random);
        expect(sent[1]).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u);
      }),
    );
  });
});
