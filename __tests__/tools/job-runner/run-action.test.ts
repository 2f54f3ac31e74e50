import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  type ActionOptions,
  Masks,
  runAction,
  type StepRun,
} from '../../../tools/job-runner/index.ts';
import { fixtureAction, temporaryFolder } from './fixture-action.ts';

async function run(
  main: string,
  options: Omit<ActionOptions, 'actionFolder'> = {},
): Promise<StepRun> {
  return runAction({ actionFolder: await fixtureAction({ main }), ...options });
}

describe('the process', () => {
  test('runs on Node 24 in the workspace', async () => {
    const workspace = await temporaryFolder();
    const ran = await run(
      `say(process.version); say(process.cwd() === process.env.GITHUB_WORKSPACE)`,
      {
        workspace,
      },
    );
    expect(ran.stdout).toMatch(/^v24\.\d+\.\d+\r?\ntrue\r?\n$/u);
  });

  test('sees nothing of this process but what it needs to run', async () => {
    process.env['RUNNER_TEST_STRANGER'] = 'x';
    try {
      const ran = await run(`say(JSON.stringify(Object.keys(process.env)))`);
      expect(JSON.parse(ran.stdout)).toEqual(expect.not.arrayContaining(['RUNNER_TEST_STRANGER']));
    } finally {
      delete process.env['RUNNER_TEST_STRANGER'];
    }
  });

  test('fails when its exit code is not 0', async () => {
    const ran = await run('process.exitCode = 3');
    expect(ran).toMatchObject({ exitCode: 3, succeeded: false });
  });

  test('that does not end in time is an error with the log in it', async () => {
    await expect(run(`say('so far'); await sleep(60_000)`, { timeoutMs: 1_000 })).rejects.toThrow(
      /did not end in time[^]*so far/u,
    );
  });

  test('can be killed after a time', async () => {
    const ran = await run(`say('so far'); await sleep(60_000)`, { killAfterMs: 500 });
    expect(ran).toMatchObject({ succeeded: false, wasInterrupted: false, log: 'so far\n' });
  });

  test('can be run by another node, with arguments for it', async () => {
    const ran = await run(`say(process.execPath + process.execArgv)`, {
      node: process.execPath,
      nodeArguments: ['--no-warnings'],
    });
    expect(ran.stdout).toBe(`${process.execPath}--no-warnings\n`);
  });

  test('keeps folders that outlive it', async () => {
    const toolCache = await temporaryFolder();
    const main = `const file = process.env.RUNNER_TOOL_CACHE + '/count';
      appendFileSync(file, 'x'); say(readFileSync(file, 'utf8'))`;
    const use = `import { readFileSync } from 'node:fs';\n${main}`;
    await run(use, { toolCache });
    expect((await run(use, { toolCache })).log).toBe('xx\n');
  });

  test('tells how long it stayed after its last output', async () => {
    const ran = await run(`say('last'); await sleep(300)`);
    expect(ran.exitedAfterLastOutputMs).toBeGreaterThan(250);
    expect(ran.wallMs).toBeGreaterThan(ran.exitedAfterLastOutputMs);
  });

  test('leaves its temporary files to be read', async () => {
    const ran = await run(`appendFileSync(process.env.RUNNER_TEMP + '/kept.txt', 'kept')`);
    expect(ran.temp).toEqual({ 'kept.txt': 'kept' });
  });

  // Node cannot send an interrupt on Windows: the first signal kills there.
  (process.platform === 'win32' ? test.skip : test)(
    'gets a signal when a line of its output calls for it',
    async () => {
      const ran = await run(
        `process.on('SIGINT', () => { say('interrupted'); process.exit(7); });
         say('ready'); await sleep(60_000)`,
        { signal: { name: 'SIGINT', when: (line) => line === 'ready' } },
      );
      expect(ran).toMatchObject({ exitCode: 7, wasInterrupted: true, log: 'ready\ninterrupted\n' });
    },
  );

  test('can be killed when a promise resolves, here at the call of a service', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const ran = await run(
      `import { connect } from 'node:net';
       connect(${port}, '127.0.0.1').on('error', () => undefined); await sleep(60_000)`,
      { signal: { name: 'SIGKILL', when: once(server, 'connection') } },
    );
    server.close();
    expect(ran).toMatchObject({ succeeded: false, wasInterrupted: true });
  });
});

