import { describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.ts';
import { clockDifferenceMs } from '../../src/names/stamp.ts';
import {
  entryOf,
  isUnderWay,
  isValueOf,
  mayBeStoring,
  readRecordText,
  recordText,
  type StoredRecord,
} from '../../src/operations/stored-record.ts';

const now = Date.UTC(2026, 5, 1, 12, 30, 15, 250);
const value = new Secret('cxtp_0123456789abcdefghijklmnopqrst');
const entry = entryOf('11111111-2222-3333-4444-555555555555', value, now);
const previous = entryOf('01111111-2222-3333-4444-555555555555', new Secret('cxtp_old'), now - 1);

const stored: StoredRecord = { state: 'stored', entry, previous: undefined, settled: [] };
const storing: StoredRecord = {
  state: 'storing',
  untilMs: now + 60_000,
  entry,
  previous,
  settled: [previous.keyId, 'key-2'],
};

/** The text of a record with some of its fields changed; undefined takes one away. */
function edited(record: StoredRecord, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...(JSON.parse(recordText(record)) as object), ...fields });
}

describe('the record of a stored value', () => {
  test.each([
    ['stored', stored],
    ['stored, with what was before', { ...stored, previous }],
    ['being stored for the first time', { ...storing, previous: undefined }],
    ['being stored in place of another', storing],
  ] as const)('is read as it was written: %s', (_what, record) => {
    expect(readRecordText(recordText(record))).toEqual({ ok: true, value: record });
  });

  test('is JSON of a fixed form, as later versions read what this one wrote', () => {
    const { salt, hash } = entry.fingerprint;
    expect(JSON.parse(recordText(storing))).toEqual({
      version: 1,
      state: 'storing',
      until: '2026-06-01T12:31:15.250Z',
      key_id: entry.keyId,
      since: '2026-06-01T12:30:15.250Z',
      salt,
      hash,
      previous: {
        key_id: previous.keyId,
        since: '2026-06-01T12:30:15.249Z',
        salt: previous.fingerprint.salt,
        hash: previous.fingerprint.hash,
      },
      settled: [previous.keyId, 'key-2'],
    });
  });

  test('holds no value, and nothing that two records of one value have in common', () => {
    const again = entryOf(entry.keyId, value, now);
    expect(recordText(storing)).not.toContain(value.reveal());
    expect(again.fingerprint.salt).not.toBe(entry.fingerprint.salt);
    expect(again.fingerprint.hash).not.toBe(entry.fingerprint.hash);
  });

  test('fits into a variable of GitHub', () => {
    // 48 KB: https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    expect(recordText(storing).length).toBeLessThan(1000);
    // Of a name that a workflow has rotated for years with `retire_when: never`.
    const settled = Array.from({ length: 5000 }, (_, index) => `key-${index}`);
    const text = recordText({ ...storing, settled });
    expect(text.length).toBeLessThan(48 * 1024);
    const read = readRecordText(text);
    expect(read.ok ? read.value : read.problems).toMatchObject({ entry, previous });
  });

  test('tells the value of its key from all others, also after it was read back', () => {
    const read = readRecordText(recordText(stored));
    expect(read.ok).toBe(true);
    const known = read.ok ? read.value.entry : previous;
    expect(isValueOf(known, value)).toBe(true);
    for (const other of ['cxtp_old', `${value.reveal()} `, value.reveal().slice(1), '']) {
      expect(isValueOf(known, new Secret(other))).toBe(false);
    }
  });

  test('ignores fields that a later form of the same version may have', () => {
    const text = edited(stored, { note: 'x' });
    expect(readRecordText(text)).toEqual({ ok: true, value: stored });
  });
});

describe('a record that was edited', () => {
  test.each([
    ['no text', '', 'is no JSON'],
    ['another text', 'see the wiki', 'is no JSON'],
    ['half of it', recordText(stored).slice(0, 40), 'is no JSON'],
    ['null', 'null', 'is none that this action has written'],
    ['a list', '[]', 'is none that this action has written'],
    ['a record of something else', '{"version":"1"}', 'is none that this action has written'],
    ['a later version', edited(stored, { version: 2 }), 'is of version 2, which'],
    ...(
      [
        { state: 'done' },
        { state: undefined },
        { key_id: undefined },
        { key_id: 7 },
        { key_id: '' },
        { key_id: 'a b' },
        { key_id: '-a' },
        { key_id: `a${'b'.repeat(128)}` },
        { key_id: 'a\n::error::b' },
        { since: 'yesterday' },
        { since: undefined },
        { salt: 'ab' },
        { salt: entry.fingerprint.salt.toUpperCase().replace(/[0-9]/gu, 'A') },
        { hash: entry.fingerprint.hash.slice(1) },
        { hash: undefined },
        { settled: 'key-1' },
        { settled: [7] },
        { settled: ['a b'] },
        { previous: null },
        { previous: {} },
        { previous: { ...previous, key_id: undefined } },
      ] as const
    ).map(
      (fields) => [JSON.stringify(fields), edited(storing, fields), 'has been edited'] as const,
    ),
    ['no end', edited(storing, { until: undefined }), 'has been edited'],
    ['an end that is no time', edited(storing, { until: 'soon' }), 'has been edited'],
  ])('is told as such: %s', (_what, text, problem) => {
    const read = readRecordText(text);
    expect(read.ok ? [] : read.problems).toEqual([expect.stringContaining(problem)]);
    // It is the rest of a sentence, and nothing of the text stands in it.
    expect(read.ok ? '' : read.problems.join()).toMatch(/^(?:is|has) [\w ,]+$/u);
  });
});

describe('whoever is storing', () => {
  test('counts as at work until the time that it gave itself has passed by any clock', () => {
    const untilMs = now + 60_000;
    expect(isUnderWay(storing, now)).toBe(true);
    expect(isUnderWay(storing, untilMs + clockDifferenceMs - 1)).toBe(true);
    expect(isUnderWay(storing, untilMs + clockDifferenceMs)).toBe(false);
  });

  test('has done its work where the record says so', () => {
    expect(isUnderWay(stored, now)).toBe(false);
  });

  test.each([
    [entry.keyId, 60_000],
    [previous.keyId, undefined],
    // It may have been announced as well, and be written over since: a step lasts an hour at most.
    ['key-9', 3_600_000],
  ])('may be storing the value of %s for %j ms more', (id, lastsMs) => {
    const endMs = now + (lastsMs ?? 0) + clockDifferenceMs;
    expect(mayBeStoring(storing, id, endMs - 1)).toBe(lastsMs !== undefined);
    expect(mayBeStoring(storing, id, endMs)).toBe(false);
  });
});
