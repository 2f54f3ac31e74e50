import { describe, expect, jest, test } from '@jest/globals';
import { createGitHub, type GitHubOptions } from '../../src/github/client.ts';
import { startBudget, systemClock, systemRandom } from '../../src/core/clock.ts';
import { Secret } from '../../src/core/secret.ts';
import { startGitHubServer } from '../../tools/github/server.ts';

const options: GitHubOptions = {
  token: new Secret('ghp_none'),
  repository: { owner: 'acme', repo: 'shop' },
  clock: systemClock,
  budget: startBudget(systemClock, 10_000),
  random: systemRandom,
};

describe('GitHub', () => {
  test('without a token asks for one when it is needed, not before', async () => {
    const github = createGitHub({ ...options, token: undefined });
    await expect(github.existing('branch')).rejects.toMatchObject({
      kind: 'github',
      hint: expect.stringContaining('`github_token`'),
    });
  });

  test.each([
    undefined,
    { owner: '..', repo: 'shop' },
    { owner: 'acme', repo: '.' },
    { owner: 'acme', repo: 'a/b' },
    { owner: '', repo: 'shop' },
  ])('without a repository fails when it is needed: %j', async (repository) => {
    const github = createGitHub({ ...options, repository });
    await expect(
      github.checkSecretAccess({ secretName: 'CX_KEY', environment: undefined }),
    ).rejects.toMatchObject({ message: expect.stringContaining('repository is not known') });
  });

  test('is found where GITHUB_API_URL says', async () => {
    const server = await startGitHubServer({ basePath: '/api/v3', branches: ['main'] });
    const before = process.env['GITHUB_API_URL'];
    process.env['GITHUB_API_URL'] = server.url;
    // The library reads the variable once, when it is first loaded.
    jest.resetModules();
    try {
      const github = createGitHub({ ...options, token: new Secret(server.tokens.github) });
      await expect(github.existing('branch')).resolves.toEqual(new Set(['main']));
    } finally {
      if (before === undefined) delete process.env['GITHUB_API_URL'];
      else process.env['GITHUB_API_URL'] = before;
      jest.resetModules();
      await server.stop();
    }
  });
});
