import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDuration } from '../../src/core/duration.ts';
import { ok } from '../../src/core/result.ts';

const minute = 60_000;

function problems(text: string): readonly string[] {
  const result = parseDuration(text);
  return result.ok ? [] : result.problems;
}

describe('a length of time', () => {
  test.each([
    ['1m', minute],
    ['90m', 90 * minute],
    ['12h', 12 * 60 * minute],
    ['30d', 30 * 24 * 60 * minute],
    ['007d', 7 * 24 * 60 * minute],
    ['730d', 730 * 24 * 60 * minute],
    ['17520h', 730 * 24 * 60 * minute],
  ])('%s is read', (text, milliseconds) => {
    expect(parseDuration(text)).toEqual(ok(milliseconds));
  });

  test.each([
    ...['', '0', '1', 'd', '1y', '1w', '1s', '1M', '1D', '-1d', '+1d', '1.5h', '1,5h', '1e2d'],
    ...[' 1d', '1 d', '1d\n', '1h30m', '٣d', 'P1D', '0x1d', 'never', 'Infinityd'],
  ])('%j is none, and the three units are told', (text) => {
    expect(problems(text)).toEqual([
      expect.stringMatching(/^"[^\n]*is no length of time: .*90m, 12h or 30d\.$/u),
    ]);
  });

  test.each(['0m', '0h', '0d', '000d'])('%s is too short', (text) => {
    expect(problems(text)).toEqual([
      expect.stringMatching(/is no time at all: the least is 1m\.$/u),
    ]);
  });

  test.each(['731d', '17521h', '1051201m', `${'9'.repeat(400)}d`])('%s is too long', (text) => {
    expect(problems(text)).toEqual([expect.stringMatching(/is too long: two years, 730d,/u)]);
  });

  test('is within its bounds or a sentence, whatever it is', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^-?[0-9]{0,8}[mhdy]$/u));
    fc.assert(
      fc.property(text, (given) => {
        const result = parseDuration(given);
        if (!result.ok) return expect(result.problems).toHaveLength(1);
        expect(Number.isSafeInteger(result.value)).toBe(true);
        expect(result.value).toBeGreaterThanOrEqual(minute);
        expect(result.value).toBeLessThanOrEqual(730 * 24 * 60 * minute);
      }),
    );
  });
});
