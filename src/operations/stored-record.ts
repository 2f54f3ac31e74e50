import { fits, takeFingerprint, type Fingerprint } from '../core/fingerprint.ts';
import { longestStepMs } from '../core/clock.ts';
import { at, textAt } from '../core/json-path.ts';
import { isKeyId } from '../core/key-id.ts';
import { ok, wrong, type Result } from '../core/result.ts';
import type { Secret } from '../core/secret.ts';
import { isDue } from '../names/stamp.ts';

/**
 * The record beside a GitHub secret: the variable `<secret_name>_RECORD` of the same place. It is no
 * secret. It tells later runs which key's value the secret holds and since when, with a salted hash of
 * the value, so that what a job sees of the secret can be compared with it.
 *
 * It is written twice: as `storing` before the key gets its name, and as `stored` when the secret is
 * written. So a key that bears the name is in no record only if nobody is storing it, and a run that was
 * cut off in between is recognised by the next one.
 */
export type StoredRecord = RecordContent &
  (
    | { readonly state: 'stored' }
    /** By `untilMs`, whoever is storing has done it or given up: milliseconds since 1970. */
    | { readonly state: 'storing'; readonly untilMs: number }
  );

/** What every record holds. */
interface RecordContent {
  readonly entry: RecordEntry;
  /** What the secret held before, while the new value is being stored. */
  readonly previous: RecordEntry | undefined;
  /** Ids of other keys of the name whose values surely nobody was storing when this was written. */
  readonly settled: readonly string[];
}

/** A key whose value is, or was, in the secret. */
export interface RecordEntry {
  readonly keyId: string;
  /** When it was written: milliseconds since 1970, by the clock of whoever wrote it. */
  readonly sinceMs: number;
  readonly fingerprint: Fingerprint;
}

// Its form is versioned, as later versions of the action read what earlier ones wrote.
const version = 1;

/** A variable holds 48 KB; a name has two or three keys. */
const mostSettled = 100;

/** Whether some run may still be at work on the secret, by any clock that may be right. */
export function isUnderWay(record: StoredRecord, nowMs: number): boolean {
  return record.state === 'storing' && !isDue(record.untilMs, nowMs);
}

/**
 * Whether some run may still be about to store the value of a key that bears the name. Surely none is where
 * the record says so, or where it is older than any step can be. A key that the record does not name may
 * have been announced in it as well, and another run have written over that.
 */
export function mayBeStoring(record: StoredRecord, keyId: string, nowMs: number): boolean {
  const { entry, settled } = record;
  if (keyId === entry.keyId) return isUnderWay(record, nowMs);
  return !settled.includes(keyId) && !isDue(entry.sinceMs + longestStepMs, nowMs);
}

/**
 * What is to be written down of a key.
 *
 * @param keyId which key
 * @param value its value; only its salted hash is kept
 * @param nowMs milliseconds since 1970
 */
export function entryOf(keyId: string, value: Secret, nowMs: number): RecordEntry {
  return { keyId, sinceMs: nowMs, fingerprint: takeFingerprint(value.reveal()) };
}

/** Whether a value is that of the key in an entry. */
export function isValueOf({ fingerprint }: RecordEntry, value: Secret): boolean {
  return fits(fingerprint, value.reveal());
}

/** The variable's text. */
export function recordText(record: StoredRecord): string {
  const { state, entry, previous, settled } = record;
  return JSON.stringify({
    version,
    state,
    ...(record.state === 'storing' ? { until: new Date(record.untilMs).toISOString() } : {}),
    ...toFields(entry),
    ...(previous === undefined ? {} : { previous: toFields(previous) }),
    ...(settled.length === 0 ? {} : { settled: settled.slice(0, mostSettled) }),
  });
}

/**
 * Reads the variable's text, which anybody may have edited.
 *
 * @param text as GitHub has it
 * @returns the record, or what is wrong with it: the rest of a sentence, `its record …`
 */
export function readRecordText(text: string): Result<StoredRecord> {
  let fields: unknown;
  try {
    fields = JSON.parse(text);
  } catch {
    return wrong('is no JSON');
  }
  const found = at(fields, 'version');
  if (found !== version) {
    return wrong(
      typeof found === 'number'
        ? `is of version ${found}, which this version of the action does not know`
        : 'is none that this action has written',
    );
  }
  const state = at(fields, 'state');
  const entry = fromFields(fields);
  const before = at(fields, 'previous');
  const previous = before === undefined ? undefined : fromFields(before);
  const settled = idsIn(at(fields, 'settled'));
  const isEdited =
    entry === undefined ||
    settled === undefined ||
    (before !== undefined && previous === undefined);
  const untilMs = Date.parse(textAt(fields, 'until') ?? '');
  if (!isEdited && state === 'stored') return ok({ state, entry, previous, settled });
  if (!isEdited && state === 'storing' && !Number.isNaN(untilMs)) {
    return ok({ state, untilMs, entry, previous, settled });
  }
  return wrong('has been edited, and says no longer which key it is about');
}

function toFields({ keyId, sinceMs, fingerprint }: RecordEntry): object {
  return { key_id: keyId, since: new Date(sinceMs).toISOString(), ...fingerprint };
}

function fromFields(fields: unknown): RecordEntry | undefined {
  const keyId = textAt(fields, 'key_id') ?? '';
  const sinceMs = Date.parse(textAt(fields, 'since') ?? '');
  const [salt, hash] = [textAt(fields, 'salt') ?? '', textAt(fields, 'hash') ?? ''];
  const isWhole = isKeyId(keyId) && /^[0-9a-f]{32}$/u.test(salt);
  if (!isWhole || !/^[0-9a-f]{64}$/u.test(hash) || Number.isNaN(sinceMs)) return undefined;
  return { keyId, sinceMs, fingerprint: { salt, hash } };
}

function idsIn(found: unknown): readonly string[] | undefined {
  if (found === undefined) return [];
  return Array.isArray(found) && found.every(isKeyId) ? found : undefined;
}
