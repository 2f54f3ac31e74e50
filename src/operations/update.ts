import type { KeyChange, Key } from '../core/ports.ts';
import { all, ok, wrong, type Result } from '../core/result.ts';
import { listed, quote } from '../core/text.ts';
import { checkAccessPolicy } from '../inputs/access-policy.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { placeholders } from '../names/template.ts';
import { checkOwnName } from './create-options.ts';
import { pickOne } from './find.ts';
import { readKeySelector, remarkOnTeam, type KeySelector } from './key-selector.ts';
import type { Operation, Ports } from './operation.ts';
import { oursAmong } from './ownership.ts';
import { listForName } from './read-permissions.ts';

/** Renames one key, (de)activates it, or sets its access policy. */
export interface UpdateRequest {
  readonly operation: 'update';
  readonly key: KeySelector;
  readonly newName: string | undefined;
  readonly active: boolean | undefined;
  /** JSON text; an empty one removes the policy that is there. */
  readonly accessPolicy: string | undefined;
  readonly dryRun: boolean;
}

/** @param inputs the step's inputs */
export function readUpdate(inputs: Inputs): Result<UpdateRequest> {
  const newName = inputs.text('new_name');
  const policy = inputs.textOrBlank('access_policy');
  const isEmpty = [newName, inputs.text('is_active'), policy].every((each) => each === undefined);
  const read = all({
    key: readKeySelector('update', inputs),
    newName: newName === undefined ? ok(undefined) : readNewName(newName),
    active: inputs.optionalBoolean('is_active'),
    accessPolicy: policy === undefined || policy === '' ? ok(policy) : checkAccessPolicy(policy),
    dryRun: inputs.boolean('dry_run'),
    change: isEmpty
      ? wrong(
          '`new_name`, `is_active` and `access_policy` are all missing: `update` needs at least one of them.',
        )
      : ok(undefined),
  });
  if (!read.ok) return read;
  const { key, newName: name, active, accessPolicy, dryRun } = read.value;
  return ok({ operation: 'update', key, newName: name, active, accessPolicy, dryRun });
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
  const isTemplate = /\{[a-z_]+\}/u.test(inputs.text('new_name') ?? '');
  return [
    ...remarkOnTeam(inputs),
    ...(isTemplate ? ['`new_name` is taken as it stands: only `name` is a template.'] : []),
  ];
}

/** Renames one key, (de)activates it, or sets its access policy. */
export const update: Operation<UpdateRequest> = async (request, ports) => {
  const { before, seen } = await lookUp(request, ports);
  const id = request.key.by === 'id' ? request.key.id : (before?.id ?? '');
  const { newName, active, accessPolicy } = request;
  const change: KeyChange = {
    ...(newName === undefined ? {} : { newName }),
    ...(active === undefined ? {} : { active }),
    ...(accessPolicy === undefined ? {} : { accessPolicy }),
  };
  // What was read may be older than the last change, so it decides nothing: the update is sent.
  if (!request.dryRun) await ports.keys.update(id, change);
  if (newName !== undefined && (active ?? before?.active) !== false) {
    await warnOfNamesakes({ id, newName, ...request.key }, seen, ports);
  }
  const isActive = active ?? before?.active;
  const policy = accessPolicy ?? before?.accessPolicy;
  return {
    sentence: `${request.dryRun ? 'Would update' : 'Updated'} the key ${id}: ${describe(change)}.`,
    gist: `${request.dryRun ? 'would be ' : ''}${inShort(change)}`,
    key: {
      id,
      name: newName ?? before?.name ?? '',
      ...(isActive === undefined ? {} : { active: isActive }),
      ...(before === undefined ? {} : { hashed: before.hashed }),
      ...(before === undefined && policy === undefined
        ? {}
        : { accessPolicy: policy === '' ? undefined : policy }),
    },
    created: false,
    changed: before === undefined || differs(before, change),
    keyIds: [id],
  };
};

interface Found {
  /** The key before the update, where that was read. */
  readonly before?: Key;
  /** The list, where that was read. */
  readonly seen?: readonly Key[];
}

/** Reads the key where that is needed: to find its id, or to say what would change. */
async function lookUp({ key, dryRun }: UpdateRequest, ports: Ports): Promise<Found> {
  if (key.by === 'id') return dryRun ? { before: await ports.keys.get(key.id) } : {};
  const seen = await listForName(key.name, ports);
  return { before: pickOne(seen, key, ports), seen };
}

/** Names need not be unique, so this is no reason to fail; and a list that cannot be read is none. */
async function warnOfNamesakes(
  {
    id,
    newName,
    teamId,
  }: { readonly id: string; readonly newName: string; readonly teamId?: number },
  seen: readonly Key[] | undefined,
  { keys, log }: Ports,
): Promise<void> {
  const all = seen ?? (await keys.list().catch(() => undefined));
  if (all === undefined) {
    log.info(`Whether another key is named ${quote(newName)} could not be looked up.`);
    return;
  }
  const others = oursAmong(all, teamId).filter(
    (key) => key.active && key.name === newName && key.id.toLowerCase() !== id.toLowerCase(),
  );
  if (others.length === 0) return;
  log.warning(
    `Another active key is named ${quote(newName)}, too: ${listed(others.map((key) => key.id))}. By that name, none of them can be told from the other: rename or deactivate the one that is not in use.`,
    'name in use',
  );
}

function describe({ newName, active, accessPolicy }: KeyChange): string {
  const parts = [
    ...(newName === undefined ? [] : [`renamed to ${quote(newName)}`]),
    ...(active === undefined ? [] : [active ? 'activated' : 'deactivated']),
    ...(accessPolicy === undefined
      ? []
      : [accessPolicy === '' ? 'access policy removed' : 'access policy set']),
  ];
  return listed(parts);
}

/** {@link describe} for a headline, which has the new name. */
function inShort({ newName, active, accessPolicy }: KeyChange): string {
  return listed([
    ...(newName === undefined ? [] : ['renamed']),
    ...(active === undefined ? [] : [active ? 'activated' : 'deactivated']),
    ...(accessPolicy === undefined
      ? []
      : [accessPolicy === '' ? 'freed of its access policy' : 'given an access policy']),
  ]);
}

function differs(key: Key, { newName, active, accessPolicy }: KeyChange): boolean {
  return (
    (newName !== undefined && newName !== key.name) ||
    (active !== undefined && active !== key.active) ||
    (accessPolicy !== undefined && accessPolicy !== (key.accessPolicy ?? ''))
  );
}
