import type { Effect } from '../core/failure.ts';
import type { StatusName } from './status.ts';
import type { CallErrorFacts, Cause } from './transport.ts';

/**
 * A service says these instead of doing it; the others can come after it was done. That follows from
 * their meanings (https://grpc.github.io/grpc/core/md_doc_statuscodes.html); of Coralogix it is
 * assumed.
 */
const refusals: readonly (StatusName | undefined)[] = [
  'INVALID_ARGUMENT',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  // Not what the transport says of a reset stream or an answer too large: that has another cause.
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'UNAUTHENTICATED',
];

/** Causes in which whoever answered did not do what was asked. */
const undone: readonly Cause[] = ['gateway_auth', 'gateway_limit', 'gateway_refusal', 'quota'];

/**
 * What one attempt has done.
 *
 * @param facts what is known of the attempt that failed
 */
export function effectOf({ cause, sent, status }: CallErrorFacts): Effect {
  const isUndone =
    sent === 'never' || undone.includes(cause) || (cause === 'status' && refusals.includes(status));
  return isUndone ? 'none' : 'unknown';
}
