import { Failure, toFailure } from '../core/failure.ts';
import type { CreatedKey, GitHub, SecretReference } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';
import { quote } from '../core/text.ts';
import { clockDifferenceMs, plainMoment } from '../names/stamp.ts';
import type { CreateOptions } from './create-options.ts';
import type { Ports } from './operation.ts';
import {
  entryOf,
  mayBeStoring,
  readRecordText,
  recordText,
  type RecordEntry,
  type StoredRecord,
} from './stored-record.ts';
import type { RecordState, SecretState } from './stored-value.ts';

/**
 * Asks GitHub, before anything is made, whether the secret can be stored at all.
 *
 * @throws `github` with what is needed
 */
export async function checkSecret({ secret }: CreateOptions, { github }: Ports): Promise<void> {
  if (secret === undefined) return;
  try {
    await github.checkSecretAccess(secret);
  } catch (thrown) {
    throw toFailure(thrown).with({ sentence: 'No key was made.' });
  }
}

/**
 * What GitHub says of a secret, and of the record beside it.
 *
 * @param secret which; undefined when the workflow names none
 * @param github GitHub
 */
export async function lookAtSecret(
  secret: SecretReference | undefined,
  github: GitHub,
): Promise<SecretState> {
  if (secret === undefined) return { state: 'not_asked' };
  const found = await github.findSecret(secret);
  return found.state === 'invisible'
    ? found
    : { ...found, record: await lookAtRecord(secret, github) };
}

/** What GitHub says of the record of a secret. */
export async function lookAtRecord(
  secret: SecretReference,
  github: Pick<GitHub, 'readRecord'>,
): Promise<RecordState> {
  const found = await github.readRecord(secret);
  if (found.state !== 'exists') return found;
  const read = readRecordText(found.text);
  return read.ok
    ? { state: 'read', record: read.value, updatedMs: found.updatedMs }
    : { state: 'unreadable', problem: read.problems.join(' ') };
}

/** A value that is about to be stored, and is announced in the record. */
export interface Announced {
  readonly secret: SecretReference;
  readonly entry: RecordEntry;
  /** Of the other keys of the name, those whose values surely nobody is storing; ids. */
  readonly settled: readonly string[];
  /** Until when the record says that the value is on its way: milliseconds since 1970. */
  readonly untilMs: number;
  /** Whether there is a record: not on a GitHub that knows no variables. */
  readonly isRecorded: boolean;
}

/**
 * Writes into the record, before a key gets its name, that its value is about to be stored. So whoever
 * sees a key under the name sees in the record whether its value may still be on its way into the secret.
 *
 * @param made   the key, under its provisional name
 * @param secret where its value is to go; undefined when nowhere
 * @param others ids of the other active keys of the name
 * @param ports  GitHub, and the time
 */
export async function announce(
  made: CreatedKey,
  secret: SecretReference | undefined,
  others: readonly string[],
  { github, clock, budget, log }: Pick<Ports, 'github' | 'clock' | 'budget' | 'log'>,
): Promise<Announced | undefined> {
  if (secret === undefined) return undefined;
  const now = clock.now();
  const before = await lookAtRecord(secret, github);
  if (before.state === 'invisible') throw before.why;
  const known = before.state === 'read' ? before.record : undefined;
  const entry = entryOf(made.id, made.value, now);
  const previous = storedIn(known);
  const settled = others.filter((id) => known === undefined || !mayBeStoring(known, id, now));
  const untilMs = now + Math.max(0, budget.remaining());
  const record: StoredRecord = { state: 'storing', untilMs, entry, previous, settled };
  const isRecorded = await github.writeRecord(secret, recordText(record));
  if (!isRecorded) {
    log.warning(
      `No record is kept beside ${secretPlace(secret)}: ${notFound} Later runs cannot tell whose value the secret holds, and a rotation retires previous keys only with \`retire_when: now\`. If this GitHub has variables, give the token in \`github_token\` the permission ${recordPermission(secret)}; the next \`rotate\` then writes the record.`,
      'no record',
    );
  }
  return { secret, entry, settled, untilMs, isRecorded };
}

/** What the secret holds for sure, by its record. */
function storedIn(record: StoredRecord | undefined): RecordEntry | undefined {
  return record?.state === 'stored' ? record.entry : record?.previous;
}

/**
 * Stores a value that was announced, and says in the record that it is stored. The record is a help for
 * later runs: where only that cannot be written, a warning says so.
 *
 * @param announced where; undefined when nowhere
 * @param value     what
 */
export async function storeSecret(
  announced: Announced | undefined,
  value: Secret,
  { github, log }: Pick<Ports, 'github' | 'log'>,
): Promise<void> {
  if (announced === undefined) return;
  const { secret, entry, settled, isRecorded } = announced;
  await github.storeSecret({ ...secret, value });
  log.info(`Stored the value as ${secretPlace(secret)}.`);
  if (!isRecorded) return;
  try {
    const text = recordText({ state: 'stored', entry, previous: undefined, settled });
    // It could be written a moment ago, so that somebody took the permission, or the place, away.
    if (!(await github.writeRecord(secret, text))) throw new Failure('github', notFound);
  } catch (thrown) {
    log.warning(unrecorded(announced, toFailure(thrown)), 'record not written');
  }
}

const notFound = 'GitHub answers 404 Not Found where its variables should be.';

/**
 * That the record still says `storing`, and what follows: a run that uses the key finds its value by that as
 * well; a rotation takes the value to be on its way for as long as the record says so, by any clock.
 */
function unrecorded({ secret, untilMs }: Announced, { report }: Failure): string {
  const permission = recordPermission(secret);
  const needed = report.includes(permission)
    ? ''
    : ` Writing it takes the permission ${permission}.`;
  // To the minute that is surely after it.
  const over = plainMoment(untilMs + clockDifferenceMs + 59_999);
  return `The value is stored as ${secretPlace(secret)}, but its record may still say that this is under way: ${report}${needed} Nothing is lost: the next runs find the value all the same. A \`rotate\` after ${over} writes the record anew; one before that may leave this key active.`;
}

/** What a token needs to write the record: an environment's variables go with the environment. */
function recordPermission({ environment }: SecretReference): string {
  return environment === undefined ? 'Variables: write' : 'Environments: write';
}

/** `the secret X of the environment "e"`: for sentences. */
export function secretPlace({ secretName, environment, repository }: SecretReference): string {
  const owner = repository === undefined ? 'the repository' : `the repository ${quote(repository)}`;
  return environment === undefined
    ? `the secret ${secretName} of ${owner}`
    : `the secret ${secretName} of the environment ${quote(environment)}${repository === undefined ? '' : ` of ${owner}`}`;
}

/** What a dry run says of {@link storeSecret}: a sentence, with a blank before it. */
export function storePlan({ secret }: Pick<CreateOptions, 'secret'>): string {
  return secret === undefined ? '' : ` Would store its value as ${secretPlace(secret)}.`;
}
