import { webcrypto } from 'node:crypto';
import type * as X509 from '@peculiar/x509';

/** In which way the server's certificate is good or bad. */
type CertificateKind = 'good' | 'expired' | 'not-yet-valid' | 'wrong-name';

/** A certificate authority that exists for one run of the emulator. */
export interface Authority {
  /** Its own certificate, as PEM text: what clients are given to trust. */
  readonly certificate: string;
  /**
   * Makes a server's key and certificate, both as PEM text.
   *
   * @param extraNames host names that it is for, besides those of loopback
   */
  issue(
    kind: CertificateKind,
    extraNames?: readonly string[],
  ): Promise<{ readonly key: string; readonly certificate: string }>;
}

const day = 24 * 60 * 60 * 1000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

const newKeys = (): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const between = (from: number, until: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(Date.now() + from),
  notAfter: new Date(Date.now() + until),
});

/**
 * Loads the package late, as the container inside it refuses to load without a polyfill of decorator
 * metadata, though everything that it is used for is registered by hand.
 */
export function loadX509(): Promise<typeof X509> {
  const none = (): undefined => undefined;
  if (!('getMetadata' in Reflect)) {
    Object.assign(Reflect, { getMetadata: none, getOwnMetadata: none });
  }
  return import('@peculiar/x509');
}

/**
 * Makes a certificate authority.
 *
 * @param name its common name
 */
export async function createAuthority(name: string): Promise<Authority> {
  const x509 = await loadX509();
  const keys = await newKeys();
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    ...between(-30 * day, 30 * day),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return {
    certificate: authority.toString('pem'),
    issue: async (kind, extraNames = []) => {
      const server = await newKeys();
      const certificate = await issue(x509, kind, extraNames, {
        publicKey: server.publicKey,
        signingKey: keys.privateKey,
        issuer: authority.subject,
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', server.privateKey);
      return {
        key: x509.PemConverter.encode(key, x509.PemConverter.PrivateKeyTag),
        certificate: certificate.toString('pem'),
      };
    },
  };
}

function issue(
  x509: typeof X509,
  kind: CertificateKind,
  extraNames: readonly string[],
  parties: {
    readonly publicKey: webcrypto.CryptoKey;
    readonly signingKey: webcrypto.CryptoKey;
    readonly issuer: string;
  },
): Promise<X509.X509Certificate> {
  const validity = {
    good: between(-day, 10 * day),
    'wrong-name': between(-day, 10 * day),
    expired: between(-10 * day, -day),
    'not-yet-valid': between(day, 10 * day),
  };
  return x509.X509CertificateGenerator.create({
    // Not the authority's name: a certificate whose subject is its issuer counts as self-signed.
    subject: 'CN=emulated api host',
    ...parties,
    signingAlgorithm: algorithm,
    ...validity[kind],
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        kind === 'wrong-name'
          ? [{ type: 'dns', value: 'elsewhere.example.com' }]
          : [
              { type: 'dns', value: 'localhost' },
              { type: 'ip', value: '127.0.0.1' },
              { type: 'ip', value: '::1' },
              ...extraNames.map((value) => ({ type: 'dns', value }) as const),
            ],
      ),
    ],
  });
}
