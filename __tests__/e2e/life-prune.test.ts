import { beforeAll, describe, expect, test } from '@jest/globals';
import type { StoredKey } from '../../tools/emulator/key.ts';
import type { GitHubFaultAction } from '../../tools/github/faults.ts';
import type { GitHubServerOptions } from '../../tools/github/server.ts';
import { told } from './harness.ts';
import { provisionalName } from '../../src/names/stamp.ts';
import { gitHub, on } from './life-github.ts';
import { life, type Inputs, type Life } from './life.ts';

const prune = { operation: 'prune', name: '{repository}/branch/{branch}' };

const numbered = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);

/** 2,500 keys of branches that exist, 300 of branches that are gone, and 200 that are no branch's. */
async function crowded(): Promise<Life> {
  const one = await life();
  const { store, teamId } = one.emulator;
  store.seed(2500, 'acme/shop/branch/live-', { teamId });
  store.seed(300, 'acme/shop/branch/gone/', { teamId });
  store.seed(200, 'acme/shop/environment/', { teamId });
  return one;
}

const branches = ['main', ...numbered('live-', 2500)];

const inactive = (one: Life): readonly StoredKey[] =>
  one.emulator.store.keys().filter(({ active }) => !active);

describe('a prune of 300 stale keys among 3,000', () => {
  test('retires exactly those', async () => {
    const [one, server] = await Promise.all([crowded(), gitHub({ branches })]);
    const { store, journal } = one.emulator;
    const run = await one.run(
      { ...prune, max_prune: '300', github_token: server.tokens.github },
      on(server),
    );
    expect(run.outputs).toMatchObject({ changed: 'true', count: '300' });
    expect(inactive(one)).toHaveLength(300);
    expect(inactive(one).every(({ name }) => name.startsWith('acme/shop/branch/gone/'))).toBe(true);
    expect(store.keys()).toHaveLength(3000);
    expect([journal.attempts('GetSendDataApiKeys'), journal.attempts()]).toEqual([1, 301]);
  });

  describe('that is refused', () => {
    let one: Life;
    beforeAll(async () => {
      one = await crowded();
    });

    const status = (code: number): GitHubFaultAction => ({ kind: 'status', status: code });
    const always = { times: Infinity };

    test.concurrent.each([
      { why: 'fails', does: status(500), says: /GitHub failed to list the branches.*500/u },
      { why: 'forbids it', does: status(403), says: /403.*`contents: read`/u },
      { why: 'says that there is no branch', does: { kind: 'empty' }, says: /answer was empty/u },
      { why: 'leaves out the last page', does: { kind: 'last-page-missing' }, says: /not whole/u },
      { why: 'sends half of a page', does: { kind: 'cut' }, says: /cut off or is no JSON/u },
      { why: 'breaks off in a page', does: { kind: 'break' }, says: /cut off or is no JSON/u },
      { why: 'is a page of HTML', does: { kind: 'html' }, says: /cut off or is no JSON/u },
      { why: 'never answers', does: { kind: 'hang' }, says: /did not answer in time/u },
    ] as const)('because GitHub $why changes nothing', async ({ does, says }) => {
      const server = await gitHub({ branches });
      server.fault({ ...always, does });
      const run = await one.run(
        {
          ...prune,
          max_prune: '300',
          github_token: server.tokens.github,
          ...(does.kind === 'hang' ? { timeout_seconds: '5' } : {}),
        },
        on(server),
      );
      expect(run.outputs).toEqual({ error_kind: 'github' });
      expect(run.exitCode).toBe(1);
      expect(told(run)).toMatch(says);
      expectNothingChanged();
    });

    test.concurrent('because one page of many fails for good changes nothing', async () => {
      const server = await gitHub({ branches });
      // Not 502, after which its halves are asked for.
      server.fault({ ...always, on: /[?&]page=7\b/u, does: status(500) });
      const run = await one.run(
        { ...prune, max_prune: '300', github_token: server.tokens.github },
        on(server),
      );
      expect(run.outputs).toEqual({ error_kind: 'github' });
      expectNothingChanged();
    });

    test.concurrent('because it is more than `max_prune` changes nothing', async () => {
      const server = await gitHub({ branches });
      const run = await one.run(
        { ...prune, max_prune: '299', github_token: server.tokens.github },
        on(server),
      );
      expect(run.outputs['error_kind']).toBe('unsafe');
      expect(told(run)).toMatch(/^300 keys .* `max_prune` allows 299: .*\. Nothing was changed\./u);
      expectNothingChanged();
    });

    test.concurrent(
      'because it is a dry run names what would go, and changes nothing',
      async () => {
        const server = await gitHub({ branches });
        const run = await one.run(
          { ...prune, max_prune: '300', dry_run: 'true', github_token: server.tokens.github },
          on(server),
        );
        expect(run.outputs).toMatchObject({ changed: 'true', count: '300' });
        expect(run.log).toContain('Dry run, nothing was changed.');
        expect(run.log).toContain('"acme/shop/branch/gone/0"');
        expect(run.summary).toContain('And 200 more.');
        expectNothingChanged();
      },
    );

    test.concurrent(
      'because it is a dry run shows also what is more than `max_prune`, and says so',
      async () => {
        const server = await gitHub({ branches });
        const run = await one.run(
          { ...prune, max_prune: '299', dry_run: 'true', github_token: server.tokens.github },
          on(server),
        );
        expect(run.exitCode).toBe(0);
        expect(run.outputs).toMatchObject({ changed: 'true', count: '300' });
        expect(run.log).toMatch(/300 keys .* would refuse, as `max_prune` allows 299: /u);
        expect(run.summary).toContain('And 200 more.');
        expectNothingChanged();
      },
    );

    function expectNothingChanged(): void {
      const { store, journal } = one.emulator;
      expect(inactive(one)).toEqual([]);
      expect(store.keys()).toHaveLength(3000);
      expect(journal.attempts()).toBe(journal.attempts('GetSendDataApiKeys'));
    }
  });
});

