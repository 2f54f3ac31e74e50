import { randomUUID } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  findLeaks,
  type JobRun,
  runWorkflow,
  stepRunsOf,
  type StepResult,
  type WorkflowOptions,
  type WorkflowRun,
} from '../../../tools/job-runner/index.ts';
import { fixtureAction, temporaryFolder } from './fixture-action.ts';

/** Says its input, saves it for its post script, makes it an output. */
const echoAction = {
  inputs: { text: {}, status: { default: '${{ job.status }}' } },
  main: `say('main ' + process.env.INPUT_TEXT); tell('STATE', 'text=' + process.env.INPUT_TEXT + '\\n');
    tell('OUTPUT', 'text=' + process.env.INPUT_TEXT + '\\n');`,
  post: `say(['post', process.env.STATE_text, process.env.INPUT_STATUS].join(' '))`,
};

type Ran = Extract<WorkflowRun, { triggered: true }>;

async function run(
  text: string,
  options: Partial<Omit<WorkflowOptions, 'workflow'>> = {},
): Promise<Ran> {
  const ran = await runWorkflow({
    workflow: { text },
    event: { name: 'push', payload: { ref: 'refs/heads/main' } },
    actionReference: 'example-org/echo',
    actionFolder: options.actionFolder ?? (await fixtureAction(echoAction)),
    ...options,
  });
  if (!ran.triggered) throw new Error(ran.reason);
  return ran;
}

/** A workflow with one job of these steps. */
function steps(text: string, job = ''): string {
  const indented = text.trimEnd().replaceAll('\n', '\n      ');
  return `on: push\njobs:\n  job:\n    runs-on: ubuntu-latest\n${job}    steps:${indented}\n`;
}

async function program(path: string, script: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
}

function only(ran: Ran): JobRun {
  const [job] = ran.jobs;
  if (job === undefined || ran.jobs.length > 1) throw new Error('Not one job.');
  return job;
}

function step(ran: Ran, id: string): StepResult {
  const found = ran.jobs.flatMap((job) => job.steps).find((one) => one.id === id);
  if (found === undefined) throw new Error(`No step ${id}.`);
  return found;
}

/** Short enough for a test, long enough for a process to answer. */
const patience = { terminateAfterMs: 300, killAfterMs: 300 };

const outcomes = (ran: Ran): unknown =>
  Object.fromEntries(
    only(ran).steps.map(({ id, phase, outcome }) => [`${id ?? ''} ${phase}`, outcome]),
  );

describe('a workflow', () => {
  test('does not run for another event, and says why', async () => {
    const ran = await runWorkflow({
      workflow: { text: steps('\n- run: exit 1') },
      event: { name: 'delete' },
      actionFolder: await temporaryFolder(),
    });
    expect(ran).toEqual({
      triggered: false,
      reason: 'The event is "delete"; the workflow is for push.',
    });
  });

  test('is read from a file, and tells its permissions and its concurrency', async () => {
    const file = join(await temporaryFolder(), 'deploy.yml');
    await writeFile(
      file,
      `name: Deploy
on: push
permissions: { contents: read }
concurrency: { group: 'deploy-\${{ github.ref_name }}', cancel-in-progress: false }
jobs: { a: { runs-on: x, steps: [{ run: 'echo "$GITHUB_WORKFLOW"' }] } }`,
    );
    const actionFolder = await temporaryFolder();
    const ran = await runWorkflow({ workflow: { file }, event: { name: 'push' }, actionFolder });
    expect(ran).toMatchObject({
      name: 'Deploy',
      result: 'success',
      permissions: { contents: 'read' },
      concurrency: { group: 'deploy-main', 'cancel-in-progress': false },
      jobs: [{ log: expect.stringMatching(/\nDeploy\n$/u) }],
    });
  });

  test.each([
    ['another action', steps('\n- uses: example-org/other@v1'), /example-org\/other@v1/u],
    ['another shell', steps('\n- run: ls\n  shell: fish'), /fish/u],
    ['a key that is not modelled', steps('\n- run: ls', '    container: x\n'), /container/u],
    ['a need of no job', steps('\n- run: ls', '    needs: other\n'), /other/u],
    ['a step that does nothing', steps('\n- name: x'), /uses.*run/u],
    ['a job without a machine', 'on: push\njobs: { a: { steps: [] } }', /runs-on/u],
  ])('with %s is an error before anything runs', async (_, text, message) => {
    await expect(run(text)).rejects.toThrow(message);
  });
});

