import { ok, wrong, type Result } from '../core/result.ts';
import type { InputName } from '../inputs/declared.ts';
import { teamRange, type Inputs } from '../inputs/inputs.ts';

/** One key, by its id or by its exact name. */
export type KeySelector = { readonly by: 'id'; readonly id: string } | NameSelector;

/** The keys with these ids, or every key with exactly this name. */
export type KeysSelector = { readonly by: 'ids'; readonly ids: readonly string[] } | NameSelector;

/** A name, and whose keys of it are meant. */
export interface NameSelector {
  readonly by: 'name';
  readonly name: string;
  /** The only team whose keys count. */
  readonly teamId?: number;
}

/** The inputs that the readers below read. */
export const selectorInputs = [
  ...(['key_id', 'name', 'environment', 'team_id'] as const),
] satisfies readonly InputName[];

/**
 * Reads which key is meant.
 *
 * @param operation for messages
 * @param inputs    the step's inputs
 */
export function readKeySelector(operation: string, inputs: Inputs): Result<KeySelector> {
  const selector = readKeysSelector(operation, inputs);
  if (!selector.ok) return selector;
  if (selector.value.by === 'name') return ok(selector.value);
  const { ids } = selector.value;
  const [id] = ids;
  if (ids.length === 1 && id !== undefined) return ok({ by: 'id', id });
  const held = ids.length === 0 ? 'is an empty list' : `holds ${ids.length} ids`;
  return wrong(`\`key_id\` ${held}: \`${operation}\` takes one.`);
}

/**
 * Reads which keys are meant.
 *
 * @param operation for messages
 * @param inputs    the step's inputs
 */
export function readKeysSelector(operation: string, inputs: Inputs): Result<KeysSelector> {
  const ids = inputs.keyIds();
  const hasName = inputs.text('name') !== undefined;
  if (inputs.text('key_id') !== undefined) {
    const both = `Both \`key_id\` and \`name\` are given: \`${operation}\` takes one of them.`;
    if (hasName) return wrong(...(ids.ok ? [] : ids.problems), both);
    return ids.ok ? ok({ by: 'ids', ids: ids.value ?? [] }) : ids;
  }
  const name = inputs.exactName();
  if (!name.ok) return name;
  if (name.value === undefined) {
    return wrong(`\`key_id\` or \`name\` is missing: \`${operation}\` needs to know which key.`);
  }
  const team = readTeamFilter(inputs);
  return team.ok ? ok({ by: 'name', name: name.value, ...team.value }) : team;
}

/**
 * Reads the only team whose keys count where keys are found by name.
 *
 * @param inputs the step's inputs
 */
export function readTeamFilter(inputs: Inputs): Result<{ readonly teamId?: number }> {
  const read = inputs.optionalInteger('team_id', teamRange);
  if (!read.ok) return read;
  return ok(read.value === undefined ? {} : { teamId: read.value });
}

/** What the reader should know of a `team_id` that is taken all the same. */
export function remarkOnTeam(inputs: Inputs): readonly string[] {
  return inputs.text('key_id') !== undefined && inputs.text('team_id') !== undefined
    ? ['`team_id` has no effect: `key_id` says which key.']
    : [];
}
