import { describe, expect, test } from '@jest/globals';
import { nameWithEnd, provisionalName } from '../../src/names/stamp.ts';
import { parseWorkflow } from '../../tools/job-runner/workflow-file.ts';
import { page, workflowsOf } from '../support/pages.ts';
import { neverStopped, nightly, workflow, workflowNames } from './example-workflows.ts';
import { job, repository } from './repository.ts';

const shown = [...workflowNames.map(workflow), ...workflowsOf(await page('docs/runbooks.md'))].map(
  parseWorkflow,
);

/** Each job that makes a key for itself, and how. */
const keysOfJobs = shown.flatMap((file) =>
  file.jobs.flatMap(({ id, timeoutMinutes, steps }) =>
    steps
      .filter((step) => step.with['lifetime'] === 'job')
      .map((step) => ({ place: `${file.name}, ${id}`, timeoutMinutes, given: step.with })),
  ),
);

/** The night: what is over is retired, and what should not be there fails the job. */

describe('nightly-housekeeping.yml', () => {
  const text = workflow('nightly-housekeeping.yml');
  const event = nightly('23 2 * * *');
  const from = (hours: number): number => Date.now() + hours * 3_600_000;
  const over = [
    nameWithEnd('my-app/test/1', from(-1)),
    provisionalName(nameWithEnd('my-app/test/2', from(1)), from(-2), '0123456789abcdef'),
  ];
  const deleted = [...over, 'my-app/pr/7'];
  const retired = [
    'my-app/branch/gone',
    nameWithEnd('my-app/branch/main', from(-1)),
    nameWithEnd('my-app/environment/production', from(-1)),
  ];
  const kept = [
    'my-app/branch/main',
    'my-app/environment/production',
    nameWithEnd('my-app/environment/production', from(1)),
    'my-app/pr/8',
    nameWithEnd('my-app/branch/main', from(1)),
    nameWithEnd('my-app/test/3', from(1)),
  ];

  test.concurrent(
    'retires what is over, and finds nothing then that should not be there',
    async () => {
      const { server, seed, run, keys } = await repository();
      server.pulls = [
        { number: 7, state: 'closed' },
        { number: 8, state: 'open' },
      ];
      for (const name of [...deleted, ...retired, ...kept]) seed(name);
      const ran = await run(text, event);
      expect(ran).toMatchObject({
        result: 'success',
        permissions: {},
        jobs: [
          {
            id: 'prune',
            permissions: { contents: 'read', 'pull-requests': 'read' },
            concurrency: { group: 'coralogix-keys-prune', ...neverStopped },
          },
          { id: 'inventory', permissions: { contents: 'read', 'pull-requests': 'read' } },
        ],
      });
      expect(keys()).toEqual(
        [
          ...retired.map((name) => `${name}: inactive`),
          ...kept.map((name) => `${name}: active`),
        ].sort(),
      );
      // Once each for the prune, once for the list: not for those that go by time or by name alone.
      const asked = server.requests.map(({ path }) => path.replace(/\?.*/u, ''));
      expect(asked.filter((path) => path.endsWith('/branches'))).toHaveLength(2);
      expect(asked.filter((path) => path.endsWith('/pulls'))).toHaveLength(2);
      expect(asked).toHaveLength(4);
    },
  );

  test.concurrent('fails when a key is there that no prune takes, and says which', async () => {
    const { emulator, seed, run } = await repository();
    const { teamId } = emulator;
    seed('my-app/environment/production');
    seed('my-app/environment/production');
    emulator.store.add({ teamId, name: 'my-app/by-hand', owner: { kind: 'user', userId: 'u' } });
    const ran = await run(text, event);
    expect(ran.jobs.map(({ result }) => result)).toEqual(['success', 'failure']);
    const { log, steps } = job(ran, 'inventory');
    expect(steps[2]?.outputs['count']).toBe('3');
    expect(log).toContain('By state: 2 duplicate, 1 foreign.');
    expect(log).toMatch(/"my-app\/by-hand" \(.*\): not ours, belongs to a user\./u);
    const states = JSON.parse(steps[2]?.outputs['keys'] ?? '') as readonly object[];
    expect(states).toMatchObject([
      { state: 'duplicate' },
      { state: 'duplicate' },
      { state: 'foreign', owner: { user_id: 'u' }, why_foreign: 'belongs to a user' },
    ]);
  });

  test.concurrent('fails when a prune refuses, does the rest, and looks all the same', async () => {
    const { emulator, server, seed, run, keys } = await repository();
    server.pulls = [{ number: 7, state: 'closed' }];
    seed('my-app/pr/7');
    emulator.store.seed(21, 'my-app/branch/gone-', { teamId: emulator.teamId });
    const ran = await run(text, event);
    expect(ran.jobs.map(({ result }) => result)).toEqual(['failure', 'failure']);
    expect(keys()).not.toContain('my-app/pr/7: active');
    const counts = job(ran, 'inventory').steps.map(({ outputs }) => outputs['count']);
    expect(counts.slice(0, 3)).toEqual(['21', '0', '0']);
    expect(job(ran, 'inventory').log).toContain('By state: 21 gone.');
  });
});

describe('a key of one job, in every workflow that is shown', () => {
  test.each(keysOfJobs)('$place: ends later than the job may', ({ given, timeoutMinutes }) => {
    const [, hours] = /^(\d+)h$/u.exec(given['expires_after'] ?? '') ?? [];
    expect(Number(hours) * 60).toBeGreaterThan(Number(timeoutMinutes));
  });

  test('is taken away in the night where the machine has died', async () => {
    const { seed, run, keys } = await repository();
    const names = new Set(
      keysOfJobs.map(({ given }) => (given['name'] ?? '').replace('{run_id}', '4711')),
    );
    expect([...names].sort()).toEqual(['my-app/logs/4711', 'my-app/test/4711']);
    for (const name of names) seed(nameWithEnd(name, Date.now() - 3_600_000));
    const text = workflow('nightly-housekeeping.yml');
    expect((await run(text, nightly('23 2 * * *'))).result).toBe('success');
    expect(keys()).toEqual([]);
  });
});
