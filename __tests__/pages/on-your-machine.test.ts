import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startEmulator, type Emulator } from '../../tools/emulator/index.ts';
import { freshFolder, runWorkflow, type WorkflowOptions } from '../../tools/job-runner/index.ts';
import { page as textOf } from '../support/pages.ts';

/** The steps that docs/on-your-machine.md has to copy, run. Its commands: commands.test.ts. */

const page = await textOf('docs/on-your-machine.md');

/** The one YAML block with this text in it, as the steps of a job. */
function workflowWith(text: string): string {
  const blocks = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gmu)].map(([, block = '']) => block);
  const [block, ...others] = blocks.filter((one) => one.includes(text));
  if (block === undefined || others.length > 0) throw new Error(`Not one block with ${text}.`);
  const steps = block.startsWith('steps:\n')
    ? block
    : `steps:\n- uses: actions/checkout@v7\n${block}`;
  return `on: push\njobs:\n  try:\n    runs-on: ubuntu-latest\n    ${steps.replaceAll('\n', '\n    ')}`;
}

describe('on an emulator', () => {
  let emulator: Emulator;
  let folder = '';

  beforeAll(async () => {
    emulator = await startEmulator();
    folder = await freshFolder('page-');
    await writeFile(join(folder, 'ca.pem'), emulator.caCertificate);
  });

  afterAll(async () => {
    await emulator.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const names = async (options: Pick<WorkflowOptions, 'workflow'> & Partial<WorkflowOptions>) => {
    const run = await runWorkflow({
      event: { name: 'push', payload: { ref: 'refs/heads/feature/cart' } },
      actionReference: 'example-org/coralogix-api-keys-action',
      ...options,
    });
    if (!run.triggered) throw new Error(run.reason);
    expect(run.jobs.map(({ result, log }) => ({ result, log }))).toMatchObject([
      { result: 'success' },
    ]);
    return emulator.store.keys().map(({ name }) => name);
  };

  test.each(['path', 'text'])(
    'the step for act makes a key, given the %s of the CA',
    async (as) => {
      const ca = as === 'path' ? join(folder, 'ca.pem') : emulator.caCertificate;
      emulator.store.keys().forEach(({ id }) => {
        emulator.store.delete(emulator.tokens.admin, id);
      });
      expect(
        await names({
          workflow: { text: workflowWith('vars.CORALOGIX_ENDPOINT') },
          secrets: { repository: { CORALOGIX_API_KEY: emulator.tokens.admin } },
          vars: { CORALOGIX_ENDPOINT: emulator.endpoint, CORALOGIX_CA: ca },
        }),
      ).toEqual(['my-app/branch/feature/cart']);
    },
  );

  test('the steps for a job on GitHub use what the emulator says of itself', async () => {
    const { endpoint, tokens, teamId } = emulator;
    const outputs = {
      ...{ endpoint, team_id: teamId, api_key: tokens.admin },
      ca_certificate: join(folder, 'ca.pem'),
    };
    // In the place of npm and of node, which would start another emulator and leave it running.
    const commands = join(folder, 'commands');
    await mkdir(commands);
    const lines = Object.entries(outputs).map(([name, value]) => `${name}=${value}\n`);
    await writeFile(join(folder, 'outputs'), lines.join(''));
    const said = join(folder, 'outputs').replaceAll('\\', '/');
    await writeFile(join(commands, 'npm'), '#!/bin/sh\n', { mode: 0o755 });
    const node = `#!/bin/sh\ntest "$1" = .github/emulator.mjs && cat '${said}' >> "$GITHUB_OUTPUT"\n`;
    await writeFile(join(commands, 'node'), node, { mode: 0o755 });
    const workspace = join(folder, 'workspace');
    await mkdir(join(workspace, 'emulator'), { recursive: true });
    const before = emulator.store.keys().length;
    const made = await names({
      workflow: { text: workflowWith('path: emulator') },
      standIns: { 'actions/setup-node': { outputs: {} } },
      commandFolder: commands,
      workspace,
    });
    expect(made).toHaveLength(before + 1);
    // The real one says the same by the same names.
    const script = await textOf('.github/emulator.mjs');
    const [, named = ''] = /const lines = \{(.*)\};/u.exec(script) ?? [];
    expect(named.split(',').map((part) => part.split(':')[0]?.trim())).toEqual(
      expect.arrayContaining(Object.keys(outputs)),
    );
  });
});
