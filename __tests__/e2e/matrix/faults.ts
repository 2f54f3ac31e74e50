import type { Fault } from '../../../tools/emulator/faults.ts';
import type { FailureKind } from '../../../src/core/failure.ts';
import { status } from '../../support/status.ts';

/** What has to come of a call that meets a fault each time it is made. */
export interface Expected {
  /** The step's `error_kind`; `success` when it does not fail. */
  readonly kind: FailureKind | 'success';
  /** How often the call is made. */
  readonly attempts: number;
}

/** One row of the matrix. */
export interface FaultRow {
  readonly name: string;
  readonly fault: Fault;
  /** On which side of the fault the service does what it was asked. */
  readonly commits: 'never' | 'each time';
  /** Create: what it may have done already is not asked for again. */
  readonly create: Expected;
  /** Get, list, update, delete: doing them twice does what doing them once does. */
  readonly others: Expected;
  /** For those of them that differ. */
  readonly delete?: Expected;
  /** Whether the fault lasts until the time is up. */
  readonly isSilent?: boolean;
}

const once = (kind: Expected['kind']): Expected => ({ kind, attempts: 1 });
/** As often as a call is made at the most. */
const untilGivenUp = (kind: Expected['kind']): Expected => ({ kind, attempts: 6 });
const unknown = once('outcome_unknown');

type StatusName = keyof typeof status;

const message = 'as the table says';

/** A status that the service answers with instead of doing what it was asked. */
function answer(name: StatusName, create: Expected, others: Expected): FaultRow {
  const fault = { kind: 'status', code: status[name], message } as const;
  return { name: `status ${fault.code} ${name}`, fault, commits: 'never', create, others };
}

/** RESOURCE_EXHAUSTED, with which the service says when to come back. */
function slowDown(wait: string, retryDelayMs: number, expected: Expected): FaultRow {
  const row = answer('RESOURCE_EXHAUSTED', expected, expected);
  const code = status.RESOURCE_EXHAUSTED;
  return {
    ...row,
    name: `${row.name}, wait ${wait}`,
    fault: { kind: 'status', code, message, retryDelayMs },
  };
}

/** A refusal: the service has done nothing, and would say the same again. */
const refusal = (name: StatusName, kind: FailureKind): FaultRow =>
  answer(name, once(kind), once(kind));

/** An answer in HTTP by something that is not the service. */
function http(code: number, name: string, create: Expected, others: Expected): FaultRow {
  const fault = {
    kind: 'http-status',
    status: code,
    body: '<!doctype html><html><body>Please sign in</body></html>',
  } as const;
  return { name: `HTTP ${code} ${name}`, fault, commits: 'never', create, others };
}

function broken(
  name: string,
  fault: Fault,
  commits: FaultRow['commits'],
  others: Expected,
  create = unknown,
): FaultRow {
  return { name, fault, commits, create, others };
}

const notGrpc = once('not_grpc');
const dropped = untilGivenUp('dropped');

