import { webcrypto } from 'node:crypto';
import { loadX509 } from '../../../../tools/emulator/certificates.ts';

/** A certificate and its key, as PEM text. */
export interface Certified {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const day = 86_400_000;

/**
 * Makes a certificate as no sound authority would.
 *
 * @param name of the subject, which is also its host name
 * @param how  who signs it, itself by default, and whom it is for, a server by default
 */
export async function certify(
  name: string,
  { issuer, purpose }: { readonly issuer?: Certified; readonly purpose?: 'client' } = {},
): Promise<Certified> {
  const x509 = await loadX509();
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: `CN=${issuer?.name ?? name}`,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    extensions: [
      new x509.BasicConstraintsExtension(name !== 'localhost', undefined, true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name.replaceAll(' ', '-') }]),
      ...(purpose === undefined
        ? []
        : [new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth])]),
    ],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    name,
    certificate: certificate.toString('pem'),
    key: x509.PemConverter.encode(pkcs8, x509.PemConverter.PrivateKeyTag),
    keys,
  };
}
