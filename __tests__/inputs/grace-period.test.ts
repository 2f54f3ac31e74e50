import { describe, expect, test } from '@jest/globals';
import { base, problems, requested, warnings, type Given } from './step-inputs.ts';

const making = { ...base, name: 'my-app', team_id: '4001' };
const rotating: Given = { ...making, operation: 'rotate' };

describe('grace_period', () => {
  test.each([
    ['90m', 90 * 60_000],
    ['12h', 12 * 3_600_000],
    ['2d', 48 * 3_600_000],
  ])('of %s is read, for `rotate` and for `ensure`', async (grace_period, graceMs) => {
    for (const given of [
      { ...rotating, grace_period },
      { ...making, operation: 'ensure', if_value_lost: 'rotate', grace_period },
    ]) {
      expect((await requested(given)).operation).toMatchObject({ graceMs });
    }
  });

  test.each(['0d', '-1d', '1y', '731d', '2', 'two days'])(
    'of %s is refused, with whatever else is wrong',
    async (grace_period) => {
      const told = await problems({ ...rotating, grace_period, timeout_seconds: 'soon' });
      expect(told).toHaveLength(2);
      expect(told).toContainEqual(expect.stringMatching(/^`grace_period`: "/u));
    },
  );

  test.each(['now', 'never'])('contradicts `retire_when: %s`', async (retire_when) => {
    expect(await problems({ ...rotating, grace_period: '2d', retire_when })).toEqual([
      `\`grace_period\` and \`retire_when: ${retire_when}\` contradict each other: a grace period begins when the job has succeeded. Leave one of them out.`,
    ]);
  });

  test('has no effect where `ensure` never rotates, and that is said', async () => {
    const ensuring = { ...making, operation: 'ensure', grace_period: '2d' };
    expect(await warnings(ensuring)).toEqual([
      expect.stringMatching(/^`grace_period` has no effect: `ensure` rotates only with/u),
    ]);
    const storing = { secret_name: 'KEY', max_age: '30d' };
    for (const more of [{ if_value_lost: 'rotate' }, storing]) {
      expect(await warnings({ ...ensuring, ...more })).toEqual([]);
    }
  });
});
