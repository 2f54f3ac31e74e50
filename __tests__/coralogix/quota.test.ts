import { expect, test } from '@jest/globals';
import { isKeyQuota } from '../../src/coralogix/quota.ts';
import type { CallErrorFacts } from '../../src/coralogix/transport.ts';

/** A Create that was refused. What the service would say is assumed. */
const refused: CallErrorFacts = {
  cause: 'status',
  sent: 'maybe',
  status: 'RESOURCE_EXHAUSTED',
  text: 'The team has reached its maximum of 100 keys',
  retryAfterMs: undefined,
  remarks: [],
};

test('a limit on the number of keys is told from one that passes', () => {
  expect(isKeyQuota(refused)).toBe(true);
  expect(isKeyQuota({ ...refused, text: '', remarks: ['API_KEYS_QUOTA'] })).toBe(true);
  // Who says how long to wait says that it passes, whatever else is said. To be told of it as a quota
  // would be to be told to delete keys.
  expect(isKeyQuota({ ...refused, retryAfterMs: 0 })).toBe(false);
  expect(isKeyQuota({ ...refused, retryAfterMs: 30_000 })).toBe(false);
  expect(isKeyQuota({ ...refused, remarks: ['per minute'] })).toBe(false);
  expect(isKeyQuota({ ...refused, text: '' })).toBe(false);
  expect(isKeyQuota({ ...refused, status: 'UNAVAILABLE' })).toBe(false);
});
