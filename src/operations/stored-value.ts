import type { Failure } from '../core/failure.ts';
import type { Key } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import { isUnderWay, isValueOf, type RecordEntry, type StoredRecord } from './stored-record.ts';

/**
 * Where the value of a key that exists is: a pure judgement of what the service, GitHub and the workflow
 * say. The value is disclosed once, so a step that needs it has to be given it back; and nothing may be
 * rotated, or handed out, on a guess.
 */

/** What the workflow passes in as `stored_value`: nothing at all, a blank text, or a value. */
export type PassedValue =
  { readonly isPassed: false } | { readonly isPassed: true; readonly value: Secret | undefined };

/** What GitHub says of the secret of `secret_name`. */
export type SecretState =
  | { readonly state: 'not_asked' }
  /** The record may be there all the same: a run writes it first. */
  | { readonly state: 'missing'; readonly record: RecordState }
  | { readonly state: 'invisible'; readonly why: Failure }
  | {
      readonly state: 'exists';
      readonly updatedMs: number | undefined;
      readonly record: RecordState;
    };

/** What GitHub says of the record beside it. */
export type RecordState =
  | { readonly state: 'missing' }
  | { readonly state: 'invisible'; readonly why: Failure }
  /** Somebody edited it: the rest of a sentence, `its record …`. */
  | { readonly state: 'unreadable'; readonly problem: string }
  | {
      readonly state: 'read';
      readonly record: StoredRecord;
      readonly updatedMs: number | undefined;
    };

/** What is known when a key exists. */
export interface Facts {
  /** The active keys of the name, at least one, in the order of all runs. */
  readonly active: readonly [Key, ...Key[]];
  /** Those that the service shows as inactive. */
  readonly inactive: readonly Key[];
  readonly passed: PassedValue;
  readonly secret: SecretState;
  /** Whether this event sees secrets: those of forks and of Dependabot do not, or see others. */
  readonly seesSecrets: boolean;
  readonly nowMs: number;
}

/** The judgement. `why` is a sentence. */
export type Judgement = { readonly key: Key } & (
  | { readonly kind: 'known'; readonly value: Secret }
  /** The secret holds it, and this step needs no value. */
  | { readonly kind: 'kept'; readonly sinceMs: number }
  /** Surely not to be had any more, or nobody can know: `if_value_lost` decides. */
  | {
      readonly kind: 'lost';
      readonly why: string;
      /** Whether the workflow says nowhere that the value is kept: then nothing went wrong. */
      readonly isKeptNowhere?: boolean;
    }
  /** Something is wrong that another run, or another workflow, puts right. */
  | { readonly kind: 'refused'; readonly why: string; readonly hint: string }
  | { readonly kind: 'failed'; readonly failure: Failure }
);

/** GitHub tells times by the second, and a secret and its record are written one after the other. */
const sameTimeMs = 2000;

/** The service's list lags behind what was just done by seconds: far less than this. */
const longestLagMs = 60_000;

/**
 * Judges where the value is.
 *
 * @param facts what is known
 */
export function judge(facts: Facts): Judgement {
  const key = meantBy(facts);
  const judged = facts.passed.isPassed ? judgePassed(facts, key) : judgeKept(facts, key);
  return judged.kind === 'lost' ? lostTo(facts, judged) : judged;
}

/**
 * That a value is lost, where this run may say so.
 *
 * @param facts what is known
 * @param lost  the key, and why its value is lost
 */
export function lostTo(
  { seesSecrets }: Pick<Facts, 'seesSecrets'>,
  { key, why, ...more }: Omit<Extract<Judgement, { readonly kind: 'lost' }>, 'kind'>,
): Extract<Judgement, { readonly kind: 'lost' | 'refused' }> {
  return seesSecrets
    ? { key, kind: 'lost', why, ...more }
    : {
        key,
        kind: 'refused',
        why: `${why} But this run sees no secrets, or others, as it was started by a fork or by Dependabot: so nothing counts as lost.`,
        hint: 'Let the step run for events of the repository itself.',
      };
}

