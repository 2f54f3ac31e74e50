import { serviceName } from './rpc.ts';
import type { Emulator } from './index.ts';
import { howToSend } from './ingestion/how-to-send.ts';

/**
 * How to connect, for a program: one line of JSON.
 *
 * @param caFile where the CA's certificate was written; undefined without TLS
 */
export function howToConnectAsJson(emulator: Emulator, caFile: string | undefined): string {
  const { endpoint, host, port, teamId, tokens, caCertificate } = emulator;
  const tls = caFile === undefined ? {} : { caFile, caCertificate };
  const otlpEndpoint = emulator.ingestion.endpoint;
  return JSON.stringify({ endpoint, otlpEndpoint, host, port, teamId, tokens, ...tls });
}

/** What stands above the lines of `call-log.ts`. */
export const callsFollow = `
Calls, as they come; * is what was done, whatever the caller was told. --quiet leaves them out.
`;

/**
 * How to connect, for a person: every line with two blanks before it is one to copy.
 *
 * @param caFile where the CA's certificate was written; undefined without TLS
 */
export function howToConnect(emulator: Emulator, caFile: string | undefined): string {
  const { endpoint, teamId, tokens } = emulator;
  const certificate = caFile === undefined ? [] : [`ca_certificate: ${caFile}`];
  const inputs = [
    ...['operation: create', 'name: my-api-key', `team_id: ${teamId}`, 'verify: true'],
    ...[`api_key: ${tokens.admin}`, `endpoint: ${endpoint}`],
    ...[`ingestion_endpoint: ${emulator.ingestion.endpoint}`, ...certificate],
  ];
  return `The emulator of the Coralogix API-keys service listens on ${endpoint}. Ctrl-C ends it.
It holds nothing real: its tokens are made at start and are worth nothing anywhere else.

  team id          ${teamId}
  CA certificate   ${caFile ?? 'none: this is plain text'}

  admin            ${tokens.admin}  may do all
  reader           ${tokens.reader}  may list
  powerless        ${tokens.powerless}  may do nothing
  otherTeam        ${tokens.otherTeam}  may do all in the team ${teamId + 1}

Ask it what it can do, make a key, and list the keys; with buf, or with grpcurl:

${callsWith(bufCurl(endpoint, caFile), emulator)}

${callsWith(grpcurl(endpoint, caFile), emulator)}

A key sends logs, traces and metrics here, in OTLP over gRPC or over HTTP with protobuf:

${howToSend(emulator, caFile)}

In a workflow, or with the step runner:

  with:
${inputs.map((input) => `    ${input}`).join('\n')}

Such a workflow runs with act, on this machine, so that it finds the emulator and the certificate:

  act -P ubuntu-latest=-self-hosted`;
}

/** How a client is told what to ask. */
interface Client {
  readonly list: string;
  /** Calls an RPC, with the options before it. */
  readonly call: (options: string, rpc: string) => string;
}

/** https://buf.build/docs/reference/cli/buf/curl/: it is installed with this project. */
function bufCurl(endpoint: string, caFile: string | undefined): Client {
  const tls =
    caFile === undefined ? '--http2-prior-knowledge' : `--cacert ${JSON.stringify(caFile)}`;
  const curl = `npx buf curl --protocol grpc ${tls}`;
  return {
    list: `${curl} --list-methods ${endpoint}`,
    call: (options, rpc) => `${curl} ${options} ${endpoint}/${serviceName}/${rpc}`,
  };
}

/** https://github.com/fullstorydev/grpcurl: it takes an address where buf takes a URL. */
function grpcurl(endpoint: string, caFile: string | undefined): Client {
  const tls = caFile === undefined ? '-plaintext' : `-cacert ${JSON.stringify(caFile)}`;
  const address = endpoint.replace(/^https?:\/\//u, '');
  return {
    list: `grpcurl ${tls} ${address} list ${serviceName}`,
    call: (options, rpc) => `grpcurl ${tls} ${options} ${address} ${serviceName}/${rpc}`,
  };
}

function callsWith({ list, call }: Client, { teamId, tokens }: Emulator): string {
  const header = `-H "Authorization: Bearer ${tokens.admin}"`;
  const key = {
    name: 'my-api-key',
    owner: { team_id: teamId },
    key_permissions: { presets: ['SendData'] },
  };
  return [
    list,
    call(`${header} -d '${JSON.stringify(key)}'`, 'CreateApiKey'),
    call(header, 'GetSendDataApiKeys'),
  ]
    .map((line) => `  ${line}`)
    .join('\n');
}