describe('a `run:` step', () => {
  test('stops at the first command that fails, and fails the job', async () => {
    const ran = await run(
      steps('\n- run: |\n    echo one\n    false\n    echo two\n- run: echo three'),
    );
    expect(only(ran).log).toMatch(/\none\nError: Process completed with exit code 1\.\n$/u);
    expect(only(ran)).toMatchObject({ result: 'failure', steps: [{}, { outcome: 'skipped' }] });
  });

  test('hands outputs, variables and folders to later steps', async () => {
    const workspace = await temporaryFolder();
    await program(join(workspace, 'tools', 'tool'), 'echo from the tool');
    const ran = await run(
      steps(`
- id: one
  env: { TOOLS: '\${{ vars.TOOLS }}' }
  run: |
    echo 'greeting=hello' >> "$GITHUB_OUTPUT"
    echo 'WHOM=world' >> "$GITHUB_ENV"
    echo "$TOOLS" >> "$GITHUB_PATH"
- id: two
  env: { SIGN: '!' }
  run: |
    echo "\${{ steps.one.outputs.greeting }} $WHOM \${{ env.WHOM }}$SIGN"
    tool`),
      { workspace, vars: { TOOLS: join(workspace, 'tools') } },
    );
    expect(step(ran, 'two').run?.stdout).toBe('hello world world!\nfrom the tool\n');
  });

  test('finds the programs of the given folders', async () => {
    const [workspace, commandFolder] = [await temporaryFolder(), await temporaryFolder()];
    await program(join(workspace, 'sub', 'deploy.sh'), 'echo "stub with $KEY"');
    await program(join(commandFolder, 'terraform'), 'echo "stub with $KEY"');
    const ran = await run(
      steps(`
- id: a
  run: ./deploy.sh && terraform
  working-directory: sub
  env: { KEY: k }`),
      { workspace, commandFolder },
    );
    expect(step(ran, 'a').run?.stdout).toBe('stub with k\nstub with k\n');
  });

  test('cannot outlive its timeout, nor can what it has started', async () => {
    const ran = await run(steps('\n- id: a\n  run: sleep 60\n  timeout-minutes: 0.005'), {
      patience,
    });
    expect(step(ran, 'a')).toMatchObject({ outcome: 'failure' });
    expect(step(ran, 'a').log).toContain('timeout-minutes');
  });
});

