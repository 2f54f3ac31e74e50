import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { requestFailure } from '../../src/github/failure.ts';
import { policyHint } from '../../src/github/policy.ts';
import { certify } from '../coralogix/grpc/situations/certify.ts';
import { clientOf } from '../support/github-client.ts';
import { startGitHubServer, type GitHubServer } from '../../tools/github/server.ts';
import { conceal } from '../../src/core/redaction.ts';
import { wordsIn } from '../../src/github/words.ts';

let server: GitHubServer;

beforeEach(async () => {
  server = await startGitHubServer({ environments: ['production'] });
});

afterEach(async () => {
  await server.stop();
});

const place = { secretName: 'CX_KEY', environment: 'production' };

/** GitHub's own words, as public reports quote them (`policy.ts` names each), and what to do. */
const rules: readonly (readonly [words: string, todo: RegExp])[] = [
  [
    'Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.',
    /Configure SSO/u,
  ],
  [
    'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.',
    /a runner whose address is on it/u,
  ],
  [
    "The 'acme' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days. Please adjust your token's lifetime at the following URL: https://github.com/settings/personal-access-tokens/1",
    /an earlier end at the address/u,
  ],
  [
    "The 'acme' enterprise forbids access via a personal access tokens (classic) if the token's lifetime is greater than 365 days. Please adjust your token's lifetime at the following URL: https://github.com/settings/tokens/1",
    /an earlier end at the address/u,
  ],
  [
    '`acme` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.',
    /takes no classic tokens/u,
  ],
  [
    '`acme` forbids access via a personal access token with fine-grained permissions. Please use a GitHub App, or an OAuth App.',
    /takes no personal access tokens/u,
  ],
  [
    'Although you appear to have the correct authorization credentials, the `acme` organization has enabled OAuth App access restrictions, meaning that data access to third-parties is limited.',
    /has not approved the app/u,
  ],
  ['Repository was archived so is read-only.', /unarchive it/u],
  [
    'Upgrade to GitHub Pro or make this repository public to enable this feature.',
    /Leave `environment` out/u,
  ],
];

describe('a refusal by a rule', () => {
  test.each(rules)('in JSON is told as what it is: %s', async (message, todo) => {
    server.fault({ on: /^GET/u, does: { kind: 'status', status: 403, message } });
    const { github, waits } = clientOf(server);
    await expect(github.checkSecretAccess(place)).rejects.toMatchObject({
      kind: 'github',
      message: expect.stringContaining(message.slice(0, 250).replace(/\.$/u, '')),
      hint: expect.stringMatching(todo),
    });
    // No token with more permissions would do.
    await expect(github.checkSecretAccess(place)).resolves.toBeUndefined();
    expect(waits).toEqual([]);
  });

  test.each(rules)('as a page is told as what it is: %s', async (message, todo) => {
    const escaped = message.replaceAll("'", '&#39;');
    const page = `<!DOCTYPE html>\n<html><head><title>Forbidden</title><style>p { color: red }</style></head>\n<body><h1>403</h1>\n<p>${escaped}</p></body></html>`;
    server.fault({ on: /^GET/u, does: { kind: 'page', status: 403, page } });
    await expect(clientOf(server).github.checkSecretAccess(place)).rejects.toMatchObject({
      message: expect.stringContaining(message.slice(0, 250).replace(/\.$/u, '')),
      hint: expect.stringMatching(todo),
    });
  });

  test('never asks for a permission', () => {
    for (const [words] of rules) expect(policyHint(words)).not.toMatch(/permission/u);
  });

  test('in words that are not known keeps the hint about the permission', async () => {
    const message = 'You must have repository write permissions or have the secrets permission.';
    server.fault({ on: /^GET/u, does: { kind: 'status', status: 403, message } });
    await expect(clientOf(server).github.checkSecretAccess(place)).rejects.toMatchObject({
      hint: expect.stringContaining('with the permission Environments: write'),
    });
  });

  test('as a page that says nothing known is said to have come as a page', async () => {
    const page = '<html><body><h1>Access denied</h1><script>alert(1)</script></body></html>';
    server.fault({ on: /^GET/u, does: { kind: 'page', status: 403, page } });
    await expect(clientOf(server).github.checkSecretAccess(place)).rejects.toMatchObject({
      message: expect.stringMatching(/: 403 Access denied\.$/u),
      hint: expect.stringMatching(/^It came as a web page/u),
    });
  });

  test('is no rule for whatever GitHub says with another status', async () => {
    const message = 'Repository was archived so is read-only.';
    server.fault({ on: /^GET/u, does: { kind: 'status', status: 422, message } });
    await expect(clientOf(server).github.checkSecretAccess(place)).rejects.toMatchObject({
      hint: undefined,
    });
  });
});

