import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCertificates } from '../../src/network/certificates.ts';
import { createAuthority } from '../../tools/emulator/certificates.ts';

let first = '';
let second = '';
let expired = '';
let privateKey = '';
const folder = mkdtempSync(join(tmpdir(), 'certificates-'));

beforeAll(async () => {
  const authority = await createAuthority('One');
  first = authority.certificate.trim();
  second = (await createAuthority('Two')).certificate.trim();
  const issued = await authority.issue('expired');
  expired = issued.certificate.trim();
  privateKey = issued.key.trim();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(input: string): string {
  const found = readCertificates(input);
  if (!found.ok) throw new Error(found.problems.join('\n'));
  return found.value;
}

function problem(input: string): string {
  const found = readCertificates(input);
  if (found.ok) throw new Error('accepted');
  return found.problems.join('\n');
}

function file(content: string): string {
  const path = join(folder, `${String(Math.random())}.pem`);
  writeFileSync(path, content);
  return path;
}

describe('text', () => {
  test('one certificate is given back as it stands', () => {
    expect(read(first)).toBe(`${first}\n`);
  });

  test('several are given back, without what stands around them', () => {
    const text = `# our own CA\n${first}\nsubject=CN=Two\r\n${second}\n${privateKey}\n`;
    expect(read(text)).toBe(`${first}\n${second}\n`);
  });

  test.each(['TRUSTED CERTIFICATE', 'X509 CERTIFICATE'])('a %s is not passed over', (kind) => {
    const other = second.replaceAll('CERTIFICATE', kind);
    for (const text of [other, `${first}\n${other}\n`]) expect(problem(text)).toContain(kind);
  });

  test('line breaks of Windows are taken', () => {
    const text = `${first}\n${second}\n`.replaceAll('\n', '\r\n');
    expect(read(text).match(/-----BEGIN CERTIFICATE-----/gu)).toHaveLength(2);
  });

  test('an expired one is taken: whether it is trusted is told when it is used', () => {
    expect(read(expired)).toBe(`${expired}\n`);
  });

  test('all public roots at once are taken', () => {
    expect(read(rootCertificates.join('\n')).match(/-----BEGIN/gu)).toHaveLength(
      rootCertificates.length,
    );
  });

  test('without a certificate it is a problem, and a private key is not quoted', () => {
    for (const text of [privateKey, '-----BEGIN CERTIFICATE REQUEST-----\nx\n-----END']) {
      expect(problem(text)).toMatch(/^`ca_certificate` holds no certificate/u);
    }
    expect(problem(privateKey)).not.toContain(privateKey.slice(40, 60));
  });

  test('garbage between the lines is a problem that says which block', () => {
    const garbage = '-----BEGIN CERTIFICATE-----\nno base64!\n-----END CERTIFICATE-----';
    expect(problem(garbage)).toMatch(/^`ca_certificate`: block 1 of 1 is not a certificate/u);
    expect(problem(`${first}\n${garbage}\n${second}`)).toMatch(/block 2 of 3/u);
  });

  // https://github.com/actions/create-github-app-token/issues/153; Vault's caCertificate is base64.
  test.each<[string, (pem: string) => string]>([
    ['on one line', (pem) => pem.replaceAll('\n', ' ')],
    ['without any break', (pem) => pem.replaceAll('\n', '')],
    ['indented', (pem) => pem.replaceAll('\n', '\n    ')],
    ['with \\n for line breaks', (pem) => pem.replaceAll('\n', '\\n')],
    ['with \\r\\n for line breaks', (pem) => pem.replaceAll('\n', '\\r\\n')],
    ['with \\\\n, as JSON in JSON has it', (pem) => pem.replaceAll('\n', '\\\\n')],
    ['in quotes', (pem) => `"${pem.replaceAll('\n', '\\n')}"`],
    ['indented, with line breaks of Windows', (pem) => pem.replaceAll('\n', '\r\n\t')],
    ['in base64 as a whole', (pem) => Buffer.from(pem).toString('base64')],
    [
      'in base64 with line breaks',
      (pem) => Buffer.from(pem).toString('base64').replace(/.{76}/gu, '$&\n'),
    ],
    ['with text around them', (pem) => `subject=CN\n${pem}\nissuer=CN\n`],
  ])('certificates %s are read as they were', (_how, write) => {
    const both = `${first}\n${second}\n`;
    expect(read(write(both))).toBe(read(both));
    expect(read(file(write(both)))).toBe(read(both));
  });

  test('a certificate that is cut off is a problem, wherever it stands', () => {
    const cut = first.slice(0, 200);
    expect(problem(`${second}\n${cut}`)).toMatch(/cut off/u);
    expect(problem(`${cut}\n${second}`)).toMatch(/cut off|is not a certificate/u);
  });

  test.each([' ', '\\', '=', '"'])('a text of nothing but %j takes no time', (each) => {
    expect(problem(`x${each.repeat(3_000_000)}!`)).toMatch(/neither PEM text nor a file/u);
  });

  test('beginnings without an end take no time', () => {
    expect(problem('-----BEGIN CERTIFICATE-----\n'.repeat(1_000_000))).toMatch(/cut off/u);
  });

  test('a hostile one makes a problem of one line', () => {
    const text = `-----BEGIN CERTIFICATE-----\n::error::${'x'.repeat(100_000)}\n-----END CERTIFICATE-----`;
    expect(problem(text)).not.toMatch(/[\r\n]/u);
    expect(problem(text).length).toBeLessThan(1000);
  });
});

describe('file', () => {
  test('its certificates are taken', () => {
    const path = file(`${first}\n${second}`);
    for (const written of [path, `"${path}"`, ` '${path}' `]) {
      expect(read(written)).toBe(`${first}\n${second}\n`);
    }
  });

  test('one without a certificate is a problem', () => {
    expect(problem(file(''))).toMatch(/holds no certificate/u);
  });

  test('one that cannot be read is named, with the reason', () => {
    const path = join(folder, 'missing.pem');
    expect(problem(path)).toMatch(/neither PEM text nor a file that can be read: ".*" \(ENOENT\)/u);
    expect(problem('a\u0000b')).toMatch(/"a\\u0000b" \(ERR_INVALID_ARG_VALUE\)/u);
    expect(problem('x'.repeat(100_000)).length).toBeLessThan(400);
  });

  test('a folder, or something far too large, is no file of certificates', () => {
    expect(problem(folder)).toMatch(/which is no file of certificates/u);
    expect(problem(file('x'.repeat(4 * 1024 * 1024 + 1)))).toMatch(/no file of certificates/u);
  });
});