describe('inputs', () => {
  const show = `say(JSON.stringify(Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name.startsWith('INPUT_')))))`;

  test('are what the step gives, and the defaults, with expressions evaluated', async () => {
    const actionFolder = await fixtureAction({
      main: show,
      inputs: {
        given: { default: 'unused' },
        'two words': { default: 'a "${{ job.status }}" b ${{ github.ref_name }}' },
        bare: {},
      },
    });
    const ran = await runAction({ actionFolder, inputs: { Given: 'x' }, jobStatus: 'cancelled' });
    expect(JSON.parse(ran.stdout)).toEqual({
      INPUT_GIVEN: 'x',
      INPUT_TWO_WORDS: 'a "cancelled" b main',
      INPUT_BARE: '',
    });
  });

  test('that the action does not know are passed on with a warning', async () => {
    const actionFolder = await fixtureAction({ main: show, inputs: { known: {} } });
    const ran = await runAction({ actionFolder, inputs: { unknwon: 'x' } });
    expect(JSON.parse(ran.stdout)).toEqual({ INPUT_KNOWN: '', INPUT_UNKNWON: 'x' });
    expect(ran.annotations).toEqual([
      {
        level: 'warning',
        message: "Unexpected input(s) 'unknwon', valid inputs are ['known']",
        properties: {},
      },
    ]);
  });
});

describe('the event', () => {
  test('reaches the process as variables and as a file', async () => {
    const payload = {
      number: 7,
      pull_request: { number: 7, head: { ref: 'feature' }, base: { ref: 'trunk' } },
    };
    const ran = await run(
      `import { readFileSync } from 'node:fs';
       const { GITHUB_REF, GITHUB_HEAD_REF, GITHUB_BASE_REF, GITHUB_EVENT_NAME } = process.env;
       say(JSON.stringify({ GITHUB_REF, GITHUB_HEAD_REF, GITHUB_BASE_REF, GITHUB_EVENT_NAME,
         payload: JSON.parse(readFileSync(process.env.GITHUB_EVENT_PATH, 'utf8')) }))`,
      { event: { name: 'pull_request', payload } },
    );
    expect(JSON.parse(ran.stdout)).toEqual({
      GITHUB_REF: 'refs/pull/7/merge',
      GITHUB_HEAD_REF: 'feature',
      GITHUB_BASE_REF: 'trunk',
      GITHUB_EVENT_NAME: 'pull_request',
      payload,
    });
  });
});

describe('the log', () => {
  test('hides a value only after its mask', async () => {
    const value = randomUUID();
    const ran = await run(
      `const v = process.env.VALUE;
      say('before ' + v); say('::add-mask::' + v); say('after ' + v)`,
      { env: { VALUE: value } },
    );
    expect(ran.log).toBe(`before ${value}\nafter ***\n`);
    expect(ran.masks).toEqual([value]);
    expect(ran.commands).toMatchObject([{ name: 'add-mask', stream: 'stdout', line: 2 }]);
  });

  test('hides what was secret before the start', async () => {
    const value = randomUUID();
    const ran = await run('say(process.env.VALUE)', {
      env: { VALUE: value },
      masks: new Masks([value]),
    });
    expect(ran.log).toBe('***\n');
  });

  test('shows annotations, and keeps them', async () => {
    const ran = await run(
      `say('::error title=T::one%0Atwo'); say('::warning::three'); say('::notice::four')`,
    );
    expect(ran.log).toBe('Error: one\ntwo\nWarning: three\nNotice: four\n');
    expect(ran.annotations).toMatchObject([
      { level: 'error', message: 'one\ntwo', properties: { title: 'T' } },
      { level: 'warning', message: 'three' },
      { level: 'notice', message: 'four' },
    ]);
  });

  test('shows debug messages, outputs and state with debug logging only', async () => {
    const value = randomUUID();
    const main = `say('::add-mask::' + process.env.VALUE); say('::debug::deep ' + process.env.RUNNER_DEBUG);
      tell('OUTPUT', 'value=' + process.env.VALUE + '\\n'); tell('STATE', 'made=1\\n')`;
    const quiet = await run(main, { env: { VALUE: value } });
    const loud = await run(main, { env: { VALUE: value }, debug: true });
    expect(quiet.log).toBe('');
    expect(loud.log).toBe(
      [
        '::add-mask::***',
        '##[debug]deep 1',
        '##[debug]Save intra-action state made = 1',
        '##[debug]Set output value = ***',
        '',
      ].join('\n'),
    );
  });

  test('shows both streams, obeys commands in either, and a lone carriage return ends a line', async () => {
    const ran = await run(`process.stderr.write('a\\r::warning::b\\r\\nc')`);
    expect(ran.log).toBe('a\nWarning: b\nc\n');
    expect(ran.stderr).toBe('a\r::warning::b\r\nc');
  });

  test('shows groups by their names', async () => {
    const ran = await run(`say('::group::Keys'); say('x'); say('::endgroup::')`);
    expect(ran.log).toBe('▼ Keys\nx\n');
  });

  test('takes nothing for a command between `stop-commands` and its token', async () => {
    const ran = await run(
      `say('::stop-commands::tok'); say('::error::no'); say('::tok::'); say('::error::yes')`,
    );
    expect(ran.annotations).toMatchObject([{ message: 'yes' }]);
    expect(ran.log).toBe('::stop-commands::tok\n::error::no\n::tok::\nError: yes\n');
  });
});

