import { serviceName } from './rpc.ts';
import type { Emulator } from './index.ts';

/**
 * How to connect, for a program: one line of JSON.
 *
 * @param caFile where the CA's certificate was written; undefined without TLS
 */
export function howToConnectAsJson(emulator: Emulator, caFile: string | undefined): string {
  const { endpoint, host, port, teamId, tokens, caCertificate } = emulator;
  const tls = caFile === undefined ? {} : { caFile, caCertificate };
  return JSON.stringify({ endpoint, host, port, teamId, tokens, ...tls });
}

/**
 * How to connect, for a person.
 *
 * @param caFile where the CA's certificate was written; undefined without TLS
 */
export function howToConnect(emulator: Emulator, caFile: string | undefined): string {
  const { endpoint, teamId, tokens } = emulator;
  const curl = `npx buf curl --protocol grpc ${
    caFile === undefined ? '--http2-prior-knowledge' : `--cacert ${JSON.stringify(caFile)}`
  }`;
  return `The emulator of the Coralogix API-keys service listens on ${endpoint}. Ctrl-C ends it.
It holds nothing real: its tokens are made at start and are worth nothing anywhere else.

  team id          ${teamId}
  CA certificate   ${caFile ?? 'none: this is plain text'}
  token, all       ${tokens.admin}
  token, list only ${tokens.reader}
  token, nothing   ${tokens.powerless}
  token, team ${teamId + 1} ${tokens.otherTeam}

Ask it what it can do, and list the keys:

  ${curl} --list-methods ${endpoint}
  ${curl} -H "Authorization: Bearer ${tokens.admin}" ${endpoint}/${serviceName}/GetSendDataApiKeys

In a workflow, or with the step runner:

  with:
    operation: create
    name: my-api-key
    team_id: ${teamId}
    api_key: ${tokens.admin}
    endpoint: ${endpoint}${caFile === undefined ? '' : `\n    ca_certificate: ${caFile}`}`;
}
