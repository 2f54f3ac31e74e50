import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { inspect } from 'node:util';
import type { GitHubFaultAction } from '../../tools/github/faults.ts';
import { clientOf, failureOf } from '../support/github-client.ts';
import { startGitHubServer, type GitHubServer } from '../../tools/github/server.ts';

let server: GitHubServer;

beforeEach(async () => {
  server = await startGitHubServer({
    branches: ['main', 'feature/cart'],
    pulls: [
      { number: 3, state: 'closed' },
      { number: 7, state: 'open' },
    ],
    environments: ['Production', 'staging'],
  });
});

afterEach(async () => {
  await server.stop();
});

function numbered(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `b${String(index).padStart(5, '0')}`);
}

describe('what exists', () => {
  test('are the exact names of the branches', async () => {
    await expect(clientOf(server).github.existing('branch')).resolves.toEqual(
      new Set(['main', 'feature/cart']),
    );
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /repos/acme/shop/branches?per_page=100&page=1',
    ]);
  });

  test('are the numbers of the open pull requests', async () => {
    await expect(clientOf(server).github.existing('pull_request')).resolves.toEqual(new Set(['7']));
  });

  test('are the names of the environments, in lower case', async () => {
    await expect(clientOf(server).github.existing('environment')).resolves.toEqual(
      new Set(['production', 'staging']),
    );
  });

  test('can be read with GITHUB_TOKEN', async () => {
    const { github } = clientOf(server, { token: server.tokens.github });
    await expect(github.existing('branch')).resolves.toHaveProperty('size', 2);
  });

  test('is found under /api/v3 of GitHub Enterprise Server', async () => {
    const enterprise = await startGitHubServer({ basePath: '/api/v3' });
    try {
      await expect(clientOf(enterprise).github.existing('branch')).resolves.toEqual(
        new Set(['main']),
      );
    } finally {
      await enterprise.stop();
    }
  });

  test.each([99, 100, 101, 300, 345])('is read to the last page: %d branches', async (count) => {
    server.branches = numbered(count);
    await expect(clientOf(server).github.existing('branch')).resolves.toEqual(
      new Set(server.branches),
    );
  });

  test('of 345 environments is compared with the count that GitHub states', async () => {
    server.environments = numbered(345);
    await expect(clientOf(server).github.existing('environment')).resolves.toEqual(
      new Set(server.environments),
    );
  });

  test('of 250 open pull requests is read to the last page', async () => {
    server.pulls = numbered(250).map((_, index) => ({ number: index + 1, state: 'open' }));
    await expect(clientOf(server).github.existing('pull_request')).resolves.toHaveProperty(
      'size',
      250,
    );
  });

  test('is read to the last page also when the links to it are gone', async () => {
    server.branches = numbered(250);
    server.fault({ times: Infinity, does: { kind: 'no-links' } });
    await expect(clientOf(server).github.existing('branch')).resolves.toHaveProperty('size', 250);
  });

  test('includes a branch that moved between two pages while they were read', async () => {
    const all = numbered(250);
    server.branches = all;
    // The first branch is deleted once the first page is out: b00100 moves up to that page.
    let pages = 0;
    server.onRequest = () => {
      pages += 1;
      if (pages === 2) server.branches = all.slice(1);
    };
    const names = await clientOf(server).github.existing('branch');
    expect([...names]).toEqual(expect.arrayContaining(all.slice(1)));
  });

  test('is given up when it never says the same twice', async () => {
    let made = 250;
    server.branches = numbered(made);
    server.onRequest = () => {
      made += 1;
      server.branches = numbered(made);
    };
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      kind: 'github',
      message: expect.stringContaining('not whole'),
    });
  });
});

