import { afterEach, expect, test } from '@jest/globals';
import type { FailureKind } from '../../../src/core/failure.ts';
import { arranged, endAll, failureIn } from './told.ts';

/**
 * What the reader is told of real trouble, and how often the call was made: a cause that cannot get
 * better is not tried again.
 */

afterEach(endAll);

type Told = readonly [situation: string, kind: FailureKind, sentence: string];

const noHttp2 = 'what HOST answered is no gRPC (it does not speak HTTP/2)';
const insecure = (words: string): string => `no secure connection to HOST could be made (${words})`;
const webServer = (status: number): string =>
  `HOST answered like a web server (Received HTTP status code ${status}), and not like the Coralogix API`;

/** What will be the same the next time. */
const once: readonly Told[] = [
  ['a web server of Node', 'not_grpc', noHttp2],
  ['an answer in HTTP/1.1', 'not_grpc', noHttp2],
  ['an answer in HTTP/1.0', 'not_grpc', noHttp2],
  ['a host that speaks SMTP', 'not_grpc', noHttp2],
  ['TLS without a word on the protocol, and HTTP/1.1', 'not_grpc', noHttp2],
  ['a proxy, and behind it a host that speaks HTTP/1.1', 'not_grpc', noHttp2],
  ['TLS with HTTP/1.1 only', 'tls', insecure('tlsv1 alert no application protocol')],
  ['TLS to a plain-text port', 'tls', insecure('wrong version number')],
  ['TLS 1.1 only', 'tls', insecure('tlsv1 alert protocol version')],
  ['a host that answers in TLS 1.1', 'tls', insecure('unsupported protocol')],
  ['an unknown CA', 'tls', insecure('unable to verify the first certificate')],
  ['a proxy that looks into TLS', 'tls', insecure('unable to verify the first certificate')],
  ['a chain that ends too early', 'tls', insecure('unable to get local issuer certificate')],
  ['a certificate that signed itself', 'tls', insecure('self-signed certificate')],
  ['a certificate for clients only', 'tls', insecure('unsuitable certificate purpose')],
  ['an expired certificate', 'tls', insecure('certificate has expired')],
  ['a certificate not yet valid', 'tls', insecure('certificate is not yet valid')],
  [
    'a certificate of the client is wanted, in TLS 1.3',
    'tls',
    insecure('tlsv13 alert certificate required'),
  ],
  ['the alert 112', 'tls', insecure('tlsv1 unrecognized name')],
  ['HTTP 200 and no status', 'not_grpc', 'what HOST answered is no gRPC (no valid status)'],
  ['the text "<html>"', 'not_grpc', 'what HOST answered is no gRPC (it looks like a web page)'],
  ...[302, 400, 401, 403, 404, 407, 500].map((status): Told => [
    `HTTP ${status} with nothing`,
    'not_grpc',
    webServer(status),
  ]),
];

const broken = 'the connection to HOST broke off before the answer';
const noConnection = (words: string): string => `no connection to HOST could be made (${words})`;

/** What may pass. */
const sixTimes: readonly Told[] = [
  ['nobody listens', 'refused', 'nobody listens at HOST (connection refused)'],
  ['an unknown host', 'dns', 'the host name of HOST could not be resolved'],
  ['the alert 80', 'refused', noConnection('tlsv1 alert internal error')],
  [
    'a proxy that wants a password',
    'proxy',
    'the proxy PROXY did not let the connection to HOST through',
  ],
  ['settings, and the end at once', 'dropped', `${broken} (Stream refused by server)`],
  [
    'an answer that begins, and the end of the connection',
    'dropped',
    `${broken} (Connection dropped)`,
  ],
  [
    'HTTP 429 with nothing',
    'rate_limited',
    'a gateway at HOST wants fewer requests (Received HTTP status code 429)',
  ],
  ...[408, 499, 502, 503, 504].map((status): Told => [
    `HTTP ${status} with nothing`,
    'unavailable',
    `a gateway at HOST says that the service is not available (Received HTTP status code ${status})`,
  ]),
];

test.each(once)('%s is told at once', async (name, kind, sentence) => {
  const failure = await failureIn(await arranged(name));
  expect({ kind: failure.kind, message: failure.message }).toEqual({
    kind,
    message: `Listing the keys failed: ${sentence}.`,
  });
});

test.each(sixTimes)('%s is told after six attempts', async (name, kind, sentence) => {
  const failure = await failureIn(await arranged(name));
  expect({ kind: failure.kind, message: failure.message }).toEqual({
    kind,
    message: `Listing the keys (6 attempts) failed: ${sentence}.`,
  });
});

// Which words the transport finds for these depends on who of both is faster.
test.each([
  ['a host that hangs up', ''],
  ['a host that hangs up when it is spoken to', ''],
  ['a host that hangs up in the handshake', ''],
  ['a host that hangs up after the handshake', ''],
  ['a proxy, and behind it a host that hangs up', ' through the proxy PROXY'],
])('%s may be on its way out, and is told after six attempts', async (name, through) => {
  const { kind, message } = await failureIn(await arranged(name));
  expect(kind).toBe('refused');
  expect(message).toContain(
    `Listing the keys (6 attempts) failed: no connection to HOST could be made${through} (`,
  );
});

test.each(['a web server of Node', 'an answer in HTTP/1.1'])(
  '%s is told at once also to who asks before the host has said a word',
  async (name) => {
    const { kind, message } = await failureIn(await arranged(name), { allowEarlyRequest: true });
    expect(kind).toBe('not_grpc');
    expect(message).toBe(`Listing the keys failed: ${noHttp2}.`);
  },
);
