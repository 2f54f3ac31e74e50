import { Failure, type FailureKind } from '../core/failure.ts';
import { oneLine, seconds } from '../core/text.ts';
import type { CallErrorFacts, Reason } from './transport.ts';

/** Where a call went, for the sentence about its failure. */
export interface Destination {
  /** `host:port`. */
  readonly authority: string;
  /** `host:port (from https_proxy)` when there is a proxy. */
  readonly proxy: string | undefined;
  /** What the vendor's support can look for. */
  readonly correlationId: string;
  /** Whether the caller's key begins as Send-Your-Data keys do. */
  readonly isSendDataKey?: boolean;
}

/**
 * Makes the sentence, the kind and the hint for a call that failed.
 *
 * @param what        what was tried, as a noun phrase: `Creating the key "x"`
 * @param facts       what is known of the failure
 * @param destination where the call went
 */
export function callFailure(
  what: string,
  facts: CallErrorFacts,
  destination: Destination,
): Failure {
  const { kind, said, hint } = explain(facts, destination);
  const isRefused = kind === 'auth' || kind === 'permission';
  const first = isRefused && destination.isSendDataKey === true ? `${wrongKindOfKey} ` : '';
  return new Failure(kind, `${what} failed: ${said}.`, { hint: `${first}${hint}` });
}

// The vendor's senders and its management tools read the same variable, CORALOGIX_API_KEY.
const wrongKindOfKey =
  '`api_key` begins with "cxtp_", as Send-Your-Data keys do: it is probably one of those, and not the management key that is needed here.';

interface Explanation {
  readonly kind: FailureKind;
  readonly said: string;
  readonly hint: string;
}

function explain(
  facts: CallErrorFacts,
  { authority, proxy, correlationId }: Destination,
): Explanation {
  const words = oneLine(facts.text, 300).replace(/[.\s]+$/u, '');
  const support = `For Coralogix support, the correlation id is ${correlationId}.`;
  switch (facts.cause) {
    case 'status':
      return explainStatus(facts, authority, support);
    case 'dns':
      return {
        kind: 'dns',
        said: `the host name of ${authority} could not be resolved`,
        hint: 'Check `region`, `domain` or `endpoint` for a typing mistake, and that the runner can reach a name server.',
      };
    case 'refused':
      return {
        kind: 'refused',
        said: `nobody listens at ${authority} (connection refused)`,
        hint: 'Check `endpoint`, and whether a firewall stands between the runner and it.',
      };
    case 'unreachable':
      return {
        kind: 'refused',
        said: `no connection to ${authority} could be made${proxy === undefined ? '' : ` through the proxy ${proxy}`} (${words})`,
        hint: 'Check `endpoint`, whether the port speaks TLS (https://), and whether a firewall stands between the runner and it.',
      };
    case 'tls':
      return {
        kind: 'tls',
        said: `no secure connection to ${authority} could be made (${words})`,
        hint: (facts.reason && tlsHints[facts.reason]) ?? otherTlsHint,
      };
    case 'proxy':
      return {
        kind: 'proxy',
        said: `the proxy ${proxy ?? ''} did not let the connection to ${authority} through`,
        hint: `Check that the proxy runs, that it lets this host through, and its user name and password; or name the host in no_proxy.`,
      };
    case 'timeout':
      return {
        kind: 'timeout',
        said: `${authority} ${facts.sent === 'never' ? 'could not be connected to' : 'gave no answer'} in time${proxy === undefined ? '' : ` (through the proxy ${proxy})`}`,
        hint: `Run the job again; if that helps only sometimes, raise \`timeout_seconds\`. ${support}`,
      };
    case 'dropped':
      return {
        kind: 'dropped',
        said: `the connection to ${authority} broke off before the answer (${words})`,
        hint: `Run the job again. ${support}`,
      };
    case 'gateway_auth':
    case 'gateway_refusal':
    case 'gateway_error':
      return {
        kind: 'not_grpc',
        said: `${authority} answered like a web server (${words}), and not like the Coralogix API`,
        hint: 'A gateway, a proxy or a firewall seems to have answered instead of the service: check `endpoint` and the network.',
      };
    case 'gateway_limit':
      return {
        kind: 'rate_limited',
        said: `a gateway at ${authority} wants fewer requests (${words})`,
        hint: slowDown,
      };
    case 'gateway_busy':
      return {
        kind: 'unavailable',
        said: `a gateway at ${authority} says that the service is not available (${words})`,
        hint: `Run the job again later. ${support}`,
      };
    case 'not_grpc':
      return {
        kind: 'not_grpc',
        said: `what ${authority} answered is no gRPC (${oddity(facts.reason, words)})`,
        hint: 'Check `endpoint`: it must be the gRPC endpoint, api.<domain>, with nothing in between that rewrites HTTP/2.',
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
        said: `the answer of ${authority} is larger than any list of keys (${words})`,
        hint: 'Check `endpoint`; if there really are that many keys, delete those that are no longer needed.',
      };
  }
}

