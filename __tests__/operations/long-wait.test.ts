import { describe, expect, test } from '@jest/globals';
import { provisionalName } from '../../src/names/stamp.ts';
import { LongWait } from '../../src/operations/long-wait.ts';
import { VirtualTime } from '../coralogix/virtual-time.ts';
import { keptLog } from '../support/log.ts';
import { play, scripted, setting } from './setting.ts';
import { status } from './simulation/outcome.ts';
import { ensuring, name, rotating } from './simulation/requests.ts';

/** Waits again and again, and says when which line came. */
async function lines(pauses: readonly number[], until = 'it is there'): Promise<readonly string[]> {
  const clock = new VirtualTime();
  const log = keptLog();
  const wait = new LongWait({ clock, log });
  const found: string[] = [];
  const all = pauses.reduce((sum, pauseMs) => sum + pauseMs, 0);
  const waiting = async (): Promise<void> => {
    for (const pauseMs of pauses) {
      const before = log.infos.length;
      wait.tell({ until, pauseMs, mostMs: all - clock.elapsed() });
      const told = log.infos.slice(before).map((line) => `${clock.elapsed()}: ${line}`);
      found.push(...told);
      await clock.sleep(pauseMs);
    }
  };
  await clock.pass(waiting());
  return found;
}

describe('a wait', () => {
  test.each([
    ['none', []],
    ['one of five seconds', [5000]],
    ['several, of five seconds in all', [1000, 2000, 2000]],
    ['none that takes any time, however often', [5000, 0, 0, 0]],
  ])('is not told where it is short: %s', async (_what, pauses) => {
    expect(await lines(pauses)).toEqual([]);
  });

  test('is told before the pause that makes it long, with what and how long it is for', async () => {
    expect(await lines([2000, 2000, 2000])).toEqual([
      '4000: Waiting until it is there, for 2 s at most.',
    ]);
  });

  test('is told at once where it is one long pause', async () => {
    expect(await lines([13_000])).toEqual(['0: Waiting until it is there, for 13 s at most.']);
  });

  test('is told each ten seconds, and no more often', async () => {
    expect(await lines(Array.from({ length: 60 }, () => 500))).toEqual([
      '5000: Waiting until it is there, for 25 s at most.',
      '15000: Still waiting until it is there, for 15 s at most.',
      '25000: Still waiting until it is there, for 5 s at most.',
    ]);
  });
});

const waitingLines = (infos: readonly string[]): readonly string[] =>
  infos.filter((line) => line.includes('aiting until'));

describe('whoever waits says what for', () => {
  test.each([
    [3000, []],
    [12_000, ['Waiting until ingress.example.com:443 knows the key, for 27 s at most.']],
    [
      25_000,
      [
        'Waiting until ingress.example.com:443 knows the key, for 27 s at most.',
        'Still waiting until ingress.example.com:443 knows the key, for 16 s at most.',
        'Still waiting until ingress.example.com:443 knows the key, for 6 s at most.',
      ],
    ],
  ])('for the proof of a key that is known after %i ms', async (knownMs, expected) => {
    const world = setting({ hideValues: true });
    world.ingestionBehaviour = { newKeysAcceptedAfterMs: knownMs };
    const { infos, outcome } = await play(world, rotating({ verify: true }));
    expect(outcome?.proof?.afterMs).toBeGreaterThanOrEqual(knownMs);
    expect(waitingLines(infos)).toEqual(expected);
  });

  test('for another run, that died on its way to the name', async () => {
    const world = setting();
    await world.plant([{ name: provisionalName(name, world.wallClock(), 'abcd1234') }]);
    const { infos, outcome } = await play(world, ensuring());
    expect(outcome?.created).toBe(true);
    expect(waitingLines(infos)[0]).toMatch(
      /^Waiting until another run has made the key "shop\/production", for [56] s at most\.$/u,
    );
  });

  test('for a list that is slow to show a new key, and then for what it may not show yet', async () => {
    const world = setting({ readLagMs: 8000 });
    const { infos } = await play(world, ensuring());
    const id = world.store.keys()[0]?.id;
    expect(waitingLines(infos)).toEqual([
      expect.stringContaining(`Waiting until the list shows the new key "${name}" (${id}), for `),
    ]);
  });

  test('for a service that does not know a key it has just made', async () => {
    const missing = Array.from({ length: 5 }, () => status('NOT_FOUND', 20));
    const world = setting({ faults: scripted({ Update: missing }) });
    const { infos, outcome } = await play(world, rotating());
    expect(waitingLines(infos)).toEqual([
      `Waiting until the service knows the key ${outcome?.key?.id}, for 6 s at most.`,
    ]);
  });

  test('and is silent where all is as it mostly is', async () => {
    const world = setting({ hideValues: true });
    const first = await play(world, ensuring({ verify: true }));
    const second = await play(world, rotating({ verify: true }), { hasJobEnd: true });
    expect(waitingLines([...first.infos, ...second.infos])).toEqual([]);
  });
});
