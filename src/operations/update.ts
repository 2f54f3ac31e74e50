import type { KeyChange, Key, Keys } from '../core/ports.ts';
import { all, ok, wrong, type Result } from '../core/result.ts';
import { listed, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { placeholders } from '../names/template.ts';
import { checkOwnName } from './create-options.ts';
import { findOne } from './find.ts';
import { readKeySelector, type KeySelector } from './key-selector.ts';
import type { Operation } from './operation.ts';

/** Renames and/or (de)activates one key. */
export interface UpdateRequest {
  readonly operation: 'update';
  readonly key: KeySelector;
  readonly newName: string | undefined;
  readonly active: boolean | undefined;
  readonly dryRun: boolean;
}

/** @param inputs the step's inputs */
export function readUpdate(inputs: Inputs): Result<UpdateRequest> {
  const newName = inputs.text('new_name');
  const isEmpty = newName === undefined && inputs.text('is_active') === undefined;
  const read = all({
    key: readKeySelector('update', inputs),
    newName: newName === undefined ? ok(undefined) : readNewName(newName),
    active: inputs.optionalBoolean('is_active'),
    dryRun: inputs.boolean('dry_run'),
    change: isEmpty
      ? wrong('`new_name` and `is_active` are both missing: `update` needs one of them, or both.')
      : ok(undefined),
  });
  if (!read.ok) return read;
  const { key, newName: name, active, dryRun } = read.value;
  return ok({ operation: 'update', key, newName: name, active, dryRun });
}

/**
 * A name as it stands. With a placeholder in it, the key could not be addressed by its name again: `name`
 * is a template, in which that is filled in.
 */
function readNewName(text: string): Result<string> {
  const open = placeholders
    .map((each) => `{${each}}`)
    // Doubled braces stand for themselves in a template, and mean as much here.
    .filter((each) => text.replaceAll(`{${each}}`, '').includes(each));
  return open.length === 0
    ? checkOwnName('new_name', text)
    : wrong(
        `\`new_name\` is taken as it stands, so ${listed(open)} would not be filled in: only \`name\` is a template. Write what the key is to be called.`,
      );
}

/** What the reader should know of inputs that are taken all the same. */
export function remarkOnUpdate(inputs: Inputs): readonly string[] {
  return /\{[a-z_]+\}/u.test(inputs.text('new_name') ?? '')
    ? ['`new_name` is taken as it stands: only `name` is a template.']
    : [];
}

/** Renames and/or (de)activates one key. */
export const update: Operation<UpdateRequest> = async (request, { keys }) => {
  const before = await lookUp(request, keys);
  const id = request.key.by === 'id' ? request.key.id : (before?.id ?? '');
  const change: KeyChange = {
    ...(request.newName === undefined ? {} : { newName: request.newName }),
    ...(request.active === undefined ? {} : { active: request.active }),
  };
  // What was read may be older than the last change, so it decides nothing: the update is sent.
  if (!request.dryRun) await keys.update(id, change);
  const name = request.newName ?? before?.name;
  const active = request.active ?? before?.active;
  return {
    sentence: `${request.dryRun ? 'Would update' : 'Updated'} the key ${id}: ${describe(change)}.`,
    key: {
      id,
      name: name ?? '',
      ...(active === undefined ? {} : { active }),
      ...(before === undefined ? {} : { hashed: before.hashed }),
    },
    created: false,
    changed: before === undefined || differs(before, change),
    keyIds: [id],
  };
};

/** Reads the key where that is needed: to find its id, or to say what would change. */
async function lookUp(request: UpdateRequest, keys: Keys): Promise<Key | undefined> {
  return request.key.by === 'name' || request.dryRun ? findOne(keys, request.key) : undefined;
}

function describe(change: KeyChange): string {
  const parts = [
    ...(change.newName === undefined ? [] : [`renamed to ${quote(change.newName)}`]),
    ...(change.active === undefined ? [] : [change.active ? 'activated' : 'deactivated']),
  ];
  return parts.join(' and ');
}

function differs(key: Key, change: KeyChange): boolean {
  return (
    (change.newName !== undefined && change.newName !== key.name) ||
    (change.active !== undefined && change.active !== key.active)
  );
}