/** The key that the record names, if it is one of them; else the one that all runs use. */
function meantBy({ active, secret }: Facts): Key {
  const record = recordIn(secret);
  const ids = record === undefined ? [] : [record.entry.keyId, record.previous?.keyId];
  return ids.map((id) => active.find((key) => key.id === id)).find(Boolean) ?? active[0];
}

function recordIn(secret: SecretState): StoredRecord | undefined {
  const isLookedAt = secret.state === 'exists' || secret.state === 'missing';
  return isLookedAt && secret.record.state === 'read' ? secret.record.record : undefined;
}

/** `stored_value` is given. */
function judgePassed(facts: Facts, key: Key): Judgement {
  const { passed, secret } = facts;
  const value = passed.isPassed ? passed.value : undefined;
  if (secret.state === 'invisible') return { key, kind: 'failed', failure: secret.why };
  if (value === undefined) return judgeBlank(facts, key);
  if (secret.state === 'not_asked') return { key, kind: 'known', value };
  if (secret.state === 'missing') {
    return {
      key,
      kind: 'refused',
      why: '`stored_value` is given, and there is no secret of `secret_name` at this place: it is that of another place, such as a secret of the repository or the organization with the same name.',
      hint: 'Delete that one or give this one another name; or pass in what is stored here.',
    };
  }
  const { record } = secret;
  switch (record.state) {
    case 'missing':
      // Made by hand: nothing speaks against it.
      return { key, kind: 'known', value };
    case 'invisible':
      return { key, kind: 'failed', failure: record.why };
    case 'unreadable':
      return {
        key,
        kind: 'refused',
        why: `The secret is there, but its record ${record.problem}.`,
        hint: repair,
      };
    case 'read':
      return judgeByRecord(facts, record.record, value, key);
  }
}

const repair =
  'Run `rotate`, which stores a new value and its record; or delete the variable, if the secret is right.';

function judgeBlank({ secret, nowMs }: Facts, key: Key): Judgement {
  if (secret.state === 'exists') {
    return {
      key,
      kind: 'refused',
      why: '`stored_value` is blank, although the secret is there: this job does not see it.',
      hint: 'Look for a job without `environment:`, another spelling of the name, a reusable workflow that is called without `secrets: inherit`, or a run that began before the value was stored: for that one, running it again will do.',
    };
  }
  if (isBeingStored(secret, nowMs)) return busy(key);
  const why =
    secret.state === 'missing'
      ? '`stored_value` is blank, and the secret is not there.'
      : '`stored_value` is blank.';
  return { key, kind: 'lost', why };
}

function judgeByRecord(
  { active, inactive, nowMs }: Facts,
  record: StoredRecord,
  value: Secret,
  key: Key,
): Judgement {
  const { state, entry, previous } = record;
  const find = (wanted: RecordEntry): Key | undefined =>
    active.find(({ id }) => id === wanted.keyId);
  if (isValueOf(entry, value)) {
    const found = find(entry);
    if (found !== undefined) return { key: found, kind: 'known', value };
    // Whoever passes it in may be ahead of the list.
    const isFresh = isUnderWay(record, nowMs) || nowMs - entry.sinceMs < longestLagMs;
    const isInactive = inactive.some(({ id }) => id === entry.keyId);
    return withoutItsKey(key, entry, { isFresh, isInactive });
  }
  const isBusy = isUnderWay(record, nowMs);
  if (previous !== undefined && state === 'storing' && isValueOf(previous, value)) {
    const found = find(previous);
    // Cut off before the new key had its name, so before the secret was written.
    if (!isBusy && find(entry) === undefined && found !== undefined) {
      return { key: found, kind: 'known', value };
    }
  }
  return {
    key,
    kind: 'refused',
    why: isBusy
      ? '`stored_value` does not fit the record of the secret: another run is storing a new value just now.'
      : '`stored_value` does not fit the record of the secret: it is an older value, or that of another secret with the same name.',
    hint: isBusy
      ? 'Run the job again when that one has ended.'
      : 'A run that began before a rotation has the older value: run it again. A secret of the repository or the organization stands in where the job names no environment that has one. If the secret itself was changed by hand, or a run was cut off while it stored, run `rotate`.',
  };
}

