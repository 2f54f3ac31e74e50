import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setOutput } from '@actions/core';
import type { Failure } from '../failure.ts';
import type { Outcome } from '../operations/operation.ts';
import type { Key, Log, Owner } from '../ports.ts';

// A job's outputs share 1 MiB, counted in UTF-16: half of it for keys and ids together is plenty.
const mostKeysLength = 180_000;
const mostIdsLength = 40_000;

/**
 * Writes the outputs of a step that succeeded. The value is masked by now.
 *
 * @param outcome what the operation achieved
 * @param log     told when a list is too large for an output
 * @throws whatever the file system says when a file cannot be written
 */
export function writeOutputs(outcome: Outcome, log: Log): void {
  const { key, value, keys } = outcome;
  if (value !== undefined) setOutput('value', value.reveal());
  setOutput('key_id', key?.id ?? '');
  setOutput('name', key?.name ?? '');
  setOutput('active', key?.active ?? '');
  setOutput('hashed', key?.hashed ?? '');
  setOutput('created', outcome.created);
  setOutput('changed', outcome.changed);
  setOutput('key_ids', fitting('key_ids', JSON.stringify(outcome.keyIds), mostIdsLength, log));
  setOutput(
    'previous_key_ids',
    fitting('previous_key_ids', JSON.stringify(outcome.previousKeyIds ?? []), mostIdsLength, log),
  );
  setOutput('count', outcome.keyIds.length);
  if (keys === undefined) return;
  const json = JSON.stringify(keys.map(toApiFields));
  setOutput('keys_file', writeKeysFile(json));
  setOutput('keys', fitting('keys', json, mostKeysLength, log));
}

/**
 * Writes the outputs of a step that failed: what kind of failure it was, and which keys to look at.
 */
export function writeFailureOutputs(failure: Failure): void {
  setOutput('error_kind', failure.kind);
  const ids = JSON.stringify(failure.keyIds);
  if (failure.keyIds.length > 0 && ids.length <= mostIdsLength) setOutput('key_ids', ids);
}

/** A key with the API's own field names, and without its value. */
function toApiFields(key: Key): object {
  return {
    id: key.id,
    name: key.name,
    ...(key.owner === undefined ? {} : { owner: toOwnerFields(key.owner) }),
    active: key.active,
    hashed: key.hashed,
    key_permissions: { presets: key.presets, permissions: key.permissions },
    ...(key.accessPolicy === undefined ? {} : { access_policy: key.accessPolicy }),
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
  if (json.length <= most) return json;
  log.warning(
    `The output \`${name}\` is left empty, as it would be too large for GitHub (${json.length} characters). ${name === 'keys' ? 'The output `keys_file` names a file with all of it.' : 'Use `list` and its `keys_file`.'}`,
  );
  return '';
}

/** The runner's folder for temporary files is emptied when the job ends. */
function writeKeysFile(json: string): string {
  const folder = process.env['RUNNER_TEMP'];
  const path = join(
    folder === undefined || folder === '' ? tmpdir() : folder,
    `coralogix-keys-${randomUUID()}.json`,
  );
  writeFileSync(path, json, { mode: 0o600, flag: 'wx' });
  return path;
}
