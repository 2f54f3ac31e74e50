import type { StatusName } from '../../../src/coralogix/status.ts';
import type { CallErrorFacts, Cause } from '../../../src/coralogix/transport.ts';

/** What becomes of one call. Times are milliseconds after it was sent. */
export interface CallOutcome {
  /** When the service does it; undefined: never, the request is lost. */
  readonly acts: number | undefined;
  /** When something comes back; undefined: nothing ever does. */
  readonly answers: number | undefined;
  /** What comes back instead of the service's reply. */
  readonly failure?: CallErrorFacts;
}

/** The service's reply arrives. */
export function replied(there: number, back: number): CallOutcome {
  return { acts: there, answers: there + back };
}

/** No connection could be made, so nothing left this machine. */
export function neverSent(after: number): CallOutcome {
  return { acts: undefined, answers: after, failure: facts('refused', 'never', 'UNAVAILABLE') };
}

/** The connection broke off; the service had acted by then, or does so later, or never. */
export function dropped(acts: number | undefined, noticed: number): CallOutcome {
  return { acts, answers: noticed, failure: facts('dropped', 'maybe', 'UNAVAILABLE') };
}

/** No answer at all; the service acts or does not. The deadline ends it. */
export function silence(acts: number | undefined): CallOutcome {
  return { acts, answers: undefined };
}

/** Something on the way, or the service, answers with a status instead of the reply. */
export function status(
  name: StatusName,
  answers: number,
  { acts, retryAfterMs }: { readonly acts?: number; readonly retryAfterMs?: number } = {},
): CallOutcome {
  return { acts, answers, failure: { ...facts('status', 'maybe', name), retryAfterMs } };
}

/** What is known of a call that failed. */
export function facts(
  cause: Cause,
  sent: CallErrorFacts['sent'],
  status: StatusName,
  text = '',
): CallErrorFacts {
  return { cause, sent, status, text, retryAfterMs: undefined, remarks: [] };
}