describe('the action', () => {
  test('is run by its name, and by `./` once the repository is there', async () => {
    const ran = await run(
      steps(`
- { id: early, uses: './', with: { text: a }, continue-on-error: true }
- uses: actions/checkout@v4
- { id: late, uses: './', with: { text: b } }
- { id: named, uses: example-org/echo@v1, with: { text: c } }`),
    );
    expect(outcomes(ran)).toEqual({
      'early main': 'failure',
      ' main': 'success',
      'late main': 'success',
      'named main': 'success',
      'named post': 'success',
      'late post': 'success',
    });
    expect(step(ran, 'early')).toMatchObject({ conclusion: 'success' });
  });

  test('is told its inputs and shows them in the log, secrets masked', async () => {
    const secret = randomUUID();
    const ran = await run(
      steps(`
- { uses: example-org/echo@v1, with: { text: 'x \${{ secrets.KEY }}' }, env: { A: b } }`),
      { secrets: { repository: { KEY: secret } } },
    );
    expect(only(ran).log).toBe(
      `▼ Run example-org/echo@v1
with:
  text: x ***
  status: success
env:
  A: b
main x ***
Post job cleanup.
post x *** success
`,
    );
    expect(findLeaks(stepRunsOf(ran), [secret])).not.toEqual([]);
  });

  test('runs its post scripts in reverse, with the state of their own main, told how the job ended', async () => {
    const ran = await run(
      steps(`
- { uses: example-org/echo@v1, with: { text: one } }
- { uses: example-org/echo@v1, with: { text: two } }
- { uses: example-org/echo@v1, with: { text: never }, if: failure() }
- run: exit 3
- { uses: example-org/echo@v1, with: { text: cleanup }, if: always() }`),
    );
    const posts = only(ran).steps.filter(({ phase }) => phase === 'post');
    expect(posts.map(({ run: process }) => process?.stdout.trim())).toEqual([
      'post cleanup failure',
      'post two failure',
      'post one failure',
    ]);
  });

  test('gets its inputs evaluated again for the post script', async () => {
    const actionFolder = await fixtureAction({
      inputs: { text: {} },
      main: `say('main ' + process.env.INPUT_TEXT)`,
      post: `say('post ' + process.env.INPUT_TEXT)`,
    });
    const ran = await run(
      steps(`
- { uses: example-org/echo@v1, with: { text: 'x\${{ steps.later.outputs.it }}' } }
- { id: later, run: 'echo it=y >> "$GITHUB_OUTPUT"' }`),
      { actionFolder },
    );
    expect(only(ran).steps.map(({ run: process }) => process?.stdout)).toEqual([
      'main x\n',
      '',
      'post xy\n',
    ]);
  });

  test('that fails in its post script fails the job', async () => {
    const actionFolder = await fixtureAction({ main: '', post: 'process.exitCode = 1' });
    const ran = await run(steps('\n- uses: example-org/echo@v1'), { actionFolder });
    expect(ran.result).toBe('failure');
  });

  test('with an expression that cannot be evaluated fails as a step', async () => {
    const ran = await run(
      steps(`\n- { id: a, uses: example-org/echo@v1, with: { text: '\${{ nope.x }}' } }`),
    );
    expect(step(ran, 'a').annotations).toMatchObject([{ level: 'error' }]);
    expect(ran.result).toBe('failure');
  });
});

describe('conditions', () => {
  test('see earlier steps and the event, but no secrets', async () => {
    const ran = await run(
      steps(`
- { id: a, run: exit 1, continue-on-error: true }
- { id: b, run: 'true', if: "steps.a.outcome == 'failure' && steps.a.conclusion == 'success'" }
- { id: c, run: 'true', if: github.event.ref == 'refs/heads/other' }
- { id: d, run: 'true', if: secrets.X != '' }
- { id: e, run: 'true' }
- { id: f, run: 'true', if: failure() }`),
    );
    expect(outcomes(ran)).toEqual({
      'a main': 'failure',
      'b main': 'success',
      'c main': 'skipped',
      'd main': 'failure',
      'e main': 'skipped',
      'f main': 'success',
    });
  });
});

