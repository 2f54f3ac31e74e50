import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import type { Key } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import { clockDifferenceMs } from '../../src/names/stamp.ts';
import { entryOf, type StoredRecord } from '../../src/operations/stored-record.ts';
import {
  judge,
  type Facts,
  type Judgement,
  type PassedValue,
  type SecretState,
} from '../../src/operations/stored-value.ts';
import { bareKey } from '../support/key.ts';

const now = Date.UTC(2026, 5, 1);
const dayMs = 86_400_000;

const key = (id: string): Key => bareKey({ id, name: 'a' });

const [one, two] = [key('key-1'), key('key-2')];
const valueOf = (id: string): Secret => new Secret(`cxtp_value-of-${id}`);
const entry = (id: string): StoredRecord['entry'] => entryOf(id, valueOf(id), now - dayMs);
const previously = (id: string | undefined): StoredRecord['previous'] =>
  id === undefined ? undefined : entry(id);

const stored = (id: string, previous?: string): StoredRecord => ({
  state: 'stored',
  entry: entry(id),
  previous: previously(previous),
  settled: [],
});
const storing = (id: string, previous?: string, untilMs = now + 60_000): StoredRecord => ({
  state: 'storing',
  untilMs,
  entry: entry(id),
  previous: previously(previous),
  settled: [],
});
/** By now, whoever was storing has surely done it or given up. */
const cutOff = (id: string, previous?: string): StoredRecord =>
  storing(id, previous, now - clockDifferenceMs - 1);

const why = new Failure('github', 'GitHub answered 404.');
const notAsked: SecretState = { state: 'not_asked' };
const missing: SecretState = { state: 'missing', record: { state: 'missing' } };
/** The record is written first. */
const missingBut = (record: StoredRecord): SecretState => ({
  state: 'missing',
  record: { state: 'read', record, updatedMs: now },
});
const invisible: SecretState = { state: 'invisible', why };
const byHand: SecretState = { state: 'exists', updatedMs: now, record: { state: 'missing' } };
const edited: SecretState = {
  state: 'exists',
  updatedMs: now,
  record: { state: 'unreadable', problem: 'is no JSON' },
};
const recordHidden: SecretState = {
  state: 'exists',
  updatedMs: now,
  record: { state: 'invisible', why },
};

/** A secret with a record; when they were written, in seconds from now. */
function withRecord(
  record: StoredRecord,
  written: { readonly secret?: number | undefined; readonly record?: number | undefined } = {
    secret: 0,
    record: 0,
  },
): SecretState {
  const at = (seconds: number | undefined): number | undefined =>
    seconds === undefined ? undefined : now + seconds * 1000;
  return {
    state: 'exists',
    updatedMs: at(written.secret),
    record: { state: 'read', record, updatedMs: at(written.record) },
  };
}

const notGiven: PassedValue = { isPassed: false };
const blank: PassedValue = { isPassed: true, value: undefined };
const passing = (id: string): PassedValue => ({ isPassed: true, value: valueOf(id) });

function judged(change: Partial<Facts>): Judgement {
  return judge({
    active: [one],
    inactive: [],
    passed: notGiven,
    secret: notAsked,
    seesSecrets: true,
    nowMs: now,
    ...change,
  });
}

/** `KIND of KEY`, and what is said. */
function told(judgement: Judgement): string {
  const said = 'why' in judgement ? judgement.why : '';
  return `${judgement.kind} of ${judgement.key.id}: ${said}`;
}

