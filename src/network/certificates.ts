import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { holdsCredential, quoteUnlessSecret } from '../core/credential-like.ts';
import { ok, wrong, type Result } from '../core/result.ts';
import { codeOf, messageOf, quote, unquoted } from '../core/text.ts';

// OpenSSL's other kinds: left out without a word, they would be distrusted without a word.
const otherKinds = /-----BEGIN (?:TRUSTED|X509) CERTIFICATE-----/u;

const begin = '-----BEGIN CERTIFICATE-----';
const end = '-----END CERTIFICATE-----';

// A bundle of all public roots is about 250 KB.
const largestFile = 4 * 1024 * 1024;

/**
 * Reads the `ca_certificate` input. The transport takes garbage without a word, so each block is
 * parsed here first.
 *
 * @param input PEM text with one or more certificates, or the path of a file that holds such
 * @returns the certificates as PEM text and nothing else
 */
export function readCertificates(input: string): Result<string> {
  const given = unquoted(input);
  const text = pemIn(given);
  const pem = text === undefined ? readPemFile(given) : ok(text);
  if (!pem.ok) return pem;
  if (otherKinds.test(pem.value)) {
    return wrong(
      '`ca_certificate` holds a `TRUSTED CERTIFICATE` or an `X509 CERTIFICATE`: convert it with `openssl x509`, so that it begins with `-----BEGIN CERTIFICATE-----`.',
    );
  }
  const blocks = blocksIn(pem.value);
  if (blocks === undefined) {
    // What is missing would be distrusted without a word.
    return wrong('`ca_certificate` holds a certificate that does not end: it seems to be cut off.');
  }
  if (blocks.length === 0) {
    return wrong(
      '`ca_certificate` holds no certificate: it must be PEM text with at least one `-----BEGIN CERTIFICATE-----` block, or the path of such a file.',
    );
  }
  for (const [index, each] of blocks.entries()) {
    try {
      new X509Certificate(each);
    } catch (thrown) {
      return wrong(
        `\`ca_certificate\`: block ${index + 1} of ${blocks.length} is not a certificate (${messageOf(thrown)}).`,
      );
    }
  }
  return ok(`${blocks.join('\n')}\n`);
}

/**
 * The PEM text in what was pasted or stored: as it is, in base64 as a whole
 * (as `caCertificate` of https://github.com/hashicorp/vault-action is), and with `\\n` for line breaks, as
 * tools write it that put a file into JSON or an environment variable, some of them twice
 * (https://github.com/actions/create-github-app-token/issues/153). Undefined for anything else.
 */
function pemIn(given: string): string | undefined {
  const text = given.replace(/(?:\\{1,4}r)?\\{1,4}n/gu, '\n');
  if (text.includes('-----BEGIN')) return text;
  const base64 = given.replace(/\s+/gu, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/u.test(base64)) return undefined;
  const decoded = Buffer.from(base64, 'base64').toString('utf8');
  return decoded.includes('-----BEGIN') ? decoded : undefined;
}

/**
 * The certificates in a text, each with its first and last line, and lines of 64 characters between
 * them (RFC 7468, section 2), however they were broken or indented. Undefined when one does not end.
 */
function blocksIn(text: string): readonly string[] | undefined {
  const blocks: string[] = [];
  for (let from = text.indexOf(begin); from >= 0;) {
    const last = text.indexOf(end, from);
    if (last < 0) return undefined;
    const base64 = text.slice(from + begin.length, last).replace(/\s+/gu, '');
    blocks.push([begin, ...(base64.match(/.{1,64}/gu) ?? []), end].join('\n'));
    from = text.indexOf(begin, last);
  }
  return blocks;
}

/** A path, for a message. What does not look like one may be a key that was put there by mistake. */
function named(path: string): string {
  const isPath = /[/\\]|\.[a-z]{2,4}$/iu.test(path) && path.length <= longestPath;
  return isPath && !holdsCredential(path) ? quote(path) : quoteUnlessSecret(path);
}

const longestPath = 120;

function readPemFile(path: string): Result<string> {
  try {
    const file = statSync(path);
    if (!file.isFile() || file.size > largestFile) {
      return wrong(`\`ca_certificate\` names ${named(path)}, which is no file of certificates.`);
    }
    const content = readFileSync(path, 'utf8');
    return ok(pemIn(content) ?? content);
  } catch (thrown) {
    return wrong(
      `\`ca_certificate\` is neither PEM text nor a file that can be read: ${named(path)} (${codeOf(thrown)}).`,
    );
  }
}
