import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  clockDifferenceMs,
  endOf,
  goesBy,
  isDue,
  isOwnStamp,
  isoMoment,
  looksStamped,
  nameWithEnd,
  provisionalName,
  readStamp,
  stampProblem,
  withoutEnd,
  withoutStamp,
} from '../../src/names/stamp.ts';
import { readProvisional } from '../support/provisional.ts';

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
        expect(looksStamped(provisional)).toBe(true);
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
    expect(looksStamped('a ~pending-yesterday')).toBe(true);
    expect(looksStamped('a pending')).toBe(false);
  });
});

const minute = 60_000;
const ends = fc.integer({ min: 0, max: Date.UTC(2099, 0, 1) });
const chosen = fc.string({ unit: 'binary' }).filter((name) => !looksStamped(name));

describe('a name with an end', () => {
  test('says until when, in UTC to the minute', () => {
    const end = Date.UTC(2026, 11, 3, 2, 10);
    expect(nameWithEnd('my app', end)).toBe('my app ~until-20261203T0210Z');
  });

  test('never says less than it was to be', () => {
    expect(nameWithEnd('n', Date.UTC(2026, 11, 31, 23, 59, 0, 1))).toBe('n ~until-20270101T0000Z');
    expect(nameWithEnd('n', Date.UTC(2026, 11, 31, 23, 59))).toBe('n ~until-20261231T2359Z');
  });

  test('gives back the name and the end, whatever they are', () => {
    fc.assert(
      fc.property(chosen, ends, (name, end) => {
        const until = Math.ceil(end / minute) * minute;
        const stamped = nameWithEnd(name, end);
        expect(readStamp(stamped)).toEqual({ kind: 'until', name, until });
        expect(withoutStamp(stamped)).toBe(name);
        expect(readProvisional(stamped)).toBeUndefined();
        expect(looksStamped(stamped)).toBe(true);
      }),
    );
  });

  test('can be the final name of a key that is being made', () => {
    fc.assert(
      fc.property(chosen, ends, ends, (name, end, now) => {
        const finalName = nameWithEnd(name, end);
        const since = Math.floor(now / 1000) * 1000;
        const stamped = provisionalName(finalName, now, nonce);
        expect(readStamp(stamped)).toEqual({ kind: 'pending', name, finalName, since });
        expect(readProvisional(stamped)).toEqual({ name: finalName, since });
      }),
    );
  });
});

describe('a name without a stamp', () => {
  test('is what it is', () => {
    fc.assert(
      fc.property(chosen, (name) => {
        expect(readStamp(name)).toBeUndefined();
        expect(withoutStamp(name)).toBe(name);
        expect(stampProblem(name)).toBeUndefined();
      }),
    );
  });

  test.each([
    'a',
    'until-1',
    'a~until-20261203T0210Z',
    'a ~untilx',
    'a ~ until-1',
    '~',
    ' ~pending',
  ])('may be %j', (name) => {
    expect(looksStamped(name)).toBe(false);
    expect(readStamp(name)).toBeUndefined();
  });
});

describe('a stamp that somebody wrote by hand', () => {
  test.each([
    ['a 13th month', 'a ~until-20261303T0210Z'],
    ['a month 0', 'a ~until-20260003T0210Z'],
    ['31 February', 'a ~until-20260231T0210Z'],
    ['29 February of no leap year', 'a ~until-20270229T0210Z'],
    ['24 hours', 'a ~until-20261203T2400Z'],
    ['60 minutes', 'a ~until-20261203T0260Z'],
    ['seconds', 'a ~until-20261203T021000Z'],
    ['no zone', 'a ~until-20261203T0210'],
    ['another zone', 'a ~until-20261203T0210+0100'],
    ['dashes', 'a ~until-2026-12-03T02:10Z'],
    ['a day only', 'a ~until-20261203'],
    ['a word', 'a ~until-tomorrow'],
    ['nothing', 'a ~until-'],
    ['small letters', 'a ~until-20261203t0210z'],
    ['capital letters', 'a ~UNTIL-20261203T0210Z'],
    ['two ends', 'a ~until-20261203T0210Z ~until-20271203T0210Z'],
    ['the same end twice', 'a ~until-20261203T0210Z ~until-20261203T0210Z'],
    ['an end of a provisional name', `a ~pending-20260131T235959Z-${nonce} ~until-20261203T0210Z`],
    [
      'a wrong end of a provisional name',
      `a ~until-20261303T0210Z ~pending-20260131T235959Z-${nonce}`,
    ],
    [
      'a provisional name twice',
      `a ~pending-20260131T235959Z-${nonce} ~pending-20260131T235959Z-${nonce}`,
    ],
    ['a provisional name without a nonce', 'a ~pending-20260131T235959Z'],
    ['more behind it', 'a ~until-20261203T0210Z (Bob)'],
    ['a line break behind it', 'a ~until-20261203T0210Z\n'],
    ['another blank', 'a\u00a0~until-20261203T0210Z'],
    ['two blanks, and wrong', 'a  ~until-soon'],
    ['digits of another script', 'a ~until-٢٠٢٦١٢٠٣T٠٢١٠Z'],
  ])('is not believed, and still seen: %s', (_, candidate) => {
    expect(readStamp(candidate)).toEqual({ kind: 'unreadable', name: 'a' });
    expect(withoutStamp(candidate)).toBe('a');
    expect(readProvisional(candidate)).toBeUndefined();
    expect(looksStamped(candidate)).toBe(true);
  });

  test('is believed where it is just as the action writes it', () => {
    const until = Date.UTC(2028, 1, 29, 23, 59);
    expect(readStamp('a ~until-20280229T2359Z')).toEqual({ kind: 'until', name: 'a', until });
  });

  test('in front of which nothing stands leaves no name', () => {
    expect(readStamp('~until-20261203T0210Z')).toEqual({ kind: 'unreadable', name: '' });
  });

  test('is never read as what would be written otherwise', () => {
    const pieces = fc.constantFrom(
      'a',
      ' ',
      ' ~until-',
      ' ~pending-',
      '20261203T0210Z',
      '-',
      nonce,
      '20260131T235959Z',
      'z',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (chosenPieces) => {
        const candidate = chosenPieces.join('');
        const stamp = readStamp(candidate);
        expect(stamp === undefined).toBe(!looksStamped(candidate));
        expect(looksStamped(withoutStamp(candidate))).toBe(false);
        if (stamp?.kind === 'until') expect(nameWithEnd(stamp.name, stamp.until)).toBe(candidate);
        if (stamp?.kind !== 'pending') return;
        const again = provisionalName(
          stamp.finalName,
          stamp.since,
          candidate.split('-').at(-1) ?? '',
        );
        expect(again).toBe(candidate);
        expect(withoutStamp(stamp.finalName)).toBe(stamp.name);
      }),
    );
  });

  test('of a hundred thousand blanks is read at once', () => {
    expect(readStamp(`${' '.repeat(100_000)}~until-x`)).toEqual({ kind: 'unreadable', name: '' });
    expect(looksStamped(' ~until'.repeat(100_000))).toBe(false);
  });
});