// Node cannot send an interrupt on Windows: the first signal kills there.
(process.platform === 'win32' ? describe.skip : describe)('cancelling', () => {
  const cancel = {
    step: 'slow',
    when: (line: string) => line === 'ready',
  };

  test('interrupts the running step; the post scripts run, told so', async () => {
    const actionFolder = await fixtureAction({
      ...echoAction,
      main: `tell('STATE', 'text=half\\n');
        process.on('SIGINT', () => { say('interrupted'); process.exit(0); }); say('ready'); await sleep(60_000)`,
    });
    const ran = await run(
      steps(`
- { id: slow, uses: example-org/echo@v1 }
- { id: next, run: 'true' }
- { id: last, run: 'true', if: cancelled() }`),
      { actionFolder, cancelDuring: cancel, patience },
    );
    expect(outcomes(ran)).toEqual({
      'slow main': 'cancelled',
      'next main': 'skipped',
      'last main': 'success',
      'slow post': 'success',
    });
    expect(only(ran).log).toMatch(/interrupted\nError: The operation was canceled\.\n/u);
    expect(only(ran).log).toMatch(/post half cancelled\n$/u);
    expect(ran.result).toBe('cancelled');
  });

  test('kills a step that ignores it, after the second signal', async () => {
    const actionFolder = await fixtureAction({
      main: `for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => say(name));
        say('ready'); await sleep(60_000)`,
    });
    const ran = await run(steps('\n- { id: slow, uses: example-org/echo@v1 }'), {
      actionFolder,
      cancelDuring: cancel,
      patience,
    });
    expect(step(ran, 'slow').run).toMatchObject({
      stdout: 'ready\nSIGINT\nSIGTERM\n',
      signal: 'SIGKILL',
    });
  });

  test('lets a step that runs always go on, and skips later jobs', async () => {
    const ran = await run(
      `on: push
jobs:
  one:
    runs-on: x
    steps: [{ id: slow, if: always(), run: 'echo ready; echo done' }]
  two:
    needs: one
    runs-on: x
    steps: [{ run: 'true' }]
  three:
    needs: [one, two]
    if: always()
    runs-on: x
    steps: [{ run: 'true' }]
`,
      { cancelDuring: cancel, patience },
    );
    expect(step(ran, 'slow')).toMatchObject({ outcome: 'success' });
    expect(ran.jobs.map(({ result }) => result)).toEqual(['cancelled', 'skipped', 'success']);
  });
});

