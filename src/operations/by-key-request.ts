import { all, ok, type Result } from '../core/result.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { readKeysSelector, type KeysSelector } from './key-selector.ts';

/** Acts on the keys with these ids, or on every key with exactly this name. */
export interface ByKeyRequest {
  readonly operation: 'delete' | 'activate' | 'deactivate';
  readonly keys: KeysSelector;
  readonly dryRun: boolean;
}

/** Reads the inputs of one of the three. */
export const readDelete = readByKey('delete');
export const readActivate = readByKey('activate');
export const readDeactivate = readByKey('deactivate');

function readByKey<Name extends ByKeyRequest['operation']>(
  operation: Name,
): (inputs: Inputs) => Result<ByKeyRequest & { readonly operation: Name }> {
  return (inputs) =>
    all({
      operation: ok(operation),
      keys: readKeysSelector(operation, inputs),
      dryRun: inputs.boolean('dry_run'),
    });
}