/** The faults of the matrix, as its rows. */
export const faultRows: readonly FaultRow[] = [
  answer('CANCELLED', unknown, once('unavailable')),
  answer('UNKNOWN', unknown, once('unavailable')),
  refusal('INVALID_ARGUMENT', 'rejected'),
  answer('DEADLINE_EXCEEDED', unknown, untilGivenUp('timeout')),
  {
    ...answer('NOT_FOUND', once('not_found'), once('not_found')),
    // A key that is gone is as good as deleted; it is asked for until the lag cannot be the reason.
    delete: { kind: 'success', attempts: 4 },
  },
  refusal('ALREADY_EXISTS', 'rejected'),
  refusal('PERMISSION_DENIED', 'permission'),
  // Being told to slow down is waited out for as long as the budget lasts.
  slowDown('an hour', 3_600_000, once('rate_limited')),
  refusal('FAILED_PRECONDITION', 'rejected'),
  answer('ABORTED', unknown, untilGivenUp('unavailable')),
  refusal('OUT_OF_RANGE', 'rejected'),
  refusal('UNIMPLEMENTED', 'not_grpc'),
  answer('INTERNAL', unknown, once('unavailable')),
  answer('UNAVAILABLE', unknown, untilGivenUp('unavailable')),
  answer('DATA_LOSS', unknown, once('unavailable')),
  refusal('UNAUTHENTICATED', 'auth'),
  broken('a status of 99', { kind: 'status', code: 99 }, 'never', notGrpc),
  broken('a status that is no number', { kind: 'status', code: 'banana' }, 'never', notGrpc),
  broken('reset before the commit', { kind: 'reset' }, 'never', dropped),
  broken('reset after the commit', { kind: 'reset', when: 'after' }, 'each time', dropped),
  broken('stream refused', { kind: 'reset', code: 7 }, 'never', dropped),
  broken('goaway, not processed', { kind: 'goaway' }, 'never', dropped),
  broken(
    'goaway, and the answer',
    { kind: 'goaway', when: 'after' },
    'each time',
    once('success'),
    once('success'),
  ),
  broken(
    'goaway after the commit, and the end',
    { kind: 'goaway', when: 'after', close: true },
    'each time',
    dropped,
  ),
  broken('connection dropped before the commit', { kind: 'drop' }, 'never', dropped),
  broken('connection dropped after the commit', { kind: 'commit-then-drop' }, 'each time', dropped),
  {
    ...broken('silence before the commit', { kind: 'hang' }, 'never', once('timeout')),
    isSilent: true,
  },
  {
    ...broken(
      'silence after the commit',
      { kind: 'commit-then-hang' },
      'each time',
      once('timeout'),
    ),
    isSilent: true,
  },
  {
    ...broken('a slow drip', { kind: 'slow-drip', ms: 2000 }, 'each time', once('timeout')),
    isSilent: true,
  },
  {
    ...broken('an answer that comes late', { kind: 'delay', ms: 8000 }, 'never', once('timeout')),
    isSilent: true,
  },
  http(200, 'with HTML', unknown, notGrpc),
  http(401, 'Unauthorized', notGrpc, notGrpc),
  http(403, 'Forbidden', notGrpc, notGrpc),
  http(404, 'Not Found', notGrpc, notGrpc),
  http(429, 'Too Many Requests', untilGivenUp('rate_limited'), untilGivenUp('rate_limited')),
  http(502, 'Bad Gateway', unknown, untilGivenUp('unavailable')),
  http(503, 'Service Unavailable', unknown, untilGivenUp('unavailable')),
  broken('a malformed frame', { kind: 'malformed-frame' }, 'never', dropped),
  broken(
    'a malformed frame after the commit',
    { kind: 'malformed-frame', when: 'after' },
    'each time',
    dropped,
  ),
  broken('a message of 4 GiB', { kind: 'oversize-message' }, 'each time', notGrpc),
  broken('a truncated message', { kind: 'truncated-message' }, 'each time', notGrpc),
  broken('an undecodable message', { kind: 'undecodable-message' }, 'each time', notGrpc),
  {
    // The transport takes no second message, and says nothing of it before the time is up.
    ...broken('two messages', { kind: 'two-messages' }, 'each time', once('timeout')),
    isSilent: true,
  },
  broken('no message', { kind: 'no-message' }, 'each time', notGrpc),
  broken('a message and no status', { kind: 'no-trailers' }, 'each time', notGrpc),
  broken(
    'a message, and then status 13',
    { kind: 'message-then-error', code: status.INTERNAL },
    'each time',
    once('unavailable'),
  ),
];

/** The faults that may pass, and are met by one call only: what is done twice succeeds. */
export const passingFaultRows: readonly FaultRow[] = [
  ...faultRows.filter(({ others }) => others.attempts > 1),
  slowDown('0.1 s', 100, untilGivenUp('success')),
];
