import { Failure, type FailureKind } from '../core/failure.ts';
import { oneLine, seconds } from '../core/text.ts';
import { tlsHint } from './tls-hints.ts';
import type { CallErrorFacts, Reason } from './transport.ts';

/** Where a call went, for the sentence about its failure. */
export interface Destination {
  /** `host:port`. */
  readonly authority: string;
  /** `host:port (from https_proxy)` when there is a proxy. */
  readonly proxy: string | undefined;
  /** What the vendor's support can look for; absent where none was sent. */
  readonly correlationId?: string;
  /** Whether the caller's key begins as Send-Your-Data keys do. */
  readonly isSendDataKey?: boolean;
  /** What the user said where the service is with, for hints: `` `region` ``; `` `endpoint` `` if undefined. */
  readonly givenBy?: string;
}

/** What is known of the call besides why it failed. */
export interface CallCircumstances {
  /** Whether nobody knows if it was carried out, and doing it again would do it twice. */
  readonly mustNotBeRepeated?: boolean;
}

/**
 * Makes the sentence, the kind and the hint for a call that failed.
 *
 * @param what        what was tried, as a noun phrase: `Creating the key "x"`
 * @param facts       what is known of the failure
 * @param destination where the call went
 * @param circumstances where they are not those of a call that may be made again
 */
export function callFailure(
  what: string,
  facts: CallErrorFacts,
  destination: Destination,
  { mustNotBeRepeated = false }: CallCircumstances = {},
): Failure {
  const { kind, said, again, hint } = explain(facts, destination);
  const isRefused = kind === 'auth' || kind === 'permission';
  const sentences = [
    ...(isRefused && destination.isSendDataKey === true ? [wrongKindOfKey] : []),
    ...(again === undefined || mustNotBeRepeated ? [] : [again]),
    ...(hint === undefined || hint === '' ? [] : [hint.trim()]),
  ];
  return new Failure(kind, `${what} failed: ${said}.`, {
    ...(sentences.length === 0 ? {} : { hint: sentences.join(' ') }),
  });
}

// The vendor's senders and its management tools read the same variable, CORALOGIX_API_KEY.
const wrongKindOfKey =
  '`api_key` begins with "cxtp_", as Send-Your-Data keys do: it is probably one of those, and not the management key that is needed here.';

interface Explanation {
  readonly kind: FailureKind;
  readonly said: string;
  /** To run the job again, where that may help: not for what may have been done. */
  readonly again?: string;
  readonly hint?: string;
}

// Longer than a screen: one branch for each cause, to be read as a table.
function explain(
  facts: CallErrorFacts,
  { authority, proxy, correlationId, givenBy: place = '`endpoint`' }: Destination,
): Explanation {
  const words = oneLine(facts.text, 300).replace(/[.\s]+$/u, '');
  const support =
    correlationId === undefined
      ? ''
      : `For Coralogix support, the correlation id is ${correlationId}.`;
  switch (facts.cause) {
    case 'status':
      return explainStatus(facts, { authority, place, support });
    case 'dns':
      return {
        kind: 'dns',
        said: `the host name of ${authority} could not be resolved`,
        hint: `Check ${place} for a typing mistake, and that the runner can reach a name server.`,
      };
    case 'refused':
      return {
        kind: 'refused',
        said: `nobody listens at ${authority} (connection refused)`,
        hint: `Check ${place}, and whether a firewall stands between the runner and it.`,
      };
    case 'unreachable':
      return {
        kind: 'refused',
        said: `no connection to ${authority} could be made${proxy === undefined ? '' : ` through the proxy ${proxy}`}${inBrackets(words)}`,
        hint: `Check ${place}, whether the port speaks TLS (https://), and whether a firewall stands between the runner and it.`,
      };
    case 'tls':
      return {
        kind: 'tls',
        said: `no secure connection to ${authority} could be made${inBrackets(words)}`,
        hint: tlsHint(facts.reason, place),
      };
    case 'proxy':
      return {
        kind: 'proxy',
        said: `the proxy ${proxy ?? ''} did not let the connection to ${authority} through`,
        hint: 'Check that the proxy runs, that it lets this host through, and its user name and password; or name the host in no_proxy.',
      };
    case 'timeout':
      return {
        kind: 'timeout',
        said: `${authority} ${facts.sent === 'never' ? 'could not be connected to' : 'gave no answer'} in time${proxy === undefined ? '' : ` (through the proxy ${proxy})`}`,
        again: 'Run the job again; if that helps only sometimes, raise `timeout_seconds`.',
        hint: support,
      };
    case 'dropped':
      return {
        kind: 'dropped',
        said: `the connection to ${authority} broke off before the answer${inBrackets(words)}`,
        again: 'Run the job again.',
        hint: support,
      };
    case 'gateway_auth':
    case 'gateway_refusal':
    case 'gateway_error':
      return {
        kind: 'not_grpc',
        said: `${authority} answered like a web server${inBrackets(words)}, and not like the Coralogix API`,
        hint: `A gateway, a proxy or a firewall seems to have answered instead of the service: check ${place} and the network.`,
      };
    case 'gateway_limit':
      return {
        kind: 'rate_limited',
        said: `a gateway at ${authority} wants fewer requests${inBrackets(words)}`,
        again: slowDown,
      };
    case 'gateway_busy':
      return {
        kind: 'unavailable',
        said: `a gateway at ${authority} says that the service is not available${inBrackets(words)}`,
        again: 'Run the job again later.',
        hint: support,
      };
    case 'not_grpc':
      return {
        kind: 'not_grpc',
        said: `what ${authority} answered is no gRPC (${oddity(facts.reason, words)})`,
        hint: `Check ${place}: it must lead to the gRPC endpoint, api.<domain>, with nothing in between that rewrites HTTP/2.`,
      };
    case 'quota':
      return {
        kind: 'quota',
        said: `the service answered ${statusSaid(facts)}`,
        hint: 'There are as many keys as the service allows: delete those that are no longer needed (`list` shows them, `prune` finds those whose branch is gone), or ask Coralogix for more.',
      };
    case 'too_large':
      return {
        kind: 'not_grpc',
        said: `the answer of ${authority} is larger than any list of keys${inBrackets(words)}`,
        hint: `Check ${place}; if there really are that many keys, delete those that are no longer needed.`,
      };
  }
}

