import { Failure, type FailureKind } from '../core/failure.ts';
import { oneLine, seconds } from '../core/text.ts';
import type { CallErrorFacts } from './transport.ts';

/** Where a call went, for the sentence about its failure. */
export interface Destination {
  /** `host:port`. */
  readonly authority: string;
  /** `host:port (from https_proxy)` when there is a proxy. */
  readonly proxy: string | undefined;
  /** What the vendor's support can look for. */
  readonly correlationId: string;
}

const statusNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const;

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
  return new Failure(kind, `${what} failed: ${said}.`, { hint });
}

interface Explanation {
  readonly kind: FailureKind;
  readonly said: string;
  readonly hint: string;
}

function explain(
  facts: CallErrorFacts,
  { authority, proxy, correlationId }: Destination,
): Explanation {
  const words = facts.cause === 'status' ? '' : transportWords(facts.text);
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
        said: `no connection to ${authority} could be made (${words})`,
        hint: 'Check `endpoint`, whether the port speaks TLS (https://), and whether a firewall stands between the runner and it.',
      };
    case 'tls':
      return explainTls(words, authority);
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
        said: `what ${authority} answered is no gRPC (${oddity(words)})`,
        hint: 'Check `endpoint`: it must be the gRPC endpoint, api.<domain>, with nothing in between that rewrites HTTP/2.',
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

/**
 * The transport's words without what tells the reader nothing, or tells him to start Node in another
 * way, which a step of a workflow cannot.
 */
function transportWords(text: string): string {
  return oneLine(
    text
      .replace(/^No connection established\. Last error: (?:Error: )?/u, '')
      .split('Resolution note:', 1)
      .join('')
      .replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)/u, '')
      .replace(/; if the root CA is installed locally, .*? --use-system-ca/u, ''),
    300,
  ).replace(/[.\s]+$/u, '');
}

/** What came instead of an answer in gRPC's form. */
function oddity(words: string): string {
  if (words === '') return 'no valid status';
  if (words.startsWith('Received message larger than max')) return 'it looks like a web page';
  if (words === 'Protocol error') return 'it does not speak HTTP/2';
  return words;
}

function explainTls(words: string, authority: string): Explanation {
  const said = `no secure connection to ${authority} could be made (${words})`;
  if (/wrong version number/iu.test(words)) {
    return { kind: 'tls', said, hint: 'The port speaks no TLS: check the port in `endpoint`.' };
  }
  if (/ALTNAME|does not match/iu.test(words)) {
    return {
      kind: 'tls',
      said,
      hint: 'The certificate is for another host: use the name that it was made for in `endpoint`.',
    };
  }
  if (/application protocol/iu.test(words)) {
    return {
      kind: 'tls',
      said,
      hint: 'The host, or what inspects TLS on the way to it, does not speak HTTP/2.',
    };
  }
  if (/expired/iu.test(words)) {
    return {
      kind: 'tls',
      said,
      hint: 'The certificate of the host has expired: whoever runs it has to renew it.',
    };
  }
  if (/not yet valid/iu.test(words)) {
    return {
      kind: 'tls',
      said,
      hint: 'The certificate is not valid yet: check the clock of the runner.',
    };
  }
  if (/protocol version|unsupported protocol|handshake failure/iu.test(words)) {
    return { kind: 'tls', said, hint: 'The host speaks no TLS of version 1.2 or later.' };
  }
  return {
    kind: 'tls',
    said,
    hint: 'If a proxy or a private endpoint with its own certificate authority is in between, give that authority in `ca_certificate`.',
  };
}

function explainStatus(facts: CallErrorFacts, authority: string, support: string): Explanation {
  const code = facts.code ?? 2;
  const message = [facts.text, ...facts.remarks].filter((each) => each !== '').join('; ');
  const words = message === '' ? 'with no message' : `"${oneLine(message, 500)}"`;
  const said = `the service answered ${statusNames[code] ?? 'UNKNOWN'} ${words}`;
  switch (code) {
    case 16:
      return {
        kind: 'auth',
        said,
        hint: `Check that \`api_key\` is right and active, and that it is a key of this region (${authority}).`,
      };
    case 7:
      return {
        kind: 'permission',
        said,
        hint: 'The key in `api_key` needs the `ApiKeys` preset (data-ingest-api-keys:Manage and data-ingest-api-keys:ReadConfig). Where a key is made, `team_id` must be a team that it may act for.',
      };
    case 5:
      return {
        kind: 'not_found',
        said,
        hint: 'Check the id: the key may have been deleted, or belong to another team or region.',
      };
    case 3:
    case 6:
    case 9:
    case 11:
      return { kind: 'rejected', said, hint: `Check the inputs of the step. ${support}` };
    case 8:
      return {
        kind: 'rate_limited',
        said:
          facts.retryAfterMs === undefined
            ? said
            : `${said} and asked to wait ${seconds(facts.retryAfterMs)}`,
        hint: slowDown,
      };
    case 12:
      return {
        kind: 'not_grpc',
        said,
        hint: 'The host speaks gRPC, but this service is not there: check `endpoint`.',
      };
    case 4:
      return { kind: 'timeout', said, hint: `Run the job again later. ${support}` };
    default:
      return { kind: 'unavailable', said, hint: `Run the job again later. ${support}` };
  }
}
