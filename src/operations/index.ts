import type { OperationName, Request } from '../core/request.ts';
import { byKey } from './by-key.ts';
import { create } from './create.ts';
import { ensure } from './ensure.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import type { Operation, Outcome, Ports } from './operation.ts';
import { prune } from './prune.ts';
import { rotate } from './rotate.ts';
import { update } from './update.ts';

/** The operations, a row for each. */
const operations: {
  readonly [Name in OperationName]: Operation<Extract<Request, { readonly operation: Name }>>;
} = {
  create,
  get,
  list,
  update,
  delete: byKey,
  activate: byKey,
  deactivate: byKey,
  ensure,
  rotate,
  prune,
};

/**
 * Does what was asked.
 *
 * @param request what was asked
 * @param ports   the world
 * @throws a `Failure` and nothing else
 */
export function perform(request: Request, ports: Ports): Promise<Outcome> {
  // The table ties each request to its operation; the compiler cannot follow that through an index.
  const operation = operations[request.operation] as Operation<Request>;
  return operation(request, ports);
}