/** What the transport says, which may be nothing. */
function inBrackets(words: string): string {
  return words === '' ? '' : ` (${words})`;
}

const slowDown =
  'Run the job again later, or run fewer jobs at once; a larger `timeout_seconds` lets the step wait longer.';

/** What came instead of an answer in gRPC's form. */
function oddity(reason: Reason | undefined, words: string): string {
  if (reason === 'web_page') return 'it looks like a web page';
  if (reason === 'http1') return 'it does not speak HTTP/2';
  return reason === 'no_status' || words === '' ? 'no valid status' : words;
}

/** The status by its name, and what the service said with it. */
function statusSaid({ status = 'UNKNOWN', text, remarks }: CallErrorFacts): string {
  const message = [text, ...remarks].filter((each) => each !== '').join('; ');
  return `${status} ${message === '' ? 'with no message' : `"${oneLine(message, 500)}"`}`;
}

// What the caller's key needs: "Prerequisites" of the vendor's document of the API, and the permissions
// of the `ApiKeys` preset as the vendor's documentation of keys lists them. A team can let in certain
// addresses only (https://coralogix.com/docs/ip-access-control/), and a key can have a policy of its own.
function explainStatus(
  facts: CallErrorFacts,
  { authority, place, support }: Readonly<Record<'authority' | 'place' | 'support', string>>,
): Explanation {
  const status = facts.status ?? 'UNKNOWN';
  const said = `the service answered ${statusSaid(facts)}`;
  switch (status) {
    case 'UNAUTHENTICATED':
      return {
        kind: 'auth',
        said,
        hint: `Check that \`api_key\` is right and active, and that it is a key of this region (${authority}).`,
      };
    case 'PERMISSION_DENIED':
      return {
        kind: 'permission',
        said,
        hint: 'The key in `api_key` needs the `ApiKeys` preset (data-ingest-api-keys:Manage and data-ingest-api-keys:ReadConfig). Where a key is made, `team_id` must be a team that it may act for. If it has all that, it may be about where it is used from: look at the access policy of that key, and at the IP access list of the team, which may not hold the address of this runner.',
      };
    case 'NOT_FOUND':
      return {
        kind: 'not_found',
        said,
        hint: 'Check the id: the key may have been deleted, or belong to another team or region. `list` shows those that `api_key` can see.',
      };
    case 'INVALID_ARGUMENT':
    case 'ALREADY_EXISTS':
    case 'FAILED_PRECONDITION':
    case 'OUT_OF_RANGE':
      return { kind: 'rejected', said, hint: `Check the inputs of the step. ${support}` };
    case 'RESOURCE_EXHAUSTED':
      return {
        kind: 'rate_limited',
        said:
          facts.retryAfterMs === undefined
            ? said
            : `${said} and asked to wait ${seconds(facts.retryAfterMs)}`,
        again: slowDown,
      };
    case 'UNIMPLEMENTED':
      return {
        kind: 'not_grpc',
        said,
        hint: `The host speaks gRPC, but this service is not there: check ${place}.`,
      };
    case 'DEADLINE_EXCEEDED':
      return { kind: 'timeout', said, again: 'Run the job again later.', hint: support };
    case 'OK':
    case 'CANCELLED':
    case 'UNKNOWN':
    case 'ABORTED':
    case 'INTERNAL':
    case 'UNAVAILABLE':
    case 'DATA_LOSS':
      return { kind: 'unavailable', said, again: 'Run the job again later.', hint: support };
  }
}
