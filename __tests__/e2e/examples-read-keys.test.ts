import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { byHand, workflow } from './example-workflows.ts';
import { job, repository, type Repository } from './repository.ts';

/** What `list` has found, read by later steps and jobs. */

// GitHub's runners have it. Where it is missing, the example cannot be run: on a person's machine it is passed
// over, in CI (https://docs.github.com/en/actions/reference/workflows-and-actions/variables sets the variable)
// it fails.
const isRun = spawnSync('jq', ['--version']).status === 0 || process.env['CI'] === 'true';

(isRun ? describe : describe.skip)('read-keys.yml', () => {
  const text = workflow('read-keys.yml');

  /** With a `gh` that has no issues at first, and notes those that it makes. */
  async function withIssues(): Promise<
    Repository & { readonly issues: () => Promise<readonly string[]> }
  > {
    const made = await repository();
    const notes = await made.command(
      'gh',
      (file) => `case "$2" in
  list) cat '${file}' 2>/dev/null | grep -c -F -- "$(printf %s "$6" | sed 's/^in:title "//; s/"$//')" || true ;;
  create) printf '%s|%s|%s\\n' "$GH_REPO" "$4" "$(tail -n 1)" >> '${file}' ;;
esac`,
    );
    const lines = async (): Promise<readonly string[]> =>
      (await notes()).split('\n').filter((line) => line !== '');
    return { ...made, issues: lines };
  }

  test.concurrent('makes no job for a key where there is none to look at', async () => {
    const { seed, run, issues } = await withIssues();
    seed('my-app/environment/production');
    const ran = await run(text, byHand());
    expect(ran.jobs.map(({ result }) => result)).toEqual(['success', 'skipped']);
    expect(job(ran, 'inventory').steps[1]?.outcome).toBe('skipped');
    expect(await issues()).toEqual([]);
  });

  test.concurrent('makes one issue for each key to look at, once', async () => {
    const { emulator, seed, run, issues } = await withIssues();
    const { teamId } = emulator;
    const twice = [seed('my-app/environment/qa'), seed('my-app/environment/qa')];
    const hostile = 'my-app/$(touch pwned)\n::error::`id` "; exit 1 ##[error]';
    emulator.store.add({ teamId, name: hostile, owner: { kind: 'user', userId: 'u' } });
    const foreign = emulator.store.keys().find((key) => key.name === hostile)?.id ?? 'none';
    for (let time = 1; time <= 2; time += 1) {
      const ran = await run(text, byHand());
      expect(ran).toMatchObject({
        result: 'success',
        permissions: {},
        concurrency: { group: 'look-at-keys', 'cancel-in-progress': false },
      });
      const { steps, annotations } = job(ran, 'inventory');
      expect(steps[1]?.outcome).toBe('success');
      // The name is no command, neither to the shell nor to the runner.
      expect(annotations.map(({ level, message }) => [level, message])).toEqual([
        ['warning', 'A key under our names is not ours.'],
      ]);
      const table = /```json\n([\s\S]*?)```/u.exec(steps[2]?.summary ?? '')?.[1] ?? '';
      const rows = table
        .trim()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
      expect(rows).toHaveLength(3);
      expect(rows).toContainEqual(
        expect.objectContaining({
          name: hostile,
          state: 'foreign',
          why_foreign: 'belongs to a user',
        }),
      );
      const each = ran.jobs.filter(({ id }) => id === 'issue');
      expect(each).toHaveLength(3);
      for (const one of each) {
        expect(one.permissions).toEqual({ issues: 'write' });
        expect(one.annotations).toEqual([]);
      }
      expect([...(await issues())].sort()).toEqual(
        [
          ...twice.map(
            (id) => `acme/shop|Coralogix key ${id} is duplicate|    my-app/environment/qa`,
          ),
          `acme/shop|Coralogix key ${foreign} is foreign|    ${hostile.replaceAll('\n', ' ')}`,
        ].sort(),
      );
    }
  });
});
