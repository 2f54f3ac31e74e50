import { statusName } from '../../../src/coralogix/status.ts';
import type { CallErrorFacts, Cause } from '../../../src/coralogix/transport.ts';

/** What becomes of one call. Times are milliseconds after it was sent. */
export interface Fate {
  /** When the service does it; undefined: never, the request is lost. */
  readonly acts: number | undefined;
  /** When something comes back; undefined: nothing ever does. */
  readonly answers: number | undefined;
  /** What comes back instead of the service's reply. */
  readonly trouble?: CallErrorFacts;
}

/** The service's reply arrives. */
export function replied(there: number, back: number): Fate {
  return { acts: there, answers: there + back };
}

/** No connection could be made, so nothing left this machine. */
export function neverSent(after: number): Fate {
  return { acts: undefined, answers: after, trouble: facts('refused', 'never', 14) };
}

/** The connection broke off; the service had acted by then, or does so later, or never. */
export function dropped(acts: number | undefined, noticed: number): Fate {
  return { acts, answers: noticed, trouble: facts('dropped', 'maybe', 14) };
}

/** No answer at all; the service acts or does not. The deadline ends it. */
export function silence(acts: number | undefined): Fate {
  return { acts, answers: undefined };
}

/** Something on the way, or the service, answers with a status instead of the reply. */
export function status(
  code: number,
  answers: number,
  { acts, retryAfterMs }: { readonly acts?: number; readonly retryAfterMs?: number } = {},
): Fate {
  return { acts, answers, trouble: { ...facts('status', 'maybe', code), retryAfterMs } };
}

/** What is known of a call that failed. */
export function facts(
  cause: Cause,
  sent: CallErrorFacts['sent'],
  code: number,
  text = '',
): CallErrorFacts {
  return { cause, sent, status: statusName(code), text, retryAfterMs: undefined, remarks: [] };
}
