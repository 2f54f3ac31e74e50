import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { createAuthority } from '../../../../tools/emulator/certificates.ts';
import { startEmulator, type TlsKind } from '../../../../tools/emulator/index.ts';
import type { Reason } from '../../../../src/coralogix/transport.ts';
import { certify } from './certify.ts';
import { host } from './connection.ts';
import {
  brief,
  late,
  listen,
  never,
  type Arrange,
  type Bench,
  type Row,
  type Rows,
  type Situation,
} from './situation.ts';

/** An emulator whose port is protected like this. */
function emulated(
  kind: TlsKind,
  how: Partial<Situation> & { readonly otherCa?: boolean } = {},
): Arrange {
  return async ({ cleanUp }) => {
    const emulator = await startEmulator({ tls: kind });
    cleanUp(() => emulator.stop());
    const { otherCa = false, ...rest } = how;
    return {
      target: `localhost:${emulator.port}`,
      ca: otherCa ? emulator.otherCaCertificate : emulator.caCertificate,
      emulator,
      ...rest,
    };
  };
}

/** A host with a good certificate and these options, which does this once TLS stands. */
function tlsHost(
  options: TlsOptions,
  serve: (socket: TLSSocket) => void = () => undefined,
  how: Partial<Situation> = {},
): Arrange {
  return async (bench: Bench) => {
    const authority = await createAuthority('A CA of its own');
    const { key, certificate } = await authority.issue('good');
    const server = createTlsServer({ key, cert: certificate, ...options }, serve);
    server.on('tlsClientError', () => undefined);
    const target = `localhost:${await listen(server, bench)}`;
    return { target, ca: authority.certificate, ...how };
  };
}

/** A host that answers the first words of a handshake with these bytes, and then hangs up. */
function answered(bytes: Buffer): Arrange {
  return host(
    (socket) => {
      socket.once('data', () => socket.end(bytes));
    },
    { ca: '' },
  );
}

/** A host that answers a handshake with an alert: its number by RFC 8446, section 6. */
const alert = (number: number): Arrange =>
  answered(Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, number]));

/** A ServerHello of this version, by RFC 4346, section 7.4.1.3, with the cipher suite 0x002f. */
function serverHello(version: number): Buffer {
  const hello = Buffer.alloc(38);
  hello.writeUInt16BE(version, 0);
  hello.writeUInt16BE(0x002f, 35);
  const record = Buffer.from([0x16, version >> 8, version & 0xff, 0, 42, 2, 0, 0, hello.length]);
  return Buffer.concat([record, hello]);
}

/** A host whose certificate signed itself. */
async function selfSigned(bench: Bench): Promise<Situation> {
  const { key, certificate } = await certify('localhost');
  const server = createTlsServer({ key, cert: certificate });
  return { target: `localhost:${await listen(server, bench)}`, ca: '' };
}

/** A host whose certificate is no server's. */
async function purpose(bench: Bench): Promise<Situation> {
  const root = await certify('A root');
  const { key, certificate } = await certify('localhost', { issuer: root, purpose: 'client' });
  const server = createTlsServer({ key, cert: certificate });
  return { target: `localhost:${await listen(server, bench)}`, ca: root.certificate };
}

/** A host that sends all of its chain but the end, which nobody knows. */
async function cutChain(bench: Bench): Promise<Situation> {
  const issuer = await certify('A middle', { issuer: await certify('A root') });
  const { key, certificate } = await certify('localhost', { issuer });
  const server = createTlsServer({ key, cert: `${certificate}\n${issuer.certificate}` });
  return { target: `localhost:${await listen(server, bench)}`, ca: '' };
}

/** A host that sends its authority's certificate along. */
async function wholeChain(bench: Bench): Promise<Situation> {
  const authority = await createAuthority('A CA that nobody knows');
  const { key, certificate } = await authority.issue('good');
  const server = createTlsServer({ key, cert: `${certificate}\n${authority.certificate}` });
  return { target: `localhost:${await listen(server, bench)}`, ca: '' };
}

// Which of these it is depends on who of both is faster.
const hungUp = /disconnected before secure TLS|ECONNRESET/u;

/** What each alert is to be taken for; `undefined`: a handshake that went wrong, no more. */
const meanings: Readonly<Record<number, Reason | 'passes' | undefined>> = {
  10: undefined,
  20: undefined,
  21: undefined,
  22: undefined,
  40: 'no_agreement',
  41: 'client_certificate',
  42: 'client_certificate',
  43: 'client_certificate',
  44: 'client_certificate',
  45: 'client_certificate',
  46: 'client_certificate',
  47: undefined,
  48: 'client_certificate',
  49: 'client_certificate',
  50: undefined,
  51: undefined,
  70: 'old_tls',
  71: 'no_agreement',
  80: 'passes',
  86: 'old_tls',
  90: 'passes',
  109: undefined,
  110: undefined,
  112: 'unknown_name',
  113: undefined,
  115: undefined,
  116: 'client_certificate',
  120: 'no_http2',
};

const alertRows = Object.fromEntries(
  Object.entries(meanings).map(([number, meaning]): [string, Row] => {
    const words = new RegExp(`SSL alert number ${number}\\b`, 'u');
    const arrange = alert(Number(number));
    const isTls = meaning !== 'passes';
    return [
      `the alert ${number}`,
      never(arrange, isTls ? 'tls' : 'unreachable', words, {
        ...(isTls && meaning !== undefined ? { reason: meaning } : {}),
      }),
    ];
  }),
);