/**
 * The value that is passed in is of a key that is not among the active ones. An inactive one is no lag of
 * something that was just made, but it may be one of `activate`: so a fresh one is not lost, either.
 */
function withoutItsKey(
  key: Key,
  { keyId }: RecordEntry,
  { isFresh, isInactive }: { readonly isFresh: boolean; readonly isInactive: boolean },
): Judgement {
  const whose = `\`stored_value\` is that of the key ${keyId}, which`;
  if (!isFresh) {
    const since = isInactive ? ` It was deactivated since, ${deactivatedBy}.` : '';
    return {
      key,
      kind: 'lost',
      why: `${whose} is no longer active under this name.${since}`,
    };
  }
  return isInactive
    ? {
        key,
        kind: 'refused',
        why: `${whose} was stored a moment ago, and has been deactivated since, ${deactivatedBy}.`,
        hint: 'A minute after it was stored its value counts as lost, and `if_value_lost` decides. Give a `rotate` of this name the `secret_name`, too.',
      }
    : {
        key,
        kind: 'refused',
        why: `${whose} was made a moment ago, and which the service does not show under this name.`,
        hint: 'Run the job again in a minute.',
      };
}

const deactivatedBy = 'for example by a `rotate` without `secret_name`';

/** A run that has announced a value has not surely come to its end. */
function isBeingStored(secret: SecretState, nowMs: number): boolean {
  const record = recordIn(secret);
  return record !== undefined && isUnderWay(record, nowMs);
}

function busy(key: Key): Judgement {
  return {
    key,
    kind: 'refused',
    why: 'Another run is storing its value just now.',
    hint: 'Run the job again when that one has ended.',
  };
}

/** `stored_value` is not given: the step needs no value, but the secret must hold it. */
function judgeKept({ active, secret, nowMs }: Facts, key: Key): Judgement {
  const lost = (why: string): Judgement => ({ key, kind: 'lost', why });
  switch (secret.state) {
    case 'not_asked':
      return {
        ...{ key, kind: 'lost', isKeptNowhere: true },
        why: 'The service discloses a value only when a key is made, and neither `stored_value` nor `secret_name` says where it was kept.',
      };
    case 'missing':
      return isBeingStored(secret, nowMs)
        ? busy(key)
        : lost('The secret that should hold its value is not there.');
    case 'invisible':
      return { key, kind: 'failed', failure: secret.why };
    case 'exists':
      break;
  }
  const { record, updatedMs } = secret;
  if (record.state === 'invisible') return { key, kind: 'failed', failure: record.why };
  if (record.state === 'missing') {
    return lost(
      'The secret is there, but without a record: it was stored by hand, and nobody can know whether it holds the value of this key.',
    );
  }
  if (record.state === 'unreadable')
    return lost(`The secret is there, but its record ${record.problem}.`);
  const { state, entry, previous } = record.record;
  const lead = (updatedMs ?? 0) - (record.updatedMs ?? updatedMs ?? 0);
  if (!active.some(({ id }) => id === entry.keyId)) {
    if (isUnderWay(record.record, nowMs)) return busy(key);
    if (state === 'stored') {
      return lost(
        `The secret holds the value of another key, ${entry.keyId}, which is not active under this name.`,
      );
    }
    // A run was cut off, or gave up. It writes the record first: a secret that is older is as it was.
    return lead < 0 && previous?.keyId === key.id
      ? { key, kind: 'kept', sinceMs: previous.sinceMs }
      : lost(
          `A run that stored the value of another key, ${entry.keyId}, did not come to its end, and that key is not active under this name.`,
        );
  }
  if (state === 'storing' && lead < 0) {
    return isUnderWay(record.record, nowMs)
      ? busy(key)
      : lost('A run was cut off before it had stored its value in the secret.');
  }
  if (state === 'stored' && lead > sameTimeMs) {
    return lost(
      'The secret was changed after its record was written: by hand, or by a run that was cut off.',
    );
  }
  return { key, kind: 'kept', sinceMs: entry.sinceMs };
}
