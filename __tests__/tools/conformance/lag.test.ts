import { expect, test } from '@jest/globals';
import { lagSeen } from '../../../tools/conformance/probes/lag.ts';

test.each([
  [{ isMet: true, atLeastMs: 0, looks: 1 }, 'within 100 ms', 'at once'],
  [
    { isMet: true, atLeastMs: 100, looks: 3 },
    'within 100 ms',
    'the last of 2 looks in vain began after 100 ms',
  ],
  [
    { isMet: true, atLeastMs: 101, looks: 3 },
    'later than 100 ms',
    'the last of 2 looks in vain began after 101 ms',
  ],
  [{ isMet: false, atLeastMs: 900, looks: 9 }, 'never', '9 looks, the last after 900 ms'],
])('what was waited for, %j, is %s', (waited, seen, detail) => {
  expect(lagSeen(waited, 100)).toEqual({ seen, detail });
});