describe('withdrawn commands', () => {
  test('that the runner still obeys take effect, and are told apart', async () => {
    const ran = await run(`say('##[set-output name=value]pwned'); say('::save-state name=s::t')`);
    expect(ran.outputs).toEqual({ value: 'pwned' });
    expect(ran.state).toEqual({ s: 't' });
    expect(ran.unexpectedCommands.map(({ name }) => name)).toEqual(['set-output', 'save-state']);
  });

  test('that the runner refuses fail the step', async () => {
    const ran = await run(`say('::set-env name=A::b')`);
    expect(ran).toMatchObject({ exitCode: 0, succeeded: false });
  });
});

describe('the runner’s files', () => {
  test('hold outputs on one line or many', async () => {
    const ran = await run(`tell('OUTPUT', 'a=1=2\\n\\nb<<END\\nx\\n\\ny=<<\\nEND\\nc<<E\\nE\\n')`);
    expect(ran.outputs).toEqual({ a: '1=2', b: 'x\n\ny=<<', c: '' });
  });

  test.each([
    ['no name or value', 'a=1\\nnonsense\\nb=2\\n', 'Invalid format'],
    ['no end', 'a=1\\nb<<END\\nx\\n', 'Matching delimiter not found'],
  ])('with %s fail the step; what comes before counts', async (_, text, message) => {
    const ran = await run(`tell('OUTPUT', '${text}')`);
    expect(ran).toMatchObject({ exitCode: 0, succeeded: false, outputs: { a: '1' } });
    expect(ran.log).toContain(message);
  });

  test('give the post script its state', async () => {
    const actionFolder = await fixtureAction({
      main: `tell('STATE', 'made=42\\n')`,
      post: `say('made ' + process.env.STATE_made)`,
    });
    const main = await runAction({ actionFolder });
    const post = await runAction({ actionFolder, phase: 'post', state: main.state });
    expect(post.log).toBe('made 42\n');
  });

  test('give variables and folders to later steps', async () => {
    const ran = await run(`tell('ENV', 'A=1\\nNODE_OPTIONS=x\\n'); tell('PATH', 'one\\ntwo\\n')`);
    expect(ran).toMatchObject({ environment: { A: '1' }, path: ['one', 'two'], succeeded: true });
    expect(ran.annotations).toMatchObject([{ level: 'error' }]);
  });

  test('hold a summary, which is shown masked', async () => {
    const value = randomUUID();
    const ran = await run(
      `tell('STEP_SUMMARY', process.env.VALUE); say('::add-mask::' + process.env.VALUE)`,
      { env: { VALUE: value } },
    );
    expect(ran.summary).toBe('***');
    expect(ran.files.step_summary).toBe(value);
  });

  test('refuse a summary of more than a mebibyte', async () => {
    const ran = await run(`tell('STEP_SUMMARY', 'x'.repeat(1024 * 1024 + 1))`);
    expect(ran.summary).toBe('');
    expect(ran.log).toContain('upload aborted');
  });

  test('can be taken away or put elsewhere', async () => {
    const elsewhere = join(await temporaryFolder(), 'missing', 'output');
    const main = `say(String(process.env.GITHUB_OUTPUT))`;
    expect((await run(main, { env: { GITHUB_OUTPUT: undefined } })).log).toBe('undefined\n');
    expect((await run(main, { env: { GITHUB_OUTPUT: elsewhere } })).log).toBe(`${elsewhere}\n`);
  });
});
