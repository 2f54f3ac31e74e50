import type { Result } from '../core/result.ts';
import type { InputName } from '../inputs/declared.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { readActivate, readDeactivate, readDelete } from './by-key-request.ts';
import { byKey } from './by-key.ts';
import { createInputs, remarkOnBlankPolicy, remarkOnEnsure } from './create-options.ts';
import { create, readCreate } from './create.ts';
import { readEnsure } from './ensure-request.ts';
import { ensure } from './ensure.ts';
import { get, readGet } from './get.ts';
import { remarkOnTeam, selectorInputs } from './key-selector.ts';
import { list, readList } from './list.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { prune, readPrune } from './prune.ts';
import { readRotate, rotate } from './rotate.ts';
import { readUpdate, remarkOnUpdate, update } from './update.ts';

/** All that there is to say of one operation. */
interface Row<Name extends string, Asked extends { readonly operation: Name }> {
  /** The inputs that it uses, besides those that all use. */
  readonly inputs: readonly InputName[];
  /** Reads them. Nothing is sent. */
  readonly read: (inputs: Inputs) => Result<Asked>;
  /** What the reader should know of inputs that are taken all the same. */
  readonly remarks?: (inputs: Inputs) => readonly string[];
  readonly perform: Operation<NoInfer<Asked>>;
  /** Whether the first call to the service may be a Create, which must not be sent too early. */
  readonly mayBeginWithCreate: boolean;
}

/** Ties a row's request to its name, its reader and its operation. */
function row<const Name extends string, Asked extends { readonly operation: Name }>(
  name: Name,
  rest: Row<Name, Asked>,
): Readonly<Record<Name, Row<Name, Asked>>> {
  return { [name]: rest } as Readonly<Record<Name, Row<Name, Asked>>>;
}

const byKeyInputs = [...selectorInputs, 'dry_run'] as const;

/**
 * The operations, a row for each: all that is known of one by its name follows from here. The order is
 * that in which they are told to the user.
 */
export const operations = {
  ...row('create', {
    inputs: [...createInputs, 'lifetime', 'expires_after'],
    read: readCreate,
    remarks: remarkOnBlankPolicy,
    perform: create,
    mayBeginWithCreate: true,
  }),
  ...row('get', {
    inputs: selectorInputs,
    read: readGet,
    remarks: remarkOnTeam,
    perform: get,
    mayBeginWithCreate: false,
  }),
  ...row('list', {
    inputs: ['name', 'environment', 'team_id', 'is_active', 'state', 'github_token'],
    read: readList,
    perform: list,
    mayBeginWithCreate: false,
  }),
  ...row('update', {
    inputs: [...selectorInputs, 'new_name', 'is_active', 'access_policy', 'dry_run'],
    read: readUpdate,
    remarks: remarkOnUpdate,
    perform: update,
    mayBeginWithCreate: false,
  }),
  ...row('delete', {
    inputs: byKeyInputs,
    read: readDelete,
    remarks: remarkOnTeam,
    perform: byKey,
    mayBeginWithCreate: false,
  }),
  ...row('activate', {
    inputs: byKeyInputs,
    read: readActivate,
    remarks: remarkOnTeam,
    perform: byKey,
    mayBeginWithCreate: false,
  }),
  ...row('deactivate', {
    inputs: byKeyInputs,
    read: readDeactivate,
    remarks: remarkOnTeam,
    perform: byKey,
    mayBeginWithCreate: false,
  }),
  ...row('ensure', {
    inputs: [
      ...createInputs,
      'lifetime',
      'stored_value',
      'if_value_lost',
      'max_age',
      'grace_period',
    ],
    read: readEnsure,
    remarks: remarkOnEnsure,
    perform: ensure,
    mayBeginWithCreate: false,
  }),
  ...row('rotate', {
    inputs: [...createInputs, 'retire_when', 'grace_period'],
    read: readRotate,
    remarks: remarkOnBlankPolicy,
    perform: rotate,
    mayBeginWithCreate: false,
  }),
  ...row('prune', {
    inputs: ['name', 'environment', 'team_id', 'retire', 'github_token', 'max_prune', 'dry_run'],
    read: readPrune,
    perform: prune,
    mayBeginWithCreate: false,
  }),
};

/** The names of the operations. */
export type OperationName = keyof typeof operations;

/** {@link OperationName}, all of them. */
export const operationNames = Object.keys(operations) as readonly OperationName[];

/** What one step asks for: one type for each operation, told apart by `operation`. */
export type Request = {
  [Name in OperationName]: Parameters<(typeof operations)[Name]['perform']>[0];
}[OperationName];

/**
 * The row of an operation.
 *
 * @param name which
 */
export function rowOf(name: OperationName): Row<OperationName, Request> {
  // The table ties each request to its operation; the compiler cannot follow that through an index.
  return operations[name] as unknown as Row<OperationName, Request>;
}

/**
 * Does what was asked.
 *
 * @param request what was asked
 * @param ports   the world
 * @throws a `Failure` and nothing else
 */
export function perform(request: Request, ports: Ports): Promise<Outcome> {
  return rowOf(request.operation).perform(request, ports);
}
