import { randomUUID } from 'node:crypto';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setOutput } from '@actions/core';
import type { Failure } from '../core/failure.ts';
import type { ListedKey, Standing } from '../operations/inventory.ts';
import type { Outcome } from '../operations/operation.ts';
import type { Key, Log, Owner } from '../core/ports.ts';
import { codeOf, quote } from '../core/text.ts';
import { endOf, isoMoment } from '../names/stamp.ts';

// A job's outputs share 1 MiB, counted in UTF-16: half of it for keys and ids together is plenty.
const mostKeysLength = 180_000;
const mostIdsLength = 40_000;

/** Keys that are written to the file in one go. */
const keysAtOnce = 100;

/** What senders are set up with; each undefined when it is not known. */
interface SenderOutputs {
  readonly domain: string | undefined;
  readonly otlpEndpoint: string | undefined;
  readonly otlpHeaders: string | undefined;
}

/**
 * Writes the outputs of a step that succeeded. The value is masked by now, in all its forms.
 *
 * @param outcome what the operation achieved
 * @param sender  what senders need
 * @param log     told when a list is too large for an output
 * @throws whatever the file system says when a file cannot be written
 */
export function writeOutputs(outcome: Outcome, sender: SenderOutputs, log: Log): void {
  const { key, value, keys, proof } = outcome;
  if (value !== undefined) setOutput('value', value.reveal());
  if (sender.otlpHeaders !== undefined) setOutput('otlp_headers', sender.otlpHeaders);
  setOutput('otlp_endpoint', sender.otlpEndpoint ?? '');
  setOutput('domain', sender.domain ?? '');
  if (proof !== undefined) setOutput('verified', true);
  setOutput('key_id', key?.id ?? '');
  setOutput('name', key?.name ?? '');
  setOutput('active', key?.active ?? '');
  setOutput('hashed', key?.hashed ?? '');
  setOutput('created', outcome.created);
  setOutput('changed', outcome.changed);
  const end = key === undefined ? undefined : endOf(key.name);
  setOutput('expires_at', end === undefined ? '' : isoMoment(end));
  setOutput('key_ids', fitting('key_ids', JSON.stringify(outcome.keyIds), mostIdsLength, log));
  setOutput(
    'previous_key_ids',
    fitting('previous_key_ids', JSON.stringify(outcome.previousKeyIds ?? []), mostIdsLength, log),
  );
  setOutput('count', outcome.keyIds.length);
  if (keys === undefined) return;
  const { path, length, problem } = writeKeysFile(keys);
  if (problem === undefined) setOutput('keys_file', path);
  else {
    log.warning(
      `The output \`keys_file\` is left empty, as the file ${quote(path, 300)} cannot be written (${problem}): look at the folder that RUNNER_TEMP names.`,
      'no keys_file',
    );
  }
  setOutput('keys', length > mostKeysLength ? tooLarge('keys', length, log) : toJson(keys));
}

/**
 * Writes the outputs of a step that failed: what kind of failure it was, and which keys to look at.
 */
export function writeFailureOutputs(failure: Failure): void {
  setOutput('error_kind', failure.kind);
  const ids = JSON.stringify(failure.keyIds);
  if (failure.keyIds.length > 0 && ids.length <= mostIdsLength) setOutput('key_ids', ids);
}

/** A key with the API's own field names, and without its value; of a list, with what it is. */
function toApiFields(key: Key | ListedKey): object {
  return {
    id: key.id,
    name: key.name,
    ...(key.owner === undefined ? {} : { owner: toOwnerFields(key.owner) }),
    active: key.active,
    hashed: key.hashed,
    key_permissions: { presets: key.presets, permissions: key.permissions },
    ...(key.accessPolicy === undefined ? {} : { access_policy: key.accessPolicy }),
    ...('standing' in key ? toStandingFields(key.standing) : {}),
  };
}

/** What a key is, and what that rests on. */
function toStandingFields({ state, endsMs, begunMs, whyForeign, madeFor }: Standing): object {
  return {
    state,
    ...(endsMs === undefined ? {} : { ends_at: isoMoment(endsMs) }),
    ...(begunMs === undefined ? {} : { begun_at: isoMoment(begunMs) }),
    ...(whyForeign === undefined ? {} : { why_foreign: whyForeign }),
    ...(madeFor === undefined ? {} : { [madeFor.kind]: madeFor.name }),
  };
}

function toOwnerFields(owner: Owner): object {
  switch (owner.kind) {
    case 'user':
      return { user_id: owner.userId };
    case 'team':
      return { team_id: owner.teamId };
    case 'organisation':
      return { organisation_id: owner.organisationId };
  }
}

function fitting(name: string, json: string, most: number, log: Log): string {
  return json.length > most ? tooLarge(name, json.length, log) : json;
}

function tooLarge(name: string, length: number, log: Log): '' {
  log.warning(
    `The output \`${name}\` is left empty, as it would be too large for GitHub (${length} characters). ${name === 'keys' ? 'The output `keys_file` names a file with all of it, where it could be written.' : 'Use `list` and its `keys_file`.'}`,
    `output ${name} too large`,
  );
  return '';
}

function toJson(keys: readonly (Key | ListedKey)[]): string {
  return JSON.stringify(keys.map(toApiFields));
}

/** What became of a file of keys. */
interface KeysFile {
  readonly path: string;
  /** How many characters it holds, or would. */
  readonly length: number;
  /** The file system's code, when it could not be written: then there is none. */
  readonly problem: string | undefined;
}

/**
 * Writes the same as {@link toJson}, but never has all of it in memory: thousands of keys are several
 * megabytes. The runner's folder for temporary files is emptied when the job ends. It may be missing, as
 * in a container, or full; that is no reason to fail a step whose keys fit into the output.
 */
function writeKeysFile(keys: readonly (Key | ListedKey)[]): KeysFile {
  const folder = process.env['RUNNER_TEMP'];
  const path = join(
    folder === undefined || folder === '' ? tmpdir() : folder,
    `coralogix-keys-${randomUUID()}.json`,
  );
  let length = 0;
  let file: number | undefined;
  let problem: string | undefined;
  const end = (): void => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  const attempt = (work: () => void): void => {
    if (problem !== undefined) return;
    try {
      work();
    } catch (thrown) {
      problem = codeOf(thrown);
    }
  };
  attempt(() => {
    file = openSync(path, 'wx', 0o600);
  });
  for (const text of piecesOf(keys)) {
    length += text.length;
    attempt(() => {
      if (file !== undefined) writeFileSync(file, text);
    });
  }
  attempt(end);
  if (problem !== undefined) removeHalf(path, file);
  return { path, length, problem };
}

/** The parts of {@link toJson}, some keys at a time. */
function* piecesOf(keys: readonly (Key | ListedKey)[]): Generator<string> {
  yield '[';
  for (let from = 0; from < keys.length; from += keysAtOnce) {
    const some = toJson(keys.slice(from, from + keysAtOnce)).slice(1, -1);
    yield from === 0 ? some : `,${some}`;
  }
  yield ']';
}

/** A file that ends in the middle would be read as if it were whole. */
function removeHalf(path: string, file: number | undefined): void {
  try {
    if (file !== undefined) closeSync(file);
    rmSync(path, { force: true });
  } catch {
    // No output names it.
  }
}
