import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { looksProvisional, provisionalName, readProvisional } from '../../src/names/stamp.ts';

const nonce = '0123456789abcdef';
const moment = Date.UTC(2026, 1, 28, 23, 59, 58);

describe('a provisional name', () => {
  test('holds the final name, the time and the nonce, and no character that needs escaping', () => {
    expect(provisionalName('my app', moment, nonce)).toBe(
      'my app ~pending-20260228T235958Z-0123456789abcdef',
    );
  });

  test('is recognised by its final name, whatever that is, and tells when it was made', () => {
    const times = fc.integer({ min: 0, max: Date.UTC(2099, 0, 1) });
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), times, (name, time) => {
        const provisional = provisionalName(name, time, nonce);
        expect(readProvisional(provisional)).toEqual({
          name,
          since: Math.floor(time / 1000) * 1000,
        });
        expect(looksProvisional(provisional)).toBe(true);
      }),
    );
  });

  test('is not taken for that of another final name', () => {
    const names = fc.string({ unit: fc.constantFrom('a', '/', ' ', ' ~pending-'), maxLength: 5 });
    fc.assert(
      fc.property(names, names, (one, other) => {
        fc.pre(one !== other);
        expect(readProvisional(provisionalName(one, moment, nonce))?.name).not.toBe(other);
      }),
    );
  });

  test.each([
    'a',
    'a ~pending-',
    'a ~pending-yesterday',
    'a ~pending-20260228T235958Z-',
    'a ~pending-20260228T235958Z-short',
    'a ~pending-20260228T235958Z-0123456789ABCDEF',
    'a ~pending-20260228T235958-0123456789abcdef',
    'a ~pending-20260299T235958Z-0123456789abcdef',
    'a ~pending-20260228T235958Z-0123456789abcdef\n',
    'a ~pending-20260228T235958Z-0123456789abcdef 2',
    ' a ~pending-20260228T235958Z-0123456789abcdef',
  ])('is not seen in %j', (candidate) => {
    expect(readProvisional(candidate)?.name).not.toBe('a');
  });

  test('must not be chosen by anybody: all that could be one looks provisional', () => {
    expect(looksProvisional('a ~pending-yesterday')).toBe(true);
    expect(looksProvisional('a pending')).toBe(false);
  });
});
