import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { Secret } from '../../src/core/secret.ts';
import { clientOf, failureOf } from '../support/github-client.ts';
import { startGitHubServer, type GitHubServer } from '../../tools/github/server.ts';

let server: GitHubServer;
let value: string;

beforeEach(async () => {
  server = await startGitHubServer({ environments: ['production', 'Prod EU/1 ✓?#%', 'a%2Fb'] });
  value = `cxtp_${randomBytes(12).toString('hex')}`;
});

afterEach(async () => {
  await server.stop();
});

function secretOf(environment: string | undefined, text = value) {
  return { secretName: 'CX_KEY', environment, value: new Secret(text) };
}

function asked(): readonly string[] {
  return server.requests.map(({ method, path }) => `${method} ${path}`);
}

describe('a secret', () => {
  test('of an environment is what GitHub decrypts, and costs two reads and one write', async () => {
    const { github } = clientOf(server);
    await github.checkSecretAccess({ secretName: 'CX_KEY', environment: 'production' });
    expect(server.secrets.size).toBe(0);
    await github.storeSecret(secretOf('production'));
    expect(server.secrets).toEqual(new Map([['production/CX_KEY', value]]));
    expect(asked()).toEqual([
      'GET /repos/acme/shop/environments/production/secrets/public-key',
      'GET /repos/acme/shop/environments/production/variables/CX_KEY_RECORD',
      'PUT /repos/acme/shop/environments/production/secrets/CX_KEY',
    ]);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 404, 201]);
  });

  test('of the repository is what GitHub decrypts', async () => {
    await clientOf(server).github.storeSecret(secretOf(undefined));
    expect(server.secrets).toEqual(new Map([['CX_KEY', value]]));
    expect(asked()).toEqual([
      'GET /repos/acme/shop/actions/secrets/public-key',
      'PUT /repos/acme/shop/actions/secrets/CX_KEY',
    ]);
  });

  test('is encrypted for the key of its own place, whatever was stored elsewhere before', async () => {
    const { github } = clientOf(server);
    for (const environment of ['production', undefined, 'Prod EU/1 ✓?#%', 'production']) {
      await github.storeSecret(secretOf(environment));
    }
    // No 422, which is what GitHub says to a value for another key.
    expect(server.requests.map(({ status }) => status)).toEqual([
      200, 201, 200, 201, 200, 201, 204,
    ]);
    expect([...server.secrets.values()]).toEqual([value, value, value]);
  });

  test('takes the place of the one before', async () => {
    const { github } = clientOf(server);
    await github.storeSecret(secretOf('production', 'old'));
    await github.storeSecret(secretOf('production'));
    expect(server.secrets.get('production/CX_KEY')).toBe(value);
    expect(server.requests.map(({ status }) => status)).toEqual([200, 201, 204]);
  });

  test.each(['Prod EU/1 ✓?#%', 'a%2Fb'])(
    'reaches an environment whatever its name: %s',
    async (name) => {
      await clientOf(server).github.storeSecret(secretOf(name));
      expect([...server.secrets.keys()]).toEqual([`${name}/CX_KEY`]);
    },
  );

  test('goes over the wire encrypted only', async () => {
    await clientOf(server).github.storeSecret(secretOf('production'));
    const wire = JSON.stringify(server.requests);
    for (const form of ['utf8', 'base64', 'hex', 'base64url'] as const) {
      expect(wire).not.toContain(Buffer.from(value).toString(form).replaceAll('=', ''));
    }
    expect(wire).not.toContain(server.tokens.personal);
  });

  test('is encrypted anew each time', async () => {
    const { github } = clientOf(server);
    await github.storeSecret(secretOf('production'));
    await github.storeSecret(secretOf('production'));
    const [, first, second] = server.requests;
    expect(first?.body).not.toEqual(second?.body);
  });

  test('may hold any text', async () => {
    const { github } = clientOf(server);
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((each) => !/\p{Cs}/u.test(each));
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        await github.storeSecret(secretOf('production', each));
        expect(server.secrets.get('production/CX_KEY')).toBe(each);
      }),
      { numRuns: 30 },
    );
  });

  test('of 48 KB is stored', async () => {
    await clientOf(server).github.storeSecret(secretOf('production', 'x'.repeat(48 * 1024)));
    expect(server.secrets.get('production/CX_KEY')).toHaveLength(48 * 1024);
  });

  test.each([
    ['larger than GitHub stores', 'ä'.repeat(24 * 1024 + 1), /49154 bytes/u],
    ['empty', '', /empty value/u],
  ])('that is %s is not sent', async (_, text, reason) => {
    const failure = await failureOf(
      clientOf(server).github.storeSecret(secretOf('production', text)),
    );
    expect(failure).toMatchObject({ kind: 'github', message: expect.stringMatching(reason) });
    expect(server.secrets.size).toBe(0);
  });
});