describe('jobs', () => {
  test('run after those that they need, and see their outputs and results', async () => {
    const ran = await run(`on: push
jobs:
  last:
    needs: [first, skipped]
    if: \${{ !cancelled() && needs.first.result == 'success' }}
    runs-on: x
    env: { FROM: '\${{ needs.first.outputs.made }} \${{ needs.skipped.result }}' }
    steps: [{ id: a, run: 'echo "$FROM"' }]
  first:
    runs-on: x
    outputs: { made: '\${{ steps.one.outputs.made }}' }
    steps: [{ id: one, run: 'echo made=it >> "$GITHUB_OUTPUT"' }]
  skipped:
    if: github.ref == 'refs/heads/other'
    runs-on: x
    steps: [{ run: exit 1 }]
  after-failure:
    needs: skipped
    runs-on: x
    steps: [{ run: exit 1 }]
`);
    expect(ran.jobs.map(({ id, result }) => [id, result])).toEqual([
      ['first', 'success'],
      ['skipped', 'skipped'],
      ['last', 'success'],
      ['after-failure', 'skipped'],
    ]);
    expect(step(ran, 'a').run?.stdout).toBe('it skipped\n');
  });

  test('run in the order of the file where it allows', async () => {
    const job = '{ runs-on: x, steps: [{ run: "true" }] }';
    const ran = await run(`on: push\njobs: { c: ${job}, a: ${job}, b: ${job} }`);
    expect(ran.jobs.map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  });

  test('that need each other are an error', async () => {
    const job = (needs: string): string => `{ needs: ${needs}, runs-on: x, steps: [] }`;
    await expect(run(`on: push\njobs: { a: ${job('b')}, b: ${job('a')} }`)).rejects.toThrow(
      /need each other/u,
    );
  });

  test('with a matrix run once for each combination, and stop at a failure', async () => {
    const ran = await run(
      steps(
        '\n- run: test "${{ matrix.env }}${{ matrix.n }}" != b1',
        '    strategy: { matrix: { env: [a, b], n: [1, 2] } }\n',
      ),
    );
    expect(ran.jobs.map(({ name, result }) => [name, result])).toEqual([
      ['job (a, 1)', 'success'],
      ['job (a, 2)', 'success'],
      ['job (b, 1)', 'failure'],
      ['job (b, 2)', 'cancelled'],
    ]);
    expect(ran.result).toBe('failure');
  });

  test('drop an output that holds a secret, and say so', async () => {
    const ran = await run(
      steps(
        '\n- { id: a, run: \'echo "::add-mask::abc-value"; echo v=xabc-value >> "$GITHUB_OUTPUT"\' }',
        "    outputs: { v: '${{ steps.a.outputs.v }}', id: key-1 }\n",
      ),
    );
    expect(only(ran).outputs).toEqual({ id: 'key-1' });
    expect(only(ran).log).toMatch(/Warning: Skip output 'v' since it may contain secret\.\n$/u);
  });

  // On Windows nothing can interrupt a step softly.
  test('end as cancelled when their time is over', async () => {
    const ran = await run(
      steps(
        '\n- { id: a, run: sleep 60 }\n- { id: b, run: "true", if: always() }',
        '    timeout-minutes: 0.01\n',
      ),
      { patience },
    );
    expect(outcomes(ran)).toEqual({ 'a main': 'cancelled', 'b main': 'success' });
    expect(ran.result).toBe('cancelled');
  });

  test('see what a workflow_dispatch was given', async () => {
    const ran = await run(
      `on: { workflow_dispatch: { inputs: { force: { type: boolean }, name: { default: key } } } }
jobs:
  a:
    if: inputs.force
    runs-on: x
    steps: [{ id: a, run: 'echo \${{ inputs.name }}' }]`,
      { event: { name: 'workflow_dispatch', payload: { inputs: { force: 'true' } } } },
    );
    expect(step(ran, 'a').run?.stdout).toBe('key\n');
  });
});

describe('secrets', () => {
  const show = (id: string): string =>
    `{ id: ${id}, env: { S: '\${{ secrets.KEY }}' }, run: 'echo "[$S]"' }`;

  test('of an environment are those of the moment when the job starts', async () => {
    const store = {
      repository: { KEY: 'of-repository' } as Record<string, string>,
      environments: { production: {} as Record<string, string> },
    };
    const ran = await run(
      `on: push
jobs:
  before: { runs-on: x, environment: production, steps: [${show('before')}] }
  stores: { runs-on: x, needs: before, steps: [{ id: stores, run: echo stored }] }
  after: { runs-on: x, needs: stores, environment: { name: Production, url: 'https://example.com' }, steps: [${show('after')}] }
  without: { runs-on: x, needs: stores, steps: [${show('without')}] }
`,
      {
        secrets: store,
        cancelDuring: {
          step: 'stores',
          when: () => {
            // The step's first line is the moment at which it stores; nothing is cancelled.
            store.environments.production['KEY'] = 'of-environment';
            store.repository['KEY'] = 'of-repository-too-late';
            return false;
          },
        },
      },
    );
    expect(step(ran, 'before').run?.stdout).toBe('[of-repository]\n');
    expect(step(ran, 'after').run?.stdout).toBe('[of-environment]\n');
    expect(step(ran, 'without').run?.stdout).toBe('[of-repository]\n');
    expect(ran.jobs.map(({ environment }) => environment)).toEqual([
      { name: 'production', url: '' },
      undefined,
      { name: 'Production', url: 'https://example.com' },
      undefined,
    ]);
  });

  test('and the token are masked from the start, in every job anew', async () => {
    const token = randomUUID();
    const ran = await run(
      `on: push
jobs:
  a: { runs-on: x, steps: [{ id: a, run: 'echo "\${{ github.token }} \${{ secrets.GITHUB_TOKEN }} made"; echo ::add-mask::made' }] }
  b: { runs-on: x, needs: a, steps: [{ id: b, run: echo made }] }
`,
      { token },
    );
    expect(step(ran, 'a').log).toMatch(/\n\*\*\* \*\*\* made\n$/u);
    expect(step(ran, 'b').log).toMatch(/\nmade\n$/u);
  });

  test('can be asked for anew', async () => {
    let asked = 0;
    const ran = await run(
      `on: push\njobs: { a: { runs-on: x, environment: e, steps: [${show('a')}] } }`,
      { secrets: () => ({ environments: { e: { KEY: `key-${(asked += 1)}` } } }) },
    );
    expect(step(ran, 'a').run?.stdout).toBe('[key-2]\n');
  });
});
