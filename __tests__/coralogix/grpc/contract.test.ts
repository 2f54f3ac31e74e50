import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { causeOf } from '../../../src/coralogix/grpc/cause.ts';
import { statusName } from '../../../src/coralogix/status.ts';
import type { Cause } from '../../../src/coralogix/transport.ts';
import { node24Path } from '../../../tools/job-runner/node24.ts';
import { observeAll, situations, type Observation, type SituationName } from './situations.ts';

/**
 * What the client relies on inside grpc-js and Node, which neither documents. An upgrade that
 * changes any of it fails here first.
 */

interface Expected {
  /** Whether the request provably never left. */
  readonly sent: 'never' | 'maybe';
  readonly code: number | undefined;
  readonly words: RegExp;
  readonly cause: Cause;
  /** How often the service did what was asked. */
  readonly commits?: number;
}

const lost = /^No connection established\. Last error: /u;
const never = (cause: Cause, words = lost, code = 14): Expected => ({
  sent: 'never',
  code,
  words,
  cause,
});
const maybe = (
  cause: Cause,
  code: number | undefined,
  words: RegExp,
  commits?: number,
): Expected => ({
  sent: 'maybe',
  code,
  words,
  cause,
  ...(commits === undefined ? {} : { commits }),
});
const http = (status: number, code: number, cause: Cause): Expected =>
  maybe(cause, code, new RegExp(`^Received HTTP status code ${status}$`, 'u'), 0);

const late = /^Deadline exceeded after /u;
const refusedStream = /^Stream refused by server$/u;
const dropped = /^Connection dropped$/u;

