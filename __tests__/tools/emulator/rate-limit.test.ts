import { describe, expect, test } from '@jest/globals';
import { RateLimit } from '../../../tools/emulator/rate-limit.ts';
import { status } from '../../support/status.ts';
import { connected, started } from './started.ts';

/** How many of so many calls at once are taken. */
function taken(limit: RateLimit, calls: number): number {
  return Array.from({ length: calls }, () => limit.take()).filter((fault) => fault === undefined)
    .length;
}

describe('a rate limit', () => {
  test('takes so many calls at once, and as many again in a second, evenly', () => {
    let now = 0;
    const limit = new RateLimit(10, () => now);
    expect(taken(limit, 15)).toBe(10);
    now += 100;
    expect(taken(limit, 15)).toBe(1);
    now += 250;
    expect(taken(limit, 15)).toBe(2);
    now += 3_600_000;
    expect(taken(limit, 15)).toBe(10);
  });

  test('is none by default', () => {
    expect(taken(new RateLimit(Infinity, () => 0), 100_000)).toBe(100_000);
  });

  test('refuses with RESOURCE_EXHAUSTED, and does nothing then', async () => {
    const emulator = await started({ rateLimit: 0 });
    const client = connected(emulator);
    const refused = await client.call('GetSendDataApiKeys', {});
    expect(refused.code).toBe(status.RESOURCE_EXHAUSTED);
    expect([emulator.journal.attempts(), emulator.journal.commits()]).toEqual([1, 0]);
  });
});
