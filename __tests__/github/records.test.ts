import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import { Secret } from '../../src/core/secret.ts';
import { clientOf, failureOf } from '../support/github-client.ts';
import { startGitHubServer, type GitHubServer } from '../../tools/github/server.ts';

let server: GitHubServer;

beforeEach(async () => {
  server = await startGitHubServer({
    environments: ['production', 'a/b ✓'],
    others: { 'acme/other': { branches: ['main'], pulls: [], environments: ['staging'] } },
  });
});

afterEach(async () => {
  await server.stop();
});

/** Where a secret may be, and where the local GitHub keeps what is there. */
const places = [
  { where: 'an environment', at: { environment: 'production' }, under: 'production/' },
  { where: 'an environment with any name', at: { environment: 'a/b ✓' }, under: 'a/b ✓/' },
  { where: 'the repository', at: { environment: undefined }, under: '' },
  {
    where: 'another repository',
    at: { repository: 'acme/other', environment: undefined },
    under: 'acme/other/',
  },
  {
    where: 'an environment of another repository',
    at: { repository: 'acme/other', environment: 'staging' },
    under: 'acme/other/staging/',
  },
];

const secretName = 'CX_KEY';
const production = { secretName, environment: 'production' };
const ofRepository = { secretName, environment: undefined };

function asked(): readonly string[] {
  return server.requests.map(({ method, status }) => `${method} ${status}`);
}

describe.each(places)('in $where', ({ under, at }) => {
  const secret = { secretName, ...at };

  test('a secret that is there is found, and when it was stored', async () => {
    server.secrets.set(`${under}CX_KEY`, 'value');
    const found = await clientOf(server).github.findSecret(secret);
    expect(found).toEqual({ state: 'exists', updatedMs: expect.any(Number) });
  });

  test('a secret that is not there is known to be missing', async () => {
    await expect(clientOf(server).github.findSecret(secret)).resolves.toEqual({ state: 'missing' });
  });

  test('where GitHub knows no variables, nothing is kept, and that is said', async () => {
    server.fault({ on: /\/variables/u, does: { kind: 'status', status: 404 }, times: Infinity });
    const { github } = clientOf(server);
    await expect(github.readRecord(secret)).resolves.toEqual({ state: 'missing' });
    await expect(github.writeRecord(secret, '{"v":1}')).resolves.toBe(false);
  });

  test('a record is written, read again, and replaced', async () => {
    const { github } = clientOf(server);
    await expect(github.readRecord(secret)).resolves.toEqual({ state: 'missing' });
    await github.writeRecord(secret, '{"v":1}');
    await expect(github.readRecord(secret)).resolves.toEqual({
      state: 'exists',
      text: '{"v":1}',
      updatedMs: expect.any(Number),
    });
    await github.writeRecord(secret, 'Ünïcode\n"');
    expect(server.variables).toEqual(new Map([[`${under}CX_KEY_RECORD`, 'Ünïcode\n"']]));
    expect(asked().slice(2)).toEqual(['PATCH 404', 'POST 201', 'GET 200', 'PATCH 204']);
  });

  test('nothing is known where the token sees nothing', async () => {
    const { github } = clientOf(server, { token: server.tokens.blind });
    for (const lookup of [await github.findSecret(secret), await github.readRecord(secret)]) {
      expect(lookup).toMatchObject({ state: 'invisible', why: expect.any(Failure) });
    }
  });

  test('a secret is stored', async () => {
    const { github } = clientOf(server);
    await github.checkSecretAccess(secret);
    await github.storeSecret({ ...secret, value: new Secret('cxtp_value') });
    expect(server.secrets).toEqual(new Map([[`${under}CX_KEY`, 'cxtp_value']]));
  });
});