const slowDown =
  'Run the job again later, or run fewer jobs at once; a larger `timeout_seconds` lets the step wait longer.';

/** What came instead of an answer in gRPC's form. */
function oddity(reason: Reason | undefined, words: string): string {
  if (reason === 'web_page') return 'it looks like a web page';
  if (reason === 'http1') return 'it does not speak HTTP/2';
  return reason === 'no_status' || words === '' ? 'no valid status' : words;
}

const tlsHints: Readonly<Partial<Record<Reason, string>>> = {
  no_tls: 'The port speaks no TLS: check the port in `endpoint`.',
  wrong_name:
    'The certificate is for another host: use the name that it was made for in `endpoint`.',
  no_http2: 'The host, or what inspects TLS on the way to it, does not speak HTTP/2.',
  expired: 'The certificate of the host has expired: whoever runs it has to renew it.',
  not_yet_valid: 'The certificate is not valid yet: check the clock of the runner.',
  old_tls: 'The host speaks no TLS of version 1.2 or later.',
  no_agreement:
    'The host found no way to encrypt that it takes, or it wants a certificate of the client, of which this action has none: check `endpoint`.',
  untrusted:
    'If a proxy or a private endpoint with its own certificate authority is in between, give that authority in `ca_certificate`.',
  client_certificate:
    'The host wants to see a certificate of the client (mutual TLS), and this action has none: check `endpoint`.',
  unknown_name: 'The host does not know the name that it was asked for: check `endpoint`.',
};
const otherTlsHint =
  'Check `endpoint`, and whether something on the way inspects TLS: whoever runs the network knows.';

/** The status by its name, and what the service said with it. */
function statusSaid({ status = 'UNKNOWN', text, remarks }: CallErrorFacts): string {
  const message = [text, ...remarks].filter((each) => each !== '').join('; ');
  return `${status} ${message === '' ? 'with no message' : `"${oneLine(message, 500)}"`}`;
}

// What the caller's key needs: "Prerequisites" of the vendor's document of the API, and the permissions
// of the `ApiKeys` preset as the vendor's documentation of keys lists them.
function explainStatus(facts: CallErrorFacts, authority: string, support: string): Explanation {
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
        hint: 'The key in `api_key` needs the `ApiKeys` preset (data-ingest-api-keys:Manage and data-ingest-api-keys:ReadConfig). Where a key is made, `team_id` must be a team that it may act for.',
      };
    case 'NOT_FOUND':
      return {
        kind: 'not_found',
        said,
        hint: 'Check the id: the key may have been deleted, or belong to another team or region.',
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
        hint: slowDown,
      };
    case 'UNIMPLEMENTED':
      return {
        kind: 'not_grpc',
        said,
        hint: 'The host speaks gRPC, but this service is not there: check `endpoint`.',
      };
    case 'DEADLINE_EXCEEDED':
      return { kind: 'timeout', said, hint: `Run the job again later. ${support}` };
    case 'OK':
    case 'CANCELLED':
    case 'UNKNOWN':
    case 'ABORTED':
    case 'INTERNAL':
    case 'UNAVAILABLE':
    case 'DATA_LOSS':
      return { kind: 'unavailable', said, hint: `Run the job again later. ${support}` };
  }
}