describe('an answer that is not surely whole', () => {
  test.each(['branch', 'environment'] as const)(
    'because it is empty is refused: %s',
    async (kind) => {
      server.fault({ does: { kind: 'empty' } });
      await expect(clientOf(server).github.existing(kind)).rejects.toMatchObject({
        kind: 'github',
        message: expect.stringContaining('was empty'),
      });
    },
  );

  test('is not an empty list of open pull requests when a closed one is named', async () => {
    server.pulls = [{ number: 3, state: 'closed' }];
    await expect(clientOf(server).github.existing('pull_request')).resolves.toEqual(new Set());
  });

  test('is an empty list of pull requests that stays empty when all are asked for', async () => {
    server.fault({ times: Infinity, does: { kind: 'empty' } });
    const failure = await failureOf(clientOf(server).github.existing('pull_request'));
    expect(failure).toMatchObject({ message: expect.stringContaining('was empty') });
  });

  test('is an empty list of open pull requests while the newest is open', async () => {
    server.fault({ does: { kind: 'empty' } });
    const failure = await failureOf(clientOf(server).github.existing('pull_request'));
    expect(failure).toMatchObject({ message: expect.stringContaining('was empty') });
  });

  test.each(['branch', 'environment'] as const)(
    'because its last page is missing is refused: %s',
    async (kind) => {
      server.branches = numbered(250);
      server.environments = numbered(250);
      server.fault({ times: Infinity, does: { kind: 'last-page-missing' } });
      await expect(clientOf(server).github.existing(kind)).rejects.toMatchObject({
        message: expect.stringContaining('not whole'),
      });
    },
  );

  test.each(['cut', 'break', 'html'] as const)(
    'because it is no JSON is refused: %s',
    async (kind) => {
      server.branches = numbered(250);
      server.fault({ on: /page=2/u, times: Infinity, does: { kind } });
      await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
        kind: 'github',
        message:
          "GitHub's answer was cut off or is no JSON when asked to list the branches of acme/shop.",
      });
    },
  );

  test('because GitHub states more than it lists is refused', async () => {
    server.fault({ times: Infinity, does: { kind: 'miscounted' } });
    await expect(clientOf(server).github.existing('environment')).rejects.toMatchObject({
      message: expect.stringContaining('not whole'),
    });
  });

  test('because GitHub stated more than it listed once is read again', async () => {
    server.fault({ does: { kind: 'miscounted' } });
    await expect(clientOf(server).github.existing('environment')).resolves.toHaveProperty(
      'size',
      2,
    );
    expect(server.requests).toHaveLength(2);
  });

  test('because of an item without a name is refused', async () => {
    server.branches = ['main', ''];
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      message: expect.stringContaining('makes no sense'),
    });
  });
});

describe('a failure that passes', () => {
  test.each([500, 502, 503, 504])('is waited for: %d', async (status) => {
    server.fault({ times: 2, does: { kind: 'status', status } });
    const { github, waits } = clientOf(server);
    await expect(github.existing('branch')).resolves.toHaveProperty('size', 2);
    expect(waits).toEqual([375, 750]);
  });

  test.each(['drop', 'cut', 'break'] as const)('is waited for: %s', async (kind) => {
    server.fault({ does: { kind } });
    await expect(clientOf(server).github.existing('branch')).resolves.toHaveProperty('size', 2);
  });

  test('is waited for as long as GitHub asks', async () => {
    const headers = { 'retry-after': '7' };
    server.fault({ does: { kind: 'status', status: 429, headers } });
    server.fault({
      does: { kind: 'status', status: 403, headers, message: 'secondary rate limit' },
    });
    const { github, waits } = clientOf(server);
    await expect(github.existing('branch')).resolves.toHaveProperty('size', 2);
    expect(waits).toEqual([7000, 7000]);
  });

  test('is waited for when GitHub only says that it is a limit, and for a while when it asks for none', async () => {
    const limit = { kind: 'status', status: 403, message: 'API rate limit exceeded' } as const;
    server.fault({ does: limit });
    server.fault({ does: { ...limit, headers: { 'retry-after': '0' } } });
    const { github, waits } = clientOf(server);
    await expect(github.existing('branch')).resolves.toHaveProperty('size', 2);
    expect(waits).toEqual([375, 750]);
  });

  test('is waited for until the limit is lifted', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1700000030' };
    server.fault({ does: { kind: 'status', status: 403, headers } });
    const { github, waits } = clientOf(server, { now: 1_700_000_000_000 });
    await expect(github.existing('branch')).resolves.toHaveProperty('size', 2);
    expect(waits).toEqual([31_000]);
  });

  test('is not waited for when that takes more than is left', async () => {
    const headers = { 'retry-after': '3600' };
    server.fault({
      times: Infinity,
      does: { kind: 'status', status: 429, headers, message: 'Slow' },
    });
    const { github, waits } = clientOf(server);
    await expect(github.existing('branch')).rejects.toMatchObject({
      message:
        'GitHub wants fewer requests, so it did not list the branches of acme/shop: 429 Slow.',
    });
    expect(waits).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('is given up after four attempts', async () => {
    server.fault({ times: Infinity, does: { kind: 'status', status: 500 } });
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      kind: 'github',
      message: 'GitHub failed to list the branches of acme/shop: 500 Server Error.',
    });
    expect(server.requests).toHaveLength(4);
  });

  test('ends with the budget when GitHub is silent', async () => {
    server.fault({ times: Infinity, does: { kind: 'hang' } });
    const { github } = clientOf(server, { budgetMs: 300 });
    await expect(github.existing('branch')).rejects.toMatchObject({
      message: 'GitHub did not answer in time when asked to list the branches of acme/shop.',
    });
  });
});