describe('what a token may not look at', () => {
  test('is invisible, for a secret with GITHUB_TOKEN', async () => {
    const { github } = clientOf(server, { token: server.tokens.github });
    await expect(github.findSecret(production)).resolves.toMatchObject({
      state: 'invisible',
      why: {
        message: expect.stringContaining('403 Resource not accessible by integration'),
        hint: expect.stringMatching(
          /GITHUB_TOKEN can never do it.*Environments: write.*in GitHub's words: environments=read\.$/u,
        ),
      },
    });
  });

  test('is invisible, for a record without the permission for variables', async () => {
    server.variables.set('CX_KEY_RECORD', 'text');
    const { github } = clientOf(server, { token: server.tokens.no_variables });
    await expect(github.readRecord(ofRepository)).resolves.toMatchObject({
      state: 'invisible',
      why: { hint: expect.stringMatching(/Variables: write.*actions_variables=read\.$/u) },
    });
    await expect(github.findSecret(ofRepository)).resolves.toEqual({ state: 'missing' });
    // An environment's variables go with its secrets.
    await expect(github.readRecord(production)).resolves.toEqual({ state: 'missing' });
  });

  test('is invisible where there is no such environment', async () => {
    const nowhere = { secretName, environment: 'prodution' };
    const { github } = clientOf(server);
    await expect(github.findSecret(nowhere)).resolves.toMatchObject({
      state: 'invisible',
      why: { hint: expect.stringContaining('There is no environment "prodution"') },
    });
    await expect(github.readRecord(nowhere)).resolves.toMatchObject({ state: 'invisible' });
  });

  test('is not taken for what GitHub only has no time for', async () => {
    server.fault({
      does: { kind: 'status', status: 403, message: 'You have exceeded a secondary rate limit' },
    });
    const { github, waits } = clientOf(server);
    await expect(github.findSecret(production)).resolves.toEqual({ state: 'missing' });
    expect(waits).toHaveLength(1);
  });

  test.each([401, 500, 502])('is not taken for what fails otherwise: %d', async (status) => {
    server.fault({ times: Infinity, does: { kind: 'status', status } });
    const { github } = clientOf(server);
    await expect(github.findSecret(production)).rejects.toMatchObject({ kind: 'github' });
    await expect(github.readRecord(production)).rejects.toMatchObject({ kind: 'github' });
  });

  test('is not taken for missing when the proof is lost', async () => {
    server.fault({ on: /public-key|variables\?/u, times: Infinity, does: { kind: 'drop' } });
    const { github } = clientOf(server);
    await expect(github.findSecret(production)).rejects.toMatchObject({ kind: 'github' });
    await expect(github.readRecord(production)).rejects.toMatchObject({ kind: 'github' });
  });
});

describe('an answer that is about something else', () => {
  test('is believed for no secret and no record', async () => {
    const to = '/repos/acme/shop/actions/variables/OTHER';
    server.variables.set('OTHER', 'text');
    server.fault({ times: 2, on: /CX_KEY/u, does: { kind: 'redirect', to } });
    const { github } = clientOf(server);
    const nonsense = { message: expect.stringContaining('makes no sense') };
    await expect(github.findSecret(ofRepository)).rejects.toMatchObject(nonsense);
    await expect(github.readRecord(ofRepository)).rejects.toMatchObject(nonsense);
  });
});