/** What ends a call in the handshake of TLS. */
export const tlsRows = {
  'an unknown CA': never(
    emulated('trusted', { otherCa: true }),
    'tls',
    /unable to verify the first certificate/u,
    { reason: 'untrusted' },
  ),
  'a certificate that signed itself': never(selfSigned, 'tls', /self-signed certificate\b/u, {
    reason: 'untrusted',
  }),
  'a chain that ends with an unknown CA': never(
    wholeChain,
    'tls',
    /self-signed certificate in certificate chain/u,
    { reason: 'untrusted' },
  ),
  'the wrong name': never(emulated('wrong-name'), 'tls', /ERR_TLS_CERT_ALTNAME_INVALID/u, {
    reason: 'wrong_name',
  }),
  'an expired certificate': never(emulated('expired'), 'tls', /certificate has expired/u, {
    reason: 'expired',
  }),
  'a certificate not yet valid': never(
    emulated('not-yet-valid'),
    'tls',
    /certificate is not yet valid/u,
    { reason: 'not_yet_valid' },
  ),
  'TLS 1.1 only': never(emulated('tls1.1'), 'tls', /SSL alert number 70\b/u, { reason: 'old_tls' }),
  'no cipher in common': never(
    // The key is an elliptic curve's, and the cipher wants RSA's.
    tlsHost({ maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA256' }),
    'tls',
    /SSL alert number 40\b/u,
    { reason: 'no_agreement' },
  ),
  'TLS with HTTP/1.1 only': never(
    tlsHost({ ALPNProtocols: ['http/1.1'] }),
    'tls',
    /SSL alert number 120\b/u,
    { reason: 'no_http2' },
  ),
  'TLS without a word on the protocol, and HTTP/1.1': never(
    tlsHost({}, (socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    }),
    'not_grpc',
    /Protocol error/u,
    { reason: 'http1' },
  ),
  'TLS to a plain-text port': never(emulated('plain'), 'tls', /wrong version number/u, {
    reason: 'no_tls',
  }),
  'TLS to a port of HTTP/1.1': never(
    host(
      (socket) => {
        socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      },
      { ca: '' },
    ),
    'tls',
    /wrong version number/u,
    { reason: 'no_tls' },
  ),
  'plain text to a TLS port': never(
    emulated('trusted', { ca: undefined }),
    'unreachable',
    /Failed to connect/u,
  ),
  'a certificate of the client is wanted, in TLS 1.2': never(
    tlsHost({ requestCert: true, maxVersion: 'TLSv1.2', ALPNProtocols: ['h2'] }),
    'tls',
    /SSL alert number 40\b/u,
    { reason: 'no_agreement' },
  ),
  'a certificate of the client is wanted, in TLS 1.3': never(
    tlsHost({ requestCert: true, ALPNProtocols: ['h2'] }),
    'tls',
    /SSL alert number 116\b/u,
    { reason: 'client_certificate' },
  ),
  'a certificate for clients only': never(purpose, 'tls', /certificate purpose/u),
  'a chain that ends too early': never(cutChain, 'tls', /unable to get local issuer certificate/u, {
    reason: 'untrusted',
  }),
  'TLS to a host that speaks SMTP': never(
    host((socket) => socket.write('220 mail.example.com ESMTP\r\n'), { ca: '' }),
    'tls',
    /wrong version number|packet length too long/u,
    { reason: 'no_tls' },
  ),
  'a host that answers in TLS 1.1': never(
    answered(serverHello(0x0302)),
    'tls',
    /unsupported protocol/u,
    { reason: 'old_tls' },
  ),
  'a host that answers with a message out of turn': never(
    answered(Buffer.from([0x16, 0x03, 0x03, 0x00, 0x04, 0x0e, 0x00, 0x00, 0x00])),
    'tls',
    /SSL routines:[^:]*:unexpected message/u,
  ),
  'silence in the handshake': never(
    host(() => undefined, { ca: '', deadlineMs: brief }),
    'timeout',
    late,
    {
      status: 'DEADLINE_EXCEEDED',
    },
  ),
  'silence after the handshake': never(
    tlsHost({ ALPNProtocols: ['h2'] }, undefined, { deadlineMs: 3 * brief }),
    'timeout',
    late,
    { status: 'DEADLINE_EXCEEDED' },
  ),
  'a host that hangs up before the handshake': never(
    host((socket) => socket.destroy(), { ca: '' }),
    'unreachable',
    hungUp,
  ),
  'a host that hangs up in the handshake': never(
    host(
      (socket) => {
        socket.once('data', () => socket.end());
      },
      { ca: '' },
    ),
    'unreachable',
    hungUp,
  ),
  'a host that resets the connection in the handshake': never(
    host(
      (socket) => {
        socket.once('data', () => socket.resetAndDestroy());
      },
      { ca: '' },
    ),
    'unreachable',
    hungUp,
  ),
  'a host that hangs up after the handshake': never(
    tlsHost({ ALPNProtocols: ['h2'] }, (socket) => socket.end()),
    'unreachable',
    /Failed to connect|ECONNRESET/u,
  ),
  ...alertRows,
} as const satisfies Rows;
