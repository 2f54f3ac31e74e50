import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer } from 'node:tls';
import { createAuthority } from '../../../../tools/emulator/certificates.ts';
import { deadPort } from './connection.ts';
import {
  brief,
  late,
  listen,
  never,
  type Arrange,
  type Rows,
  type Situation,
} from './situation.ts';

const target = 'api.example.com:443';
const atPort = (port: number): string => `http://127.0.0.1:${port}`;

/** A proxy that does this when it is asked to connect. */
function proxied(serve: (socket: Duplex) => void, how: Partial<Situation> = {}): Arrange {
  return async (bench) => {
    const server = createHttpServer();
    server.on('connect', (_request, socket: Duplex) => {
      socket.on('error', () => undefined);
      serve(socket);
    });
    return { target, ca: undefined, proxy: atPort(await listen(server, bench)), ...how };
  };
}

const refusing = (status: number): Arrange =>
  proxied((socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));

const established = 'HTTP/1.1 200 Connection established\r\n\r\n';

/** A proxy that makes the connection, behind which this is what the host does. */
const tunnel = (serve: (socket: Duplex) => void, how: Partial<Situation> = {}): Arrange =>
  proxied((socket) => {
    socket.write(established);
    socket.once('data', () => {
      serve(socket);
    });
  }, how);

const refused = /Last error: undefined\./u;

/** What ends a call on the way through a proxy. */
export const proxyRows = {
  'a proxy that is dead': never(
    async () => ({ target, ca: undefined, proxy: atPort(await deadPort()) }),
    'proxy',
    refused,
  ),
  'a proxy nobody knows': never(
    () => Promise.resolve({ target, ca: undefined, proxy: 'http://proxy.nowhere.invalid:3128' }),
    'proxy',
    /^Name resolution failed for target dns:proxy\./u,
  ),
  'a proxy that wants a password': never(refusing(407), 'proxy', refused),
  'a proxy that forbids the host': never(refusing(403), 'proxy', refused),
  'a proxy that answers 502': never(refusing(502), 'proxy', refused),
  'a proxy that answers 503': never(refusing(503), 'proxy', refused),
  'a proxy that hangs up': never(
    proxied((socket) => socket.end()),
    'proxy',
    refused,
  ),
  'a proxy that is no proxy': never(
    async (bench) => ({
      target,
      ca: undefined,
      proxy: atPort(
        await listen(
          createServer((socket) => socket.write('220 mail.example.com ESMTP\r\n')),
          bench,
        ),
      ),
    }),
    'proxy',
    refused,
  ),
  'a proxy that is silent': never(
    proxied(() => undefined, { deadlineMs: brief }),
    'timeout',
    late,
    {
      status: 'DEADLINE_EXCEEDED',
    },
  ),
  'a proxy, and behind it silence': never(
    tunnel(() => undefined, { deadlineMs: brief }),
    'timeout',
    late,
    { status: 'DEADLINE_EXCEEDED' },
  ),
  'a proxy, and behind it a host that hangs up': never(
    tunnel((socket) => socket.end()),
    'unreachable',
    /Failed to connect|ECONNRESET|EPIPE/u,
  ),
  'a proxy, and behind it a host that hangs up in the handshake': never(
    tunnel((socket) => socket.end(), { ca: '' }),
    'unreachable',
    /disconnected before secure TLS|ECONNRESET/u,
  ),
  'a proxy, and behind it a host that speaks HTTP/1.1': never(
    tunnel((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    'not_grpc',
    /Last error: Protocol error/u,
    { reason: 'http1' },
  ),
  'a proxy, and behind it a host that speaks no TLS': never(
    tunnel((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), { ca: '' }),
    'tls',
    /wrong version number/u,
    { reason: 'no_tls' },
  ),
  'a proxy that looks into TLS': never(
    async (bench) => {
      const { key, certificate } = await (
        await createAuthority('A CA of the network')
      ).issue('good', ['api.example.com']);
      const tls = createTlsServer({ key, cert: certificate });
      const server = createHttpServer();
      server.on('connect', (_request, socket: Duplex) => {
        socket.on('error', () => undefined);
        socket.write(established);
        tls.emit('connection', socket);
      });
      return { target, ca: '', proxy: atPort(await listen(server, bench)) };
    },
    'tls',
    /unable to verify the first certificate/u,
    { reason: 'untrusted' },
  ),
} as const satisfies Rows;
