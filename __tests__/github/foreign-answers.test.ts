import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Secret } from '../../src/core/secret.ts';
import { clientOf, failureOf } from '../support/github-client.ts';
import { startGitHubServer, type GitHubServer } from '../../tools/github/server.ts';

let server: GitHubServer;
let elsewhere: GitHubServer;
let secret: { secretName: string; environment: string; value: Secret };

beforeEach(async () => {
  server = await startGitHubServer({ environments: ['production'] });
  elsewhere = await startGitHubServer({ environments: ['production'], branches: ['other'] });
  const value = new Secret(`cxtp_${randomBytes(12).toString('hex')}`);
  secret = { secretName: 'CX_KEY', environment: 'production', value };
});

afterEach(async () => {
  await Promise.all([server.stop(), elsewhere.stop()]);
});

describe('a redirect to another origin', () => {
  test.each([301, 302, 307, 308] as const)(
    'is not followed for a list, and names where it led: %d',
    async (status) => {
      const to = `${elsewhere.url}/repos/acme/shop/branches`;
      server.fault({ does: { kind: 'redirect', status, to } });
      const failure = await failureOf(clientOf(server).github.existing('branch'));
      expect(failure).toMatchObject({
        kind: 'github',
        effect: 'none',
        message: expect.stringContaining(elsewhere.url),
      });
      expect(elsewhere.requests).toEqual([]);
      expect(server.requests).toHaveLength(1);
    },
  );

  test('gives no public key to encrypt for', async () => {
    const to = `${elsewhere.url}/repos/acme/shop/environments/production/secrets/public-key`;
    server.fault({ on: /public-key/u, does: { kind: 'redirect', to } });
    await expect(clientOf(server).github.storeSecret(secret)).rejects.toMatchObject({
      message: expect.stringContaining('another host'),
    });
    expect(elsewhere.requests).toEqual([]);
    expect(server.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test('takes no secret there, and surely stores none', async () => {
    const to = `${elsewhere.url}/repos/acme/shop/environments/production/secrets/CX_KEY`;
    server.fault({ on: /^PUT/u, does: { kind: 'redirect', to } });
    await expect(clientOf(server).github.storeSecret(secret)).rejects.toMatchObject({
      kind: 'github',
      effect: 'none',
    });
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([
    ['http://github.example.com:1/x', 'http://github.example.com:1'],
    ['//github.example.com/x', 'http://github.example.com'],
    ['file:///etc/passwd', 'file:'],
    ['data:application/json,[]', 'data:'],
  ])('is one whatever it looks like: %s', async (to, named) => {
    server.fault({ does: { kind: 'redirect', to } });
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      message: expect.stringContaining(`to ask ${named} to list`),
    });
  });
});

describe('a redirect within the origin', () => {
  test.each([301, 302, 307, 308] as const)('is repeated as it was: %d', async (status) => {
    const to = '/repos/acme/shop/environments/production/secrets/CX_KEY';
    server.fault({ on: /^PUT/u, does: { kind: 'redirect', status, to } });
    await clientOf(server).github.storeSecret(secret);
    expect(server.secrets.get('production/CX_KEY')).toBe(secret.value.reveal());
    const [, first, second] = server.requests;
    expect(second).toMatchObject({ method: 'PUT', body: first?.body });
  });

  test('that never ends is given up', async () => {
    const to = '/repos/acme/shop/branches';
    server.fault({ times: Infinity, does: { kind: 'redirect', to } });
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      message: expect.stringContaining('from one address to the next'),
    });
    expect(server.requests).toHaveLength(6);
  });

  test('to nowhere is no answer', async () => {
    server.fault({ times: Infinity, does: { kind: 'redirect', to: 'http://' } });
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      kind: 'github',
    });
  });
});

describe('a body without end', () => {
  test.each([false, true])('of a list is read for 16 MiB (packed: %p)', async (packed) => {
    server.fault({ times: Infinity, does: { kind: 'endless', packed } });
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      kind: 'github',
      message: expect.stringContaining('larger than 16777216 bytes'),
    });
  });

  test('of a public key is read for 64 KiB', async () => {
    server.fault({ times: Infinity, does: { kind: 'endless' } });
    await expect(clientOf(server).github.storeSecret(secret)).rejects.toMatchObject({
      message: expect.stringContaining('larger than 65536 bytes'),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('after a secret was sent leaves the outcome unknown', async () => {
    server.fault({ on: /^PUT/u, times: Infinity, does: { kind: 'endless', status: 201 } });
    await expect(clientOf(server).github.storeSecret(secret)).rejects.toMatchObject({
      kind: 'outcome_unknown',
      effect: 'unknown',
    });
  });

  test('of a refusal hides nothing but its words', async () => {
    server.fault({ does: { kind: 'endless', status: 403 } });
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      message: 'GitHub refused to list the branches of acme/shop: 403.',
    });
  });
});

