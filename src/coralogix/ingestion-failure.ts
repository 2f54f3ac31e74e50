import { Failure } from '../core/failure.ts';
import { oneLine } from '../core/text.ts';
import { callFailure, type Destination } from './failure.ts';
import type { CallErrorFacts, Cause } from './transport.ts';

/** What was tried, as the beginning of a sentence. */
const what = 'Sending an export without records';

/**
 * Makes the sentence and the hint for an export that did not show that a key works.
 *
 * @param facts       what is known of the failure
 * @param destination where it went
 */
export function ingestionFailure(facts: CallErrorFacts, destination: Destination): Failure {
  const { authority, givenBy = '`ingestion_endpoint`' } = destination;
  const said = `${authority} answered ${facts.status ?? 'UNKNOWN'}${quoted(facts)}`;
  const told = (hint: string): Failure => unverified(`${what} failed: ${said}.`, hint);
  if (facts.cause === 'quota') {
    return told(
      'The key is known, and the team has used up its quota: nothing of it is taken now. Look at the usage in Coralogix.',
    );
  }
  if (foreign.includes(facts.cause)) {
    return unverified(
      `${what} failed: ${authority} did not answer like an ingestion of OTLP${words(facts)}.`,
      `Check ${givenBy}, and that nothing in between rewrites HTTP/2: it is to lead to ingress.<domain>, with OTLP over gRPC.`,
    );
  }
  if (facts.cause !== 'status') {
    const { message, hint } = callFailure(what, facts, { ...destination, givenBy });
    return unverified(message, hint);
  }
  if (facts.status === 'UNAUTHENTICATED') {
    return told(
      `Either the key is not known there yet, or ${authority} is the ingestion of another region: check ${givenBy}. A larger \`timeout_seconds\` waits longer.`,
    );
  }
  if (facts.status === 'PERMISSION_DENIED') {
    return told(
      'That is said before the key is looked at, by what stands before the ingestion: look at the IP access list of the team, which may not hold the address of this runner, and at what the key may send: it is tried with logs.',
    );
  }
  const isElsewhere = facts.status === 'UNIMPLEMENTED' || facts.status === 'NOT_FOUND';
  return told(
    isElsewhere
      ? `There is no ingestion of OTLP over gRPC: check ${givenBy}.`
      : 'Run the job again later.',
  );
}

/** Causes in which what answered is no ingestion. */
const foreign: readonly Cause[] = ['gateway_auth', 'gateway_refusal', 'gateway_error', 'not_grpc'];

/** An export that was taken and rejected. */
export function partlyRejected(
  { authority }: Destination,
  rejected: string,
  said: string,
): Failure {
  const because = said === '' ? '' : `: "${said}"`;
  return unverified(
    `${authority} took the export without records, and rejected ${rejected} of its records${because}.`,
    'Whatever answers there does not do as OTLP says: check `ingestion_endpoint`.',
  );
}

/** A value that is no key's. */
export function unsendable({ authority }: Destination): Failure {
  return unverified(
    `The value holds characters that no key has, so it was not sent to ${authority}.`,
    'Look at what is stored: it must be the value alone, in printable ASCII.',
  );
}

/** An answer that is none. */
export function strangeReply({ authority }: Destination, cause: unknown): Failure {
  return new Failure('not_verified', `What ${authority} answered could not be read.`, {
    hint: 'Check `ingestion_endpoint`; if it is right, report this, with what debug logging shows of it.',
    cause,
  });
}

/** The failure of a key that is not proven to work. */
function unverified(message: string, hint: string | undefined): Failure {
  return new Failure('not_verified', message, hint === undefined ? {} : { hint });
}

function quoted(facts: CallErrorFacts): string {
  const message = [facts.text, ...facts.remarks].filter((each) => each !== '').join('; ');
  return message === '' ? '' : ` "${oneLine(message, 300)}"`;
}

function words({ text }: CallErrorFacts): string {
  const said = oneLine(text, 200).replace(/[.\s]+$/u, '');
  return said === '' ? '' : ` (${said})`;
}