describe('a value that is passed in', () => {
  test.each<readonly [what: string, secret: SecretState, judgement: string]>([
    ['nothing is known of a secret', notAsked, 'known of key-1'],
    ['the secret was made by hand', byHand, 'known of key-1'],
    ['the record fits', withRecord(stored('key-1')), 'known of key-1'],
    ['its own run has not yet written that it is stored', withRecord(storing('key-1')), 'known'],
    ['its own run was cut off behind the secret', withRecord(cutOff('key-1')), 'known of key-1'],
    // The secret is somewhere else.
    ['there is no such secret here', missing, 'refused of key-1: `stored_value` is given, and'],
    ['GitHub shows nothing', invisible, 'failed'],
    ['GitHub shows no record', recordHidden, 'failed'],
    ['the record was edited', edited, 'refused of key-1: The secret is there, but its record is'],
    // It is that of another one.
    ['the record names another key', withRecord(stored('key-2')), 'refused of key-1'],
    ['its key was the one before', withRecord(stored('key-2', 'key-1')), 'refused of key-1'],
    [
      'another run is storing a new one just now',
      withRecord(storing('key-2', 'key-1')),
      'refused of key-1: `stored_value` does not fit the record of the secret: another run is storing',
    ],
    [
      'a run was cut off before its new key had the name',
      withRecord(cutOff('key-2', 'key-1')),
      'known of key-1',
    ],
    [
      'a run was cut off, and the passed value is of neither',
      withRecord(cutOff('key-2', 'key-3')),
      'refused of key-1',
    ],
  ])('where %s', (_what, secret, judgement) => {
    const found = judged({ secret, passed: passing('key-1') });
    expect(told(found)).toContain(judgement);
    // Whatever is handed out is what was passed in, for the key that it is of.
    if (found.kind === 'known') {
      expect(found.value.reveal() === valueOf('key-1').reveal()).toBe(true);
    }
  });

  test('is not handed out for an older key, once the new one bears the name', () => {
    const secret = withRecord(cutOff('key-2', 'key-1'));
    const found = judged({ active: [one, two], secret, passed: passing('key-1') });
    expect(told(found)).toContain('refused of key-2');
  });

  test('is that of the key that the record names, of several', () => {
    const secret = withRecord(stored('key-2'));
    const found = judged({ active: [one, two], secret, passed: passing('key-2') });
    expect(told(found)).toBe('known of key-2: ');
  });

  test('is lost where its key is no longer active', () => {
    const secret = withRecord(stored('key-9'));
    expect(told(judged({ secret, passed: passing('key-9') }))).toBe(
      'lost of key-1: `stored_value` is that of the key key-9, which is no longer active under this name.',
    );
  });

  test('is not lost where its key was made a moment ago: the list may lag', () => {
    const fresh = { ...stored('key-9'), entry: entryOf('key-9', valueOf('key-9'), now - 30_000) };
    const found = judged({ secret: withRecord(fresh), passed: passing('key-9') });
    expect(told(found)).toContain('refused of key-1: `stored_value` is that of the key key-9');
    const busy = judged({ secret: withRecord(storing('key-9')), passed: passing('key-9') });
    expect(told(busy)).toContain('refused of key-1');
  });

  test('is said to be of a key that was deactivated, where the service shows it so', () => {
    const inactive = [bareKey({ id: 'key-9', name: 'a', active: false })];
    const fresh = { ...stored('key-9'), entry: entryOf('key-9', valueOf('key-9'), now - 30_000) };
    const facts = { inactive, passed: passing('key-9') };
    expect(told(judged({ ...facts, secret: withRecord(fresh) }))).toBe(
      'refused of key-1: `stored_value` is that of the key key-9, which was stored a moment ago, and has been deactivated since, for example by a `rotate` without `secret_name`.',
    );
    expect(told(judged({ ...facts, secret: withRecord(stored('key-9')) }))).toBe(
      'lost of key-1: `stored_value` is that of the key key-9, which is no longer active under this name. It was deactivated since, for example by a `rotate` without `secret_name`.',
    );
  });

  test('is quoted nowhere', () => {
    for (const secret of [withRecord(stored('key-2')), withRecord(stored('key-9')), missing]) {
      const found = judged({ secret, passed: passing('key-9') });
      expect(JSON.stringify(found)).not.toContain(valueOf('key-9').reveal());
    }
  });
});

describe('a blank value', () => {
  test.each<readonly [secret: SecretState, judgement: string]>([
    [notAsked, 'lost of key-1: `stored_value` is blank.'],
    [missingBut(storing('key-1')), 'refused of key-1: Another run is storing its value just now.'],
    [missingBut(cutOff('key-1')), 'lost of key-1: `stored_value` is blank, and the secret is not'],
    [missing, 'lost of key-1: `stored_value` is blank, and the secret is not there.'],
    [invisible, 'failed'],
    [byHand, 'refused of key-1: `stored_value` is blank, although the secret is there'],
    [edited, 'refused of key-1: `stored_value` is blank, although the secret is there'],
    [withRecord(stored('key-1')), 'refused of key-1: `stored_value` is blank, although'],
    [withRecord(stored('key-2')), 'refused of key-1: `stored_value` is blank, although'],
  ])('is judged by what GitHub shows: %j', (secret, judgement) => {
    expect(told(judged({ secret, passed: blank }))).toContain(judgement);
  });
});