describe('a page that is too much for GitHub', () => {
  const names = Array.from({ length: 345 }, (_, index) => `b${String(index).padStart(3, '0')}`);

  test.each([
    ['a gateway gives up', { kind: 'status', status: 502 }],
    ['a gateway waits in vain', { kind: 'status', status: 504 }],
    ['it is too large', { kind: 'endless' }],
    [
      'it is called missing',
      {
        kind: 'status',
        status: 404,
        headers: { link: '<https://example.com?page=2>; rel="next"' },
      },
    ],
  ] as const)('because %s is asked for in smaller ones, to the last', async (_, does) => {
    server.branches = names;
    server.fault({ on: /per_page=100/u, times: Infinity, does });
    const { github, waits } = clientOf(server);
    await expect(github.existing('branch')).resolves.toEqual(new Set(names));
    // It is learned once.
    expect(waits).toHaveLength(1);
    expect(server.requests.map(({ path }) => path.split('?')[1]).slice(0, 3)).toEqual([
      'per_page=100&page=1',
      'per_page=50&page=1',
      'per_page=50&page=2',
    ]);
  });

  test('in the middle is the place where the smaller ones begin', async () => {
    server.branches = names;
    server.fault({
      on: /per_page=100&page=3/u,
      times: Infinity,
      does: { kind: 'status', status: 502 },
    });
    server.fault({
      on: /per_page=50&page=5/u,
      times: Infinity,
      does: { kind: 'status', status: 502 },
    });
    await expect(clientOf(server).github.existing('branch')).resolves.toEqual(new Set(names));
    const firstReading = server.requests.map(({ path }) => path.split('?')[1]).slice(0, 11);
    expect(firstReading).toEqual([
      'per_page=100&page=1',
      'per_page=100&page=2',
      'per_page=100&page=3',
      'per_page=50&page=5',
      ...[9, 10, 11, 12, 13, 14].map((page) => `per_page=25&page=${page}`),
      'per_page=25&page=1',
    ]);
  });

  test('is missed when it is the last of the smaller ones', async () => {
    server.environments = names;
    server.fault({ on: /per_page=100/u, times: Infinity, does: { kind: 'status', status: 502 } });
    server.fault({ times: Infinity, does: { kind: 'last-page-missing' } });
    await expect(clientOf(server).github.existing('environment')).rejects.toMatchObject({
      message: expect.stringContaining('not whole'),
    });
  });

  test('however small is given up after four attempts', async () => {
    server.fault({ times: Infinity, does: { kind: 'status', status: 502, message: 'No' } });
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      message: 'GitHub failed to list the branches of acme/shop: 502 No.',
    });
    expect(server.requests.map(({ path }) => path.split('?')[1])).toEqual([
      'per_page=100&page=1',
      'per_page=50&page=1',
      'per_page=25&page=1',
      'per_page=25&page=1',
    ]);
  });
});

describe('a public key that GitHub no longer has', () => {
  test('is read again, once, and the value encrypted for the new one', async () => {
    const { github } = clientOf(server);
    await github.checkSecretAccess(secret);
    server.renewKeys();
    await github.storeSecret(secret);
    expect(server.secrets.get('production/CX_KEY')).toBe(secret.value.reveal());
    expect(server.requests.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'GET 200',
      // The record, which is not there.
      'GET 404',
      'PUT 422',
      'GET 200',
      'PUT 201',
    ]);
  });

  test.each([409, 422])('is what %d may mean, once', async (status) => {
    server.fault({ on: /^PUT/u, does: { kind: 'status', status } });
    await clientOf(server).github.storeSecret(secret);
    expect(server.secrets.get('production/CX_KEY')).toBe(secret.value.reveal());
  });

  test('and cannot be read again leaves what an earlier attempt did unknown', async () => {
    server.fault({ on: /^PUT/u, does: { kind: 'drop' } });
    server.fault({ on: /^PUT/u, does: { kind: 'status', status: 422 } });
    const { github } = clientOf(server);
    await github.checkSecretAccess(secret);
    server.fault({ on: /^GET/u, does: { kind: 'status', status: 403 } });
    await expect(github.storeSecret(secret)).rejects.toMatchObject({ kind: 'outcome_unknown' });
  });
});

describe('a secondary rate limit', () => {
  const limit = {
    kind: 'status',
    status: 403,
    message: 'You have exceeded a secondary rate limit.',
  } as const;

  test('is waited for as often as GitHub asks, while there is time', async () => {
    const does = { ...limit, headers: { 'retry-after': '5' } };
    server.fault({ times: 9, does });
    const { github, waits } = clientOf(server, { budgetMs: 300_000 });
    await expect(github.existing('branch')).resolves.toHaveProperty('size', 1);
    expect(waits).toHaveLength(9);
  });

  test('is waited for a minute where GitHub does not say how long, and then longer', async () => {
    server.fault({ times: 2, does: limit });
    const { github, waits } = clientOf(server, { budgetMs: 600_000 });
    await expect(github.existing('branch')).resolves.toHaveProperty('size', 1);
    expect(waits).toEqual([60_000, 120_000]);
  });

  test('is waited for half of what is left where that is less than a minute', async () => {
    server.fault({ does: { ...limit, status: 429 } });
    const { github, waits } = clientOf(server, { budgetMs: 60_000 });
    await github.storeSecret(secret);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeLessThanOrEqual(30_000);
    // Longer than after any other failure.
    expect(waits[0]).toBeGreaterThan(500);
  });

  test('that does not end is told before the budget is over', async () => {
    server.fault({ times: Infinity, does: limit });
    const { github } = clientOf(server, { budgetMs: 600_000 });
    await expect(github.storeSecret(secret)).rejects.toMatchObject({
      kind: 'github',
      effect: 'none',
      message: expect.stringContaining('wants fewer requests'),
    });
    expect(server.requests.length).toBeLessThan(12);
  });
});
