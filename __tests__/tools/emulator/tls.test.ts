import { once } from 'node:events';
import tls from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import type { Emulator, TlsKind } from '../../../tools/emulator/index.ts';
import { connected, started } from './started.ts';

/** Does a TLS handshake; the protocol's version, or the code of the error. */
async function handshake(emulator: Emulator, options: tls.ConnectionOptions): Promise<string> {
  const socket = tls.connect({
    host: emulator.host,
    port: emulator.port,
    servername: 'localhost',
    ca: emulator.caCertificate,
    ALPNProtocols: ['h2'],
    ...options,
  });
  try {
    await once(socket, 'secureConnect');
    return socket.getProtocol() ?? '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  } finally {
    socket.destroy();
  }
}

describe('the certificate', () => {
  test.each(['localhost', '127.0.0.1', '::1'])('is good for %s', async (name) => {
    const emulator = await started();
    const identity = tls.checkServerIdentity;
    const checkServerIdentity: typeof identity = (_host, certificate) =>
      identity(name, certificate);
    expect(await handshake(emulator, { checkServerIdentity })).toBe('TLSv1.3');
  });

  test('is of a CA that signed nothing else', async () => {
    const emulator = await started();
    const other = connected(emulator, emulator.otherCaCertificate);
    const answer = await other.call('GetSendDataApiKeys');
    expect(answer.status).toBe('UNAVAILABLE');
    expect(answer.details).toContain('certificate');
    expect(emulator.journal.attempts()).toBe(0);
  });

  test.each<[TlsKind, string]>([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['not-yet-valid', 'CERT_NOT_YET_VALID'],
    ['wrong-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('can be %s', async (kind, code) => {
    const emulator = await started({ tls: kind });
    expect(await handshake(emulator, {})).toBe(code);
    const answer = await connected(emulator).call('GetSendDataApiKeys');
    expect(answer.status).toBe('UNAVAILABLE');
    expect(emulator.journal.attempts()).toBe(0);
  });
});

describe('the protocol', () => {
  test('can be TLS 1.1 and nothing newer', async () => {
    const emulator = await started({ tls: 'tls1.1' });
    const old = { minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    expect(await handshake(emulator, old)).toBe('TLSv1.1');
    expect(await handshake(emulator, {})).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    expect((await connected(emulator).call('GetSendDataApiKeys')).status).toBe('UNAVAILABLE');
  });

  test('can be none', async () => {
    const emulator = await started({ tls: 'plain' });
    expect(emulator.endpoint).toBe(`http://127.0.0.1:${emulator.port}`);
    expect((await connected(emulator).call('GetSendDataApiKeys')).status).toBe('OK');
    expect(await handshake(emulator, {})).not.toMatch(/^TLS/u);
  });

  test('is HTTP/2 or nothing', async () => {
    const emulator = await started();
    const socket = tls.connect({
      host: emulator.host,
      port: emulator.port,
      servername: 'localhost',
      ca: emulator.caCertificate,
    });
    await once(socket, 'secureConnect');
    socket.resume();
    await once(socket, 'close');
    expect(emulator.journal.connections).toBe(1);
  });
});
