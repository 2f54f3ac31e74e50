import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runWorkflow, type WorkflowOptions } from '../../../tools/job-runner/index.ts';
import { temporaryFolder } from './fixture-action.ts';

async function run(text: string, options: Partial<WorkflowOptions>) {
  const ran = await runWorkflow({
    workflow: { text },
    event: { name: 'push', payload: { ref: 'refs/heads/main' } },
    actionFolder: await temporaryFolder(),
    ...options,
  });
  if (!ran.triggered) throw new Error(ran.reason);
  return ran;
}

test('scripts that are only shown are masked, succeed, and leave nothing behind', async () => {
  const workspace = await temporaryFolder();
  const ran = await run(
    `on: push
jobs:
  a:
    runs-on: x
    steps:
      - id: a
        shell: pwsh
        run: |
          echo made > made
          echo "\${{ secrets.KEY }}"
      - { id: b, run: 'echo "<\${{ steps.a.outputs.x }}>"' }
      - { id: c, if: failure(), run: exit 1 }
`,
    { scripts: 'show', workspace, secrets: { repository: { KEY: 'a secret' } } },
  );
  const [a, b, c] = ran.jobs[0]?.steps ?? [];
  expect(ran.result).toBe('success');
  expect(a?.log).toBe(
    '▼ Run echo made > made\nNot run. It would be:\n  echo made > made\n  echo "***"\n',
  );
  expect(b?.log).toContain('  echo "<>"\n');
  expect(c?.outcome).toBe('skipped');
  expect(existsSync(join(workspace, 'made'))).toBe(false);
});

test('an environment is told of when its job starts, before its secrets are asked for', async () => {
  const told: string[] = [];
  const ran = await run(
    `on: push
jobs:
  a: { runs-on: x, environment: '\${{ github.ref_name }}', steps: [{ run: 'test "\${{ secrets.KEY }}" = main' }] }
  b: { runs-on: x, needs: a, steps: [{ run: 'true' }] }
  c: { runs-on: x, if: false, environment: never, steps: [{ run: 'true' }] }
`,
    {
      onEnvironment: (name) => told.push(name),
      secrets: () => ({ environments: { main: { KEY: told[0] ?? '' } } }),
    },
  );
  expect(told).toEqual(['main']);
  expect(ran.result).toBe('success');
});