describe('`prune`', () => {
  /** The keys that a prune leaves, as `NAME: active` or `NAME: inactive`. */
  async function left(
    names: readonly string[],
    github: GitHubServerOptions,
    inputs: Inputs,
  ): Promise<readonly string[]> {
    const [one, server] = await Promise.all([life(), gitHub(github)]);
    for (const text of names) {
      const [name = '', state] = text.split(': ');
      one.seed({ name, active: state !== 'inactive' });
    }
    const run = await one.run(
      { ...prune, github_token: server.tokens.github, ...inputs },
      on(server),
    );
    expect(run.exitCode).toBe(0);
    return one.emulator.store
      .keys()
      .map(({ name, active }) => `${name}: ${active ? 'active' : 'inactive'}`);
  }

  const keys = [
    'acme/shop/branch/main: active',
    'acme/shop/branch/gone: active',
    'acme/shop/branch/gone/by/hand: inactive',
    'acme/shop/branch/MAIN: active',
    'acme/shop-2/branch/gone: active',
    'acme/shop/branch/: active',
    'acme/shop/branch/no..branch: active',
    `${provisionalName('acme/shop/branch/gone', Date.now(), '0123456789abcdef')}: active`,
  ];

  test.concurrent('leaves alone what is inactive, half made, or no branch of ours', async () => {
    expect(await left(keys, {}, {})).toEqual(
      keys.map((key) =>
        /gone:|MAIN:/u.test(key) && !key.includes('shop-2')
          ? key.replace(': active', ': inactive')
          : key,
      ),
    );
  });

  test.concurrent('deletes what a run was cut off with long ago', async () => {
    const old = 'acme/shop/branch/main ~pending-20260101T000000Z-0123456789abcdef: active';
    expect(await left(['acme/shop/branch/main: active', old], {}, {})).toEqual([
      'acme/shop/branch/main: active',
    ]);
  });

  test.concurrent('with `retire: delete` deletes what is inactive, too', async () => {
    const gone = ['gone: active', 'hand: inactive', 'MAIN: active'];
    expect(await left(keys, {}, { retire: 'delete' })).toEqual(
      keys.filter((key) => key.includes('shop-2') || !gone.some((end) => key.endsWith(end))),
    );
  });

  test.concurrent('goes by open pull requests', async () => {
    const pulls = [
      ...numbered('', 250).map((text) => ({ number: Number(text) + 1, state: 'open' as const })),
      { number: 300, state: 'closed' as const },
    ];
    const names = ['acme/shop/pr-1', 'acme/shop/pr-250', 'acme/shop/pr-300', 'acme/shop/pr-07'];
    expect(await left(names, { pulls }, { name: '{repository}/pr-{pull_request}' })).toEqual([
      'acme/shop/pr-1: active',
      'acme/shop/pr-250: active',
      'acme/shop/pr-300: inactive',
      'acme/shop/pr-07: active',
    ]);
  });

  test.concurrent(
    'believes that no pull request is open when GitHub names closed ones',
    async () => {
      const pulls = [{ number: 300, state: 'closed' as const }];
      const inputs = { name: '{repository}/pr-{pull_request}' };
      expect(await left(['acme/shop/pr-300'], { pulls }, inputs)).toEqual([
        'acme/shop/pr-300: inactive',
      ]);
    },
  );

  test.concurrent('goes by environments, whose letters may be large or small', async () => {
    const environments = ['Production', ...numbered('preview-', 120)];
    const names = ['production', 'Preview-119', 'preview-120'];
    const inputs = { name: '{repository}/environment/{environment}' };
    expect(
      await left(
        names.map((name) => `acme/shop/environment/${name}`),
        { environments },
        inputs,
      ),
    ).toEqual([
      'acme/shop/environment/production: active',
      'acme/shop/environment/Preview-119: active',
      'acme/shop/environment/preview-120: inactive',
    ]);
  });

  test.concurrent('that could match the keys of others sends nothing', async () => {
    const one = await life();
    const server = await gitHub();
    const run = await one.run(
      { ...prune, name: 'shop-{branch}', github_token: server.tokens.github },
      on(server),
    );
    expect(run.outputs).toEqual({ error_kind: 'invalid_input' });
    expect(told(run)).toContain('could match keys of others');
    expect([server.requests, one.emulator.journal.calls]).toEqual([[], []]);
  });
});