describe('writing a record', () => {
  test('that another run made meanwhile takes its place', async () => {
    server.onRequest = ({ method }) => {
      if (method === 'POST') server.variables.set('production/CX_KEY_RECORD', 'theirs');
    };
    await clientOf(server).github.writeRecord(production, 'ours');
    expect(server.variables.get('production/CX_KEY_RECORD')).toBe('ours');
    expect(asked()).toEqual(['PATCH 404', 'POST 409', 'PATCH 204']);
  });

  test('is done once when the answer to its making is lost', async () => {
    server.fault({ on: /^POST/u, does: { kind: 'drop' } });
    await clientOf(server).github.writeRecord(production, 'ours');
    expect([...server.variables]).toEqual([['production/CX_KEY_RECORD', 'ours']]);
    expect(asked()).toEqual(['PATCH 404', 'POST 201', 'POST 409', 'PATCH 204']);
  });

  test.each([
    ['PATCH', 'production/CX_KEY_RECORD'],
    ['POST', 'production/OTHER'],
  ])('has an unknown outcome when no answer comes to %s', async (method, there) => {
    server.variables.set(there, 'text');
    server.fault({ on: new RegExp(`^${method}`, 'u'), times: Infinity, does: { kind: 'drop' } });
    const failure = await failureOf(clientOf(server).github.writeRecord(production, 'ours'));
    expect(failure).toMatchObject({ kind: 'outcome_unknown', effect: 'unknown' });
  });

  test('has an unknown outcome when it was refused after an answer was lost', async () => {
    server.fault({ on: /^PATCH/u, does: { kind: 'drop' } });
    server.fault({ on: /^POST/u, does: { kind: 'status', status: 403 } });
    const failure = await failureOf(clientOf(server).github.writeRecord(production, 'ours'));
    expect(failure).toMatchObject({ kind: 'outcome_unknown' });
  });

  test.each([
    ['read_only', production, /Environments: write.*environments=write\.$/u],
    ['read_only', ofRepository, /Variables: write.*actions_variables=write\.$/u],
    ['no_variables', ofRepository, /Variables: write.*actions_variables=write\.$/u],
  ] as const)('with a %s token names what it takes', async (kind, secret, hint) => {
    const { github } = clientOf(server, { token: server.tokens[kind] });
    await expect(github.writeRecord(secret, 'ours')).rejects.toMatchObject({
      kind: 'github',
      effect: 'none',
      hint: expect.stringMatching(hint),
    });
    expect(server.variables.size).toBe(0);
  });

  test.each(['owner', 'a/b/c', '../x', 'a/..', '/x', 'a b/c'])(
    'of a repository named %s sends nothing',
    async (repository) => {
      const secret = { ...production, repository };
      await expect(clientOf(server).github.writeRecord(secret, 'x')).rejects.toMatchObject({
        message: expect.stringContaining('is no repository: OWNER/NAME'),
      });
      expect(server.requests).toEqual([]);
    },
  );
});

describe('access to a secret', () => {
  test('takes that its record may be read, too', async () => {
    const { github } = clientOf(server, { token: server.tokens.no_variables });
    await expect(github.checkSecretAccess(ofRepository)).rejects.toMatchObject({
      kind: 'github',
      message:
        'GitHub refused to read the record CX_KEY_RECORD of acme/shop: ' +
        '403 Resource not accessible by personal access token.',
      hint: expect.stringContaining('Variables: write'),
    });
    await expect(github.checkSecretAccess(production)).resolves.toBeUndefined();
  });

  test('is not had by a classic token that says that it is without `repo`', async () => {
    const { github } = clientOf(server, { token: server.tokens.scopeless });
    await expect(github.checkSecretAccess(production)).rejects.toMatchObject({
      message: expect.stringContaining('without `repo`'),
    });
  });

  test.each(['environments=write\r\n::error::x', '::error::x', 'a'.repeat(4000)])(
    'is not told with what is no name of a permission',
    async (named) => {
      const headers = { 'x-accepted-github-permissions': named.replaceAll(/[\r\n]/gu, ' ') };
      server.fault({ does: { kind: 'status', status: 403, headers, message: 'No' } });
      await expect(clientOf(server).github.checkSecretAccess(production)).rejects.toMatchObject({
        hint: expect.not.stringContaining("in GitHub's words"),
      });
    },
  );

  test('names the permissions as GitHub joins them', async () => {
    const headers = {
      'x-accepted-github-permissions': 'secrets=write,metadata=read; environments=write',
    };
    server.fault({ does: { kind: 'status', status: 403, headers, message: 'No' } });
    await expect(clientOf(server).github.checkSecretAccess(production)).rejects.toMatchObject({
      hint: expect.stringContaining('secrets=write and metadata=read or environments=write.'),
    });
  });
});
