import type { KeyChange, Key, Keys } from '../core/ports.ts';
import type { UpdateRequest } from '../core/request.ts';
import { quote } from '../core/text.ts';
import { findOne } from './find.ts';
import type { Operation } from './operation.ts';

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