describe('a stamp before which no name stands that an input gives', () => {
  test.each(['', ' ', 'a ', ' a', '\ta', 'a\u00a0'])('is not our own: %j', (name) => {
    const end = Date.UTC(2026, 11, 3);
    for (const odd of [nameWithEnd(name, end), provisionalName(name, end, nonce)]) {
      const stamp = readStamp(odd);
      expect(stamp !== undefined && isOwnStamp(stamp)).toBe(false);
      expect([endOf(odd), withoutEnd(odd), goesBy(odd, name)]).toEqual([undefined, odd, false]);
    }
  });

  test('is an ordinary name, as are all others that are not just as the action writes them', () => {
    const pieces = fc.constantFrom(
      'a',
      ' ',
      ' ~until-',
      '20261203T0210Z',
      '20261303T0210Z',
      ' ~until-20261203T0210Z',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 6 }), (some) => {
        const candidate = some.join('');
        const end = endOf(candidate);
        const name = withoutEnd(candidate);
        if (end === undefined) expect(name).toBe(candidate);
        else {
          expect(nameWithEnd(name, end)).toBe(candidate);
          expect(name.trim()).toBe(name);
          expect(looksStamped(name)).toBe(false);
          expect(goesBy(candidate, name)).toBe(true);
        }
        expect(goesBy(candidate, candidate)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a moment', () => {
  test('is told in UTC to the second', () => {
    expect(isoMoment(Date.UTC(2026, 11, 3, 2, 10, 59, 999))).toBe('2026-12-03T02:10:59Z');
  });
});

describe('a name that somebody chooses', () => {
  test('must not look stamped, and the sentence says what the stamp is for', () => {
    expect(stampProblem('a ~pending-x')).toMatch(/^" ~pending-" marks keys that are being made/u);
    expect(stampProblem('a ~Until-x')).toMatch(/^" ~until-" is kept for keys that have an end/u);
    expect(stampProblem('~until-x')).toBeDefined();
  });
});

describe('an end', () => {
  test('is due when it is past by every clock that may be right', () => {
    const until = Date.UTC(2026, 11, 3, 2, 10);
    expect(isDue(until, until)).toBe(false);
    expect(isDue(until, until + clockDifferenceMs - 1)).toBe(false);
    expect(isDue(until, until + clockDifferenceMs)).toBe(true);
    expect(isDue(until, until, 0)).toBe(true);
    expect(isDue(until, until - 1, 0)).toBe(false);
  });

  test('is never due early, however far apart the two clocks are within bounds', () => {
    const apart = fc.integer({ min: -clockDifferenceMs / 2, max: clockDifferenceMs / 2 });
    const length = fc.integer({ min: 1, max: 730 * 24 * 60 * minute });
    fc.assert(
      fc.property(
        apart,
        apart,
        ends,
        length,
        fc.integer({ min: 0, max: 1e9 }),
        (writers, readers, start, lasts, later) => {
          const stamp = readStamp(nameWithEnd('n', start + writers + lasts));
          if (stamp?.kind !== 'until') throw new Error('not read');
          const now = start + later;
          if (isDue(stamp.until, now + readers)) expect(now).toBeGreaterThanOrEqual(start + lasts);
        },
      ),
    );
  });
});