const expected: Readonly<Record<SituationName, Expected>> = {
  'nobody listens': never('refused', /^No connection established\. .*ECONNREFUSED/u),
  'an unknown host': never('dns', /^Name resolution failed for target dns:/u),
  'an unknown CA': never('tls', /unable to verify the first certificate/u),
  'the wrong name': never('tls', /ERR_TLS_CERT_ALTNAME_INVALID/u),
  'an expired certificate': never('tls', /certificate has expired/u),
  'a certificate not yet valid': never('tls', /certificate is not yet valid/u),
  'TLS 1.1 only': never('tls', /protocol version/u),
  'TLS to a plain-text port': never('tls', /wrong version number/u),
  'plain text to a TLS port': never('unreachable', /Failed to connect/u),
  'a host that is silent': never('timeout', late, 4),
  'a host that hangs up': never('unreachable', /Failed to connect/u),
  'a host that hangs up in the handshake': never('unreachable', /disconnected before secure TLS/u),
  'a proxy that is dead': never('proxy', /Last error: undefined\./u),
  'a proxy nobody knows': never('proxy', /^Name resolution failed for target dns:proxy\./u),
  'a proxy that wants a password': never('proxy', /Last error: undefined\./u),
  'a proxy that answers 502': never('proxy', /Last error: undefined\./u),
  'a proxy that is silent': never('timeout', late, 4),

  'dropped before the commit': maybe('dropped', 14, dropped, 0),
  'dropped after the commit': maybe('dropped', 14, dropped, 1),
  'reset with 0': maybe('not_grpc', 13, /^Received RST_STREAM with code 0 /u, 1),
  'reset with 1': maybe('dropped', 13, /^Received RST_STREAM with code 1$/u, 1),
  'reset with 2': maybe('dropped', 13, /^Received RST_STREAM with code 2 /u, 1),
  // Said of a stream that the service did carry out: the words alone prove nothing.
  'reset with 7': maybe('dropped', 14, refusedStream, 1),
  'reset with 8': maybe('dropped', 1, /^Call cancelled$/u, 1),
  'reset with 11': maybe('dropped', 8, /^Bandwidth exhausted or memory limit exceeded$/u, 1),
  'reset with 12': maybe('dropped', 7, /^Protocol not secure enough$/u, 1),
  'goaway before the commit': maybe('dropped', 14, refusedStream, 0),
  'goaway after the commit': maybe('dropped', 14, dropped, 1),
  'no answer': maybe('timeout', 4, late, 0),
  'no answer after the commit': maybe('timeout', 4, late, 1),
  'HTTP 400': http(400, 13, 'gateway_refusal'),
  'HTTP 401': http(401, 16, 'gateway_auth'),
  'HTTP 403': http(403, 7, 'gateway_auth'),
  'HTTP 404': http(404, 12, 'gateway_refusal'),
  'HTTP 407': http(407, 2, 'gateway_auth'),
  'HTTP 429': http(429, 14, 'gateway_limit'),
  'HTTP 500': http(500, 2, 'gateway_error'),
  'HTTP 502': http(502, 14, 'gateway_busy'),
  'HTTP 503': http(503, 14, 'gateway_busy'),
  'HTTP 504': http(504, 14, 'gateway_busy'),
  'a web page': maybe('not_grpc', 8, /^Received message larger than max \(1752460652 vs /u, 0),
  'no status': maybe('not_grpc', 13, /^Received RST_STREAM with code 0 /u, 1),
  'a garbled status': maybe('not_grpc', undefined, /^$/u, 0),
  'a status beyond the list': maybe('not_grpc', 4242, /^$/u, 0),
  'no message': maybe('not_grpc', 12, /^No message received$/u, 1),
  'two messages': maybe('timeout', 4, late, 1),
  'a truncated message': maybe('not_grpc', 12, /^No message received$/u, 1),
  'an undecodable message': maybe('not_grpc', 13, /^Response message parsing error: /u, 1),
  'an oversize message': maybe('too_large', 8, /^Received message larger than max /u, 1),
  'a message that swells': maybe('too_large', 8, /^Received message that decompresses to a size/u),
  'a message that is not compressed as it says': maybe('not_grpc', 13, /^Failed to decompress /u),
  'a compression nobody knows': maybe('not_grpc', undefined, /^$/u),
  'a malformed frame': maybe(
    'dropped',
    13,
    /^Received RST_STREAM with code 2 .*Protocol error/u,
    0,
  ),
  'a status': maybe('status', 9, /^as it is$/u, 0),
};

/** Where Node 20 differs. */
const expectedOn20: Partial<Readonly<Record<SituationName, Expected>>> = {
  'a malformed frame': maybe('timeout', 4, late, 0),
};

const names = Object.keys(situations) as SituationName[];
type Observations = Readonly<Record<string, Observation>>;

// GitHub runs the action on Node 24, whatever the tests run on.
const isOn24 = process.versions.node.startsWith('24.');

/** Observes them in a Node 24 of its own, which takes the types out of a file by itself. */
async function observeOnNode24(): Promise<Observations> {
  const program = ['--no-warnings', '__tests__/coralogix/grpc/observe-all.ts'];
  return JSON.parse((await promisify(execFile)(node24Path(), program)).stdout) as Observations;
}

const runtimes = [
  {
    name: 'the Node that runs the tests',
    observe: observeAll,
    all: isOn24 ? expected : { ...expected, ...expectedOn20 },
  },
  ...(isOn24 ? [] : [{ name: 'Node 24', observe: observeOnNode24, all: expected }]),
];

function check(name: SituationName, observed: Observation | undefined, wanted: Expected): void {
  if (observed === undefined) throw new Error(`nothing was observed of ${name}`);
  const sent = observed.peerIsTarget ? 'never' : 'maybe';
  const { code, details, commits } = observed;
  const proxied = name.startsWith('a proxy');
  expect({ sent, code, commits: wanted.commits === undefined ? undefined : commits }).toEqual({
    sent: wanted.sent,
    code: wanted.code,
    commits: wanted.commits,
  });
  expect(details).toMatch(wanted.words);
  expect(causeOf({ status: statusName(code), details, sent, proxied })).toBe(wanted.cause);
}

describe.each(runtimes)('in $name', ({ observe, all }) => {
  let observed: Observations = {};

  beforeAll(async () => {
    observed = await observe();
  });

  test.each(names)('%s', (name) => {
    check(name, observed[name], all[name]);
  });
});

test('grpc-js knows every option that the channel sets', () => {
  const { recognizedOptions } = createRequire(import.meta.url)(
    '@grpc/grpc-js/build/src/channel-options.js',
  ) as { readonly recognizedOptions: Readonly<Record<string, boolean>> };
  const source = readFileSync('src/coralogix/grpc/channel.ts', 'utf8');
  const used = source.match(/(?<=')grpc(?:-node)?\.[\w.]+(?=')/gu) ?? [];
  expect(used).toContain('grpc.enable_retries');
  expect(used.filter((name) => recognizedOptions[name] !== true)).toEqual([]);
});
