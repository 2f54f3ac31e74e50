import { describe, expect, test } from '@jest/globals';
import { createGitHub, type GitHubOptions } from '../../src/github/client.ts';
import { startBudget, systemClock, systemRandom } from '../../src/clock.ts';
import { Secret } from '../../src/secret.ts';

const options: GitHubOptions = {
  token: new Secret('ghp_none'),
  repository: { owner: 'acme', repo: 'shop' },
  clock: systemClock,
  budget: startBudget(systemClock, 1000),
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
});