describe('a value that this step does not need', () => {
  test.each<readonly [what: string, secret: SecretState, judgement: string]>([
    ['nobody has kept it', notAsked, 'lost of key-1: The service discloses a value only when'],
    ['the secret is not there', missing, 'lost of key-1'],
    [
      'the secret is not there yet',
      missingBut(storing('key-1')),
      'refused of key-1: Another run is storing its value just now.',
    ],
    [
      'the secret never came, as the run was cut off',
      missingBut(cutOff('key-1')),
      'lost of key-1: The secret that should',
    ],
    [
      'the value of a key that has no name yet is being stored',
      withRecord(storing('key-2', 'key-1'), { secret: -9, record: 0 }),
      'refused of key-1: Another run is storing its value just now.',
    ],
    [
      'a run was cut off before its key had the name',
      withRecord(cutOff('key-2', 'key-1'), { secret: -9, record: 0 }),
      'kept of key-1',
    ],
    [
      'a run was cut off, and may have stored the value of a key that is gone',
      withRecord(cutOff('key-2', 'key-1'), { secret: 0, record: 0 }),
      'lost of key-1: A run that stored the value of another key, key-2, did not come to its end',
    ],
    [
      'a run was cut off, and what was stored before is of a key that is gone',
      withRecord(cutOff('key-2', 'key-9'), { secret: -9, record: 0 }),
      'lost of key-1: A run that stored the value of another key',
    ],
    ['GitHub shows nothing', invisible, 'failed'],
    ['GitHub shows no record', recordHidden, 'failed'],
    ['the secret was made by hand', byHand, 'lost of key-1: The secret is there, but without'],
    ['the record was edited', edited, 'lost of key-1: The secret is there, but its record is no'],
    ['the record fits', withRecord(stored('key-1')), 'kept of key-1'],
    ['the record names another key', withRecord(stored('key-9')), 'lost of key-1: The secret'],
    // The record is written before the secret and after it.
    [
      'the secret came a second later',
      withRecord(stored('key-1'), { secret: 1, record: 0 }),
      'kept',
    ],
    [
      'the secret was changed long after its record',
      withRecord(stored('key-1'), { secret: 3, record: 0 }),
      'lost of key-1: The secret was changed after its record was written',
    ],
    ['GitHub tells no times', withRecord(stored('key-1'), {}), 'kept of key-1'],
    [
      'GitHub tells no time of the record',
      withRecord(stored('key-1'), { secret: -9, record: undefined }),
      'kept of key-1',
    ],
    [
      'it is being stored',
      withRecord(storing('key-1'), { secret: -9, record: 0 }),
      'refused of key-1: Another run is storing its value just now.',
    ],
    [
      'it was to be stored, and the run was cut off',
      withRecord(cutOff('key-1'), { secret: -9, record: 0 }),
      'lost of key-1: A run was cut off before it had stored its value in the secret.',
    ],
    [
      'it was stored, and the run was cut off before it said so',
      withRecord(cutOff('key-1'), { secret: 1, record: 0 }),
      'kept of key-1',
    ],
  ])('where %s', (_what, secret, judgement) => {
    expect(told(judged({ secret }))).toContain(judgement);
  });

  test('is that of the key that the record names, of several, and since when it says', () => {
    const found = judged({ active: [one, two], secret: withRecord(stored('key-2')) });
    expect(found).toMatchObject({ kind: 'kept', key: two, sinceMs: now - dayMs });
  });
});

describe('events that see no secrets, or others', () => {
  const secrets = [
    notAsked,
    missing,
    invisible,
    byHand,
    edited,
    recordHidden,
    ...[stored, storing, cutOff].flatMap((record) =>
      [record('key-1'), record('key-2'), record('key-9', 'key-1')].map((each) => withRecord(each)),
    ),
  ];
  const passed = [notGiven, blank, passing('key-1'), passing('key-9')];

  test('lose nothing, whatever is known', () => {
    for (const secret of secrets) {
      for (const given of passed) {
        const facts = { secret, passed: given };
        const usual = judged(facts);
        const found = judged({ ...facts, seesSecrets: false });
        const isLost = usual.kind === 'lost';
        expect(found.kind).toBe(isLost ? 'refused' : usual.kind);
        if (isLost) expect(told(found)).toContain('so nothing counts as lost');
      }
    }
  });
});