describe('a refusal', () => {
  test.each([
    ['branch', 'contents: read'],
    ['pull_request', 'pull-requests: read'],
    ['environment', 'actions: read'],
  ] as const)('names the permission that is missing: %s', async (kind, permission) => {
    const { github, waits } = clientOf(server, { token: server.tokens.weak });
    await expect(github.existing(kind)).rejects.toMatchObject({
      kind: 'github',
      message: expect.stringMatching(
        /^GitHub refused to list the .* of acme\/shop: 403 Resource not accessible by personal access token\.$/u,
      ),
      hint: expect.stringContaining(permission),
    });
    expect(waits).toEqual([]);
  });

  test('of the token says so', async () => {
    const { github } = clientOf(server, { token: 'ghp_unknown' });
    await expect(github.existing('branch')).rejects.toMatchObject({
      message: 'GitHub refused to list the branches of acme/shop: 401 Bad credentials.',
      hint: expect.stringContaining('github_token'),
    });
  });

  test('of the repository says that the token may not see it', async () => {
    server.fault({ does: { kind: 'status', status: 404, message: 'Not Found' } });
    await expect(clientOf(server).github.existing('branch')).rejects.toMatchObject({
      message: 'GitHub refused to list the branches of acme/shop: 404 Not Found.',
      hint: expect.stringContaining('does not see the repository'),
    });
  });

  test('with a hostile message stays on one line', async () => {
    const message = 'no\n::set-output name=a::b';
    server.fault({ does: { kind: 'status', status: 422, message } });
    const failure = await failureOf(clientOf(server).github.existing('branch'));
    expect(failure).toMatchObject({ message: expect.not.stringContaining('\n') });
  });

  test('by nobody, because nobody listens, names the cause', async () => {
    await server.stop();
    const failure = await failureOf(clientOf(server).github.existing('branch'));
    server = await startGitHubServer();
    expect(failure).toMatchObject({
      message: 'GitHub could not be reached to list the branches of acme/shop (ECONNREFUSED).',
    });
  });
});

describe('the console', () => {
  test('is not written to, whatever the headers of an answer say', async () => {
    const written = [jest.spyOn(console, 'warn'), jest.spyOn(console, 'error')];
    for (const each of written) each.mockReturnValue();
    const headers = {
      deprecation: 'true',
      sunset: 'x',
      link: '<https://example.com>; rel="deprecation"',
    };
    server.fault({ does: { kind: 'headers', headers } });
    await clientOf(server).github.existing('branch');
    for (const each of written) {
      expect(each).not.toHaveBeenCalled();
      each.mockRestore();
    }
  });
});

describe('the token', () => {
  test.each(['status', 'drop', 'html'] as const)('is in no failure: %s', async (kind) => {
    const does: GitHubFaultAction = kind === 'status' ? { kind, status: 403 } : { kind };
    server.fault({ times: Infinity, does });
    const failure = await failureOf(clientOf(server).github.existing('branch'));
    const shown = inspect(failure, { depth: Infinity, showHidden: true });
    expect(shown).not.toContain(server.tokens.personal);
    expect(shown).not.toContain('authorization');
  });

  test.each(['', 'ghp_a\nb', 'ghp_ä', 'ghp a'])(
    'that no header can hold is refused here: %j',
    async (token) => {
      const failure = await failureOf(clientOf(server, { token }).github.existing('branch'));
      expect(failure).toMatchObject({ kind: 'github', message: expect.stringContaining('token') });
      if (token !== '') expect(inspect(failure)).not.toContain(token);
      expect(server.requests).toEqual([]);
    },
  );

  test.each([301, 302, 307, 308] as const)(
    'goes along when a repository was renamed: %d',
    async (status) => {
      const to = '/repos/acme/shop/branches?per_page=100';
      server.fault({ does: { kind: 'redirect', status, to } });
      await expect(clientOf(server).github.existing('branch')).resolves.toHaveProperty('size', 2);
      expect(server.requests.map(({ token }) => token)).toEqual(['personal', 'personal']);
    },
  );
});