describe('access to secrets', () => {
  test('that is missing is known before anything is written', async () => {
    const { github } = clientOf(server, { token: server.tokens.github });
    const place = { secretName: 'CX_KEY', environment: 'production' };
    await expect(github.checkSecretAccess(place)).rejects.toMatchObject({
      kind: 'github',
      message:
        'GitHub refused to store the secret CX_KEY of the environment "production" of acme/shop: ' +
        '403 Resource not accessible by integration.',
      hint: expect.stringMatching(/GITHUB_TOKEN can never do it.*Environments: write/u),
    });
    expect(asked()).toEqual(['GET /repos/acme/shop/environments/production/secrets/public-key']);
  });

  test('of the repository names the other permission', async () => {
    const { github } = clientOf(server, { token: server.tokens.github });
    const place = { secretName: 'CX_KEY', environment: undefined };
    await expect(github.checkSecretAccess(place)).rejects.toMatchObject({
      hint: expect.stringMatching(/GITHUB_TOKEN can never do it.*Secrets: write/u),
    });
  });

  test('of an environment that does not exist says so', async () => {
    const place = { secretName: 'CX_KEY', environment: 'prodution' };
    await expect(clientOf(server).github.checkSecretAccess(place)).rejects.toMatchObject({
      message: expect.stringContaining('404 Not Found'),
      hint: expect.stringContaining('There is no environment "prodution"'),
    });
  });

  test('with a token that GitHub does not know says so', async () => {
    const { github } = clientOf(server, { token: 'ghp_unknown' });
    const place = { secretName: 'CX_KEY', environment: 'production' };
    await expect(github.checkSecretAccess(place)).rejects.toMatchObject({
      message: expect.stringContaining('401 Bad credentials'),
      hint: expect.stringContaining('github_token'),
    });
  });

  test.each(['.', '..', '', 'a\nb', '\ud800'])(
    'to an environment named %j sends nothing',
    async (name) => {
      const failure = await failureOf(clientOf(server).github.storeSecret(secretOf(name)));
      expect(failure).toMatchObject({
        message: expect.stringContaining('no name of an environment'),
      });
      expect(server.requests).toEqual([]);
    },
  );

  test.each(['cut', 'html', 'empty'] as const)(
    'with a public key that makes no sense fails: %s',
    async (kind) => {
      const does =
        kind === 'empty'
          ? ({ kind: 'redirect', to: '/repos/acme/shop/branches' } as const)
          : { kind };
      server.fault({ on: /^GET .*public-key/u, times: Infinity, does });
      const failure = await failureOf(clientOf(server).github.storeSecret(secretOf('production')));
      expect(failure).toMatchObject({ kind: 'github' });
      expect(server.requests.some(({ method }) => method === 'PUT')).toBe(false);
    },
  );
});

describe('storing that fails', () => {
  test('and may have worked is tried again', async () => {
    server.fault({ on: /^PUT/u, does: { kind: 'drop' } });
    await clientOf(server).github.storeSecret(secretOf('production'));
    expect(server.secrets.get('production/CX_KEY')).toBe(value);
    // The first one was stored although its answer was lost.
    expect(server.requests.map(({ status }) => status)).toEqual([200, 201, 204]);
  });

  test.each([
    ['the answers are lost', { kind: 'drop' }],
    ['GitHub fails', { kind: 'status', status: 500 }],
    ['a gateway answers for GitHub', { kind: 'status', status: 504 }],
    ['something else answers', { kind: 'html' }],
  ] as const)('because %s has an unknown outcome', async (_, does) => {
    server.fault({ on: /^PUT/u, times: Infinity, does });
    const failure = await failureOf(clientOf(server).github.storeSecret(secretOf('production')));
    expect(failure).toMatchObject({
      kind: 'outcome_unknown',
      message: expect.stringContaining('GitHub may have done it all the same.'),
    });
  });

  test('because GitHub is silent has an unknown outcome', async () => {
    server.fault({ on: /^PUT/u, times: Infinity, does: { kind: 'hang' } });
    // Once the public key is there: how long it takes to load what encrypts must not count.
    const budgetFrom = (): boolean => server.requests.length > 0;
    const { github } = clientOf(server, { budgetMs: 400, budgetFrom });
    const failure = await failureOf(github.storeSecret(secretOf('production')));
    expect(failure).toMatchObject({ kind: 'outcome_unknown' });
  });

  test('after an answer was lost has an unknown outcome, whatever is said then', async () => {
    server.fault({ on: /^PUT/u, does: { kind: 'drop' } });
    server.fault({ on: /^PUT/u, does: { kind: 'status', status: 403, message: 'No' } });
    const failure = await failureOf(clientOf(server).github.storeSecret(secretOf('production')));
    expect(failure).toMatchObject({ kind: 'outcome_unknown' });
  });

  test.each([403, 409, 422])('because GitHub says %d has a known outcome', async (status) => {
    server.fault({ on: /^PUT/u, times: Infinity, does: { kind: 'status', status, message: 'No' } });
    const failure = await failureOf(clientOf(server).github.storeSecret(secretOf('production')));
    expect(failure).toMatchObject({
      kind: 'github',
      message: expect.stringContaining(`${status} No`),
    });
  });

  test.each(['drop', 'html', 'hang'] as const)(
    'tells neither the value nor the token: %s',
    async (kind) => {
      server.fault({ on: /^PUT/u, times: Infinity, does: { kind } });
      const { github } = clientOf(server, { budgetMs: kind === 'hang' ? 400 : 60_000 });
      const thrown: unknown = await github
        .storeSecret(secretOf('production'))
        .catch((each: unknown) => each);
      const shown = inspect(thrown, { depth: Infinity, showHidden: true });
      expect(shown).not.toContain(value);
      expect(shown).not.toContain(server.tokens.personal);
    },
  );
});

describe('the name of a secret', () => {
  test('that is wrong sends nothing', async () => {
    const secret = { ...secretOf('production'), secretName: 'A-B' };
    await failureOf(clientOf(server).github.storeSecret(secret));
    expect(server.requests).toEqual([]);
  });
});