test('whatever is said, a hint is one of those that are written down, with nothing of it inside', () => {
  const known = new Set([undefined, ...rules.map(([words]) => policyHint(words))]);
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.constantFrom(...rules.flatMap(([words]) => words.split(' '))),
          fc.string({ unit: 'binary', maxLength: 20 }),
        ),
      ),
      (words) => {
        expect(known.has(policyHint(words.join(' ')))).toBe(true);
      },
    ),
  );
});

/** A GitHub over TLS that nobody gets further with than its certificate; its address. */
async function startSecure(how: { key: string; certificate: string }): Promise<{
  readonly url: string;
  readonly stop: () => Promise<void>;
}> {
  const own = createServer({ key: how.key, cert: how.certificate });
  own.listen(0, '127.0.0.1');
  await once(own, 'listening');
  return {
    url: `https://localhost:${(own.address() as AddressInfo).port}`,
    stop: async () => {
      own.closeAllConnections();
      own.close();
      await once(own, 'close');
    },
  };
}

test('a hint names a proxy only where one was used, whatever was asked and answered', () => {
  const text = fc.oneof(
    fc.constantFrom('https_proxy', 'no_proxy', 'HTTPS_PROXY', 'SAML', 'archived', 'rate limit'),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  const hints = { 401: 'Hint 401.', 403: 'Hint 403.', 404: 'Hint 404.' };
  const used = fc.option(fc.constantFrom('https_proxy', 'HTTPS_PROXY'), { nil: undefined });
  const network = fc.record({
    kind: fc.constant('network' as const),
    code: fc.constantFrom(undefined, 'ECONNREFUSED', 'UND_ERR_SOCKET', 'CERT_HAS_EXPIRED'),
    proxyVariable: used,
  });
  const status = fc.record({
    kind: fc.constant('status' as const),
    status: fc.constantFrom(400, 401, 403, 404, 409, 422, 429, 500, 502),
    message: text,
    isPage: fc.boolean(),
    retryAfter: fc.constant(undefined),
    acceptedPermissions: fc.constant(undefined),
    isPaged: fc.boolean(),
  });
  fc.assert(
    fc.property(text, fc.oneof(network, status), (purpose, cause) => {
      const { hint = '' } = requestFailure({ purpose, hints }, cause, 'none');
      const named = cause.kind === 'network' ? cause.proxyVariable : undefined;
      const isCertificate = cause.kind === 'network' && cause.code === 'CERT_HAS_EXPIRED';
      expect(/https_proxy|no_proxy/iu.test(hint)).toBe(named !== undefined && !isCertificate);
    }),
    { numRuns: 300 },
  );
});

describe('a GitHub with an authority of its own', () => {
  test.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', () => certify('localhost')],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      async () => certify('localhost', { issuer: await certify('an authority') }),
    ],
  ])('is told once, with where to name the authority: %s', async (code, made) => {
    const own = await startSecure(await made());
    const { github, waits } = clientOf(server, { apiUrl: own.url });
    await expect(github.existing('branch')).rejects.toMatchObject({
      kind: 'github',
      effect: 'none',
      message: `GitHub could not be reached to list the branches of acme/shop (${code}): its certificate is not good here.`,
      hint: expect.stringMatching(/NODE_EXTRA_CA_CERTS.*`ca_certificate` counts for Coralogix/u),
    });
    expect(waits).toEqual([]);
    await own.stop();
  });
});

test('a page that quotes a secret is cleared of it before it is cut', () => {
  const token = `ghs_${'a1B2'.repeat(9)}`;
  conceal(token);
  for (let before = 16 * 1024 - token.length - 20; before < 16 * 1024; before += 1) {
    const page = `<html><body>${'<i></i>'.repeat(5000).slice(0, before)}>${token}</body></html>`;
    expect(wordsIn(page)).not.toMatch(/ghs_|a1B2/u);
  }
});
