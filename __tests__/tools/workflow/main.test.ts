import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshFolder } from '../../../tools/job-runner/index.ts';
import { parseCommand } from '../../../tools/workflow/command-line.ts';
import { Mistake } from '../../../tools/workflow/mistake.ts';
import { ownName, readSource } from '../../../tools/workflow/sources.ts';
import { planned } from '../../../tools/workflow/trial.ts';
import { atTheEnd, states, workflow } from './command.ts';

let folder = '';

/** A workflow whose one job has these steps. */
const withSteps = (steps: string, on = 'push'): string =>
  `name: Mine\non: ${on}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n${steps}`;

const create = `      - id: key
        uses: me/${ownName}@v1
        with:
          operation: create
          name: mine/{run_id}
          team_id: \${{ vars.TEAM }}
          api_key: \${{ secrets.MANAGEMENT }}
          region: EU2
`;

const failing = create.replace('operation: create', 'operation: get').replace(/ +team_id.*\n/u, '');

const files = {
  'create.yml': withSteps(create),
  'failing.yml': withSteps(failing),
  'script.yml': withSteps(
    `${create}      - run: |
          printf %s "$KEY" > made
          echo "The key is $KEY, the token $TOKEN."
          printf '\\033[2Jcleared\\n'
        env:
          KEY: \${{ steps.key.outputs.value }}
          TOKEN: \${{ secrets.OTHER }}
`,
  ),
  'named.yml': `name: "a\\e[2J"\n${withSteps(`      - name: "b\\e[2J"\n        run: "true"\n${create}`).replace('name: Mine\n', '').replace('  job:\n', '  job:\n    name: "c\\e[2J"\n')}`,
  'shell.yml': withSteps(`${create}      - run: Get-Date\n        shell: "d\\e[2J"\n`),
  'powershell.yml': withSteps(`${create}      - run: Get-Date\n        shell: pwsh\n`),
  'others.yml': withSteps(
    `      - id: other
        uses: someone/something@v1
${create}      - run: echo "<\${{ steps.other.outputs.thing }}>"
`,
  ),
  'dispatch.yml': withSteps(
    create.replace('mine/{run_id}', 'mine/${{ inputs.who }}'),
    '{ workflow_dispatch: { inputs: { who: { default: nobody } } } }',
  ),
  'renamed.yml': withSteps(create.replace(`me/${ownName}`, 'me/keys')),
  'schedule.yml': withSteps(create, "{ schedule: [{ cron: '1 2 3 * *' }] }"),
  'deleted.yml': withSteps(create, 'delete'),
  'closed.yml': withSteps(create, '{ pull_request: { types: [closed] } }'),
  'release.yml': withSteps(create, "{ push: { tags: ['v*'] } }"),
  'issues.yml': withSteps(create, 'issues'),
  'nowhere.yml': withSteps(create.replace(/ +region.*\n/u, '')),
  'wrong.yml': withSteps(create.replace('EU2', 'EU9')),
  'variable.yml': withSteps(create.replace('EU2', '${{ vars.REGION }}')),
  'env.yml': withSteps(create.replace(/ +region.*\n/u, '')).replace(
    '    steps',
    '    env: { CORALOGIX_DOMAIN: eu2.coralogix.com }\n    steps',
  ),
  'set.yml': withSteps(
    `      - run: echo CORALOGIX_REGION=EU2 >> "$GITHUB_ENV"\n${create.replace(/ +region.*\n/u, '')}`,
  ),
  'paths.yml': withSteps(create, '{ push: { paths: [a] } }'),
  'twice.yml': withSteps(`${create}${create.replace('id: key', 'id: two').replace('me/', 'you/')}`),
  'here.yml': withSteps(create.replace(`me/${ownName}@v1`, './')),
  'foreign.yml': withSteps(`${create}      - uses: ./\n`),
  'broken.yml': 'on: [push\njobs: {',
  'list.yml': '[]\n',
  'container.yml': withSteps(create).replace('    steps', '    container: node:24\n    steps'),
  'expression.yml': withSteps(create).replace('    steps', '    if: nope(\n    steps'),
  'without.yml': withSteps('      - run: echo hello\n'),
} as const;

beforeAll(async () => {
  folder = await freshFolder('mine-');
  await mkdir(join(folder, 'folder'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: readonly string[]) => workflow(args, folder);

describe('a workflow of my own', () => {
  test.concurrent('is found where npm was called, and makes its key', async () => {
    const { code, stdout, stderr } = await run('create.yml');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('━━ 1  push: main → create.yml (Mine) ━');
    expect(stdout).toMatch(/secret MANAGEMENT: the emulator's management key/u);
    expect(states(atTheEnd(stdout, 'keys'))).toEqual(['mine/1000000001: active']);
  });

  test.concurrent('that fails says why, and the command fails', async () => {
    const { code, stdout } = await run('failing.yml');
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ job: failure/u);
    expect(stdout).toMatch(/key +│ Error: /u);
    expect(atTheEnd(stdout, 'keys')).toEqual(['none']);
  });

  test.concurrent('is run once for each event, each run with an id of its own', async () => {
    const { stdout } = await run('create.yml', '--event', 'push', '--event', 'push:feature/x');
    expect(stdout).toContain('━━ 2  push: feature/x → create.yml');
    expect(states(atTheEnd(stdout, 'keys'))).toEqual([
      'mine/1000000001: active',
      'mine/1000000002: active',
    ]);
  });

  test.concurrent('takes inputs that are given, and defaults for others', async () => {
    const { stdout } = await run('dispatch.yml', '--input', 'who=me');
    expect(states(atTheEnd(stdout, 'keys'))).toEqual(['mine/me: active']);
    const byDefault = await run('dispatch.yml');
    expect(states(atTheEnd(byDefault.stdout, 'keys'))).toEqual(['mine/nobody: active']);
  });

  test.concurrent('may call the action by another name, if that is said', async () => {
    expect(await run('renamed.yml', '--action', 'me/keys')).toMatchObject({ code: 0 });
  });

  test.concurrent('is told its own schedule', async () => {
    const { stdout } = await run('schedule.yml');
    expect(stdout).toContain('━━ 1  schedule → schedule.yml (Mine) ━');
  });

  test.concurrent('gets a secret and a variable in place of those that are made up', async () => {
    const { code, stdout } = await run('create.yml', '--secret', 'MANAGEMENT=cxup_nobodys');
    expect(code).toBe(1);
    expect(stdout).not.toContain('cxup_nobodys');
    expect(stdout).toContain('│ secret MANAGEMENT: as given\n');
    expect(stdout).not.toContain("the emulator's management key");
    const other = await run('create.yml', '--var', 'TEAM=4002');
    expect(other.code).toBe(1);
    expect(other.stdout).toContain('│ variable TEAM: as given\n');
    expect(other.stdout).not.toContain("the emulator's team");
  });

  test.concurrent('sees actions of others succeed, and give nothing', async () => {
    const { code, stdout } = await run('others.yml', '--run-scripts');
    expect(code).toBe(0);
    expect(stdout).toMatch(/someone\/something: not run; it counts as a success/u);
    expect(stdout).toContain('│ <>');
  });
});

describe('a workflow that does not say where the service is', () => {
  test.concurrent.each([
    ['nowhere.yml', 'No `region` is given (nor CORALOGIX_REGION)'],
    ['wrong.yml', '`region` is "EU9", which is no Coralogix region.'],
  ])('is said to fail on GitHub, and so does the command: %s', async (file, says) => {
    const { code, stdout } = await run(file);
    const text = stdout.replace(/\n +│/gu, '');
    expect(text).toContain(
      `on GitHub       │ ${file}, key in the job job: this step would fail there`,
    );
    expect(text).toContain(says);
    expect(stdout).toContain('On GitHub it would fail: see at the top.');
    // All the same it is tried.
    expect(states(atTheEnd(stdout, 'keys'))).toEqual(['mine/1000000001: active']);
    expect(code).toBe(1);
  });

  test.concurrent.each(['variable.yml', 'env.yml', 'set.yml'])(
    'by itself is taken as it is, where something else says it, or may: %s',
    async (file) => {
      const { code, stdout } = await run(file);
      expect(stdout).not.toContain('would fail');
      expect(code).toBe(0);
    },
  );
});

describe('the scripts of a workflow', () => {
  test.concurrent('are shown and not run, whatever their shell', async () => {
    const { code, stdout } = await run('powershell.yml');
    expect(code).toBe(0);
    expect(stdout).toMatch(/Get-Date +│ Not run. It would be:\n +│ {3}Get-Date\n/u);
    expect(stdout).toContain('With --run-scripts they are');
  });

  test.concurrent('run where npm was called, if that is asked for, their log masked', async () => {
    const { code, stdout } = await run('script.yml', '--run-scripts');
    expect(code).toBe(0);
    const value = await readFile(join(folder, 'made'), 'utf8');
    expect(value).toMatch(/^cx/u);
    expect(stdout).not.toContain(value);
    expect(stdout).toContain('The key is ***, the token ***.');
    // What clears a terminal would hide what was said before.
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('│ cleared');
    expect(stdout).not.toContain('With --run-scripts they are');
  });

  test.concurrent('are called anything, and no terminal obeys it', async () => {
    const named = await run('named.yml');
    const shell = await run('shell.yml', '--run-scripts');
    expect([named.code, shell.code]).toEqual([0, 2]);
    expect(named.stdout).toMatch(/\(a\)[^]*✓ c: success[^]*\n {3}b /u);
    expect(shell.stderr).toContain('The shell "d" is not modelled');
    expect([named.stdout, shell.stderr].join('')).not.toContain('\u001b');
  });

  test.concurrent('in a shell that is not known cannot be run', async () => {
    const { code, stderr } = await run('powershell.yml', '--run-scripts');
    expect(code).toBe(2);
    expect(stderr).toContain('The shell "pwsh" is not modelled');
  });
});

test.concurrent.each([
  { args: [], says: 'Which workflow? Give its file' },
  { args: ['no.yml'], says: 'no.yml cannot be read. There is no such file.' },
  { args: ['broken.yml'], says: 'broken.yml is no workflow that can be run here. ' },
  { args: ['expression.yml'], says: 'expression.yml cannot be run here. The expression "nope("' },
])('says what is wrong with $args, and runs nothing', async ({ args, says }) => {
  const { code, stderr, stdout } = await run(...args);
  expect(code).toBe(2);
  expect(stderr).toContain(says);
  expect(stderr).not.toMatch(/^ +at /mu);
  expect(stdout).not.toContain('│ ✓');
});

// As main.ts does before it starts anything.
test.each([
  { args: ['folder'], says: 'folder cannot be read. It is a folder: name the files in it.' },
  { args: ['list.yml'], says: 'list.yml is no workflow that can be run here. The workflow is not' },
  { args: ['container.yml'], says: 'Job "job" has "container", which this step runner does not' },
  { args: ['without.yml'], says: 'without.yml does not use the action' },
  { args: ['renamed.yml'], says: 'Then say --action OWNER/NAME.' },
  { args: ['foreign.yml'], says: 'foreign.yml uses ./ without an operation: that is not this' },
  { args: ['create.yml', '--action', 'keys'], says: '--action takes OWNER/NAME, not "keys".' },
  { args: ['twice.yml'], says: `by several names: me/${ownName}, you/` },
  { args: ['deleted.yml'], says: 'Which event? ' },
  { args: ['deleted.yml'], says: 'Say for example --event delete:feature/cart.\n' },
  { args: ['closed.yml'], says: 'for example --event pull_request:feature/cart:closed.\n' },
  { args: ['release.yml'], says: 'Say for example --event push:refs/tags/v1.\n' },
  { args: ['closed.yml', 'deleted.yml'], says: ':closed, or --event delete:feature/cart.\n' },
  { args: ['issues.yml'], says: 'They are for issues: nothing of it can be tried here.\n' },
  { args: ['deleted.yml', '--event', 'push'], says: 'Say for example --event delete:feature/' },
  { args: ['paths.yml', '--event', 'push'], says: 'The event "push" has no filter "paths", or it' },
  { args: ['create.yml', '--event', 'delete'], says: 'Which branch? Say --event delete:' },
  { args: ['create.yml', '--event', 'push:a:b'], says: '--event takes push:REF, not "push:a:b".' },
  { args: ['create.yml', '--input', 'a=b'], says: 'No input "a" is declared under workflow_dis' },
  { args: ['dispatch.yml', '--input', 'a=b'], says: 'these are: who.' },
  { args: ['create.yml', '--secret', 'cxup_real'], says: '--secret takes NAME=VALUE.\n' },
  { args: ['create.yml', '--nope'], says: "Unknown option '--nope'" },
])('has a sentence for $args', async ({ args, says }) => {
  const plan = async (): Promise<unknown> => {
    const command = parseCommand(args);
    if (command.kind === 'help') return undefined;
    const { files: paths, action } = command;
    return planned(await Promise.all(paths.map((p) => readSource(p, folder, action))), command);
  };
  const thrown = await plan().catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(Mistake);
  expect(`${(thrown as Mistake).message}\n`).toContain(says);
});

test('--help tells every option that there is, and ends well', async () => {
  const { code, stdout } = await run('--help');
  const source = await readFile(
    new URL('../../../tools/workflow/command-line.ts', import.meta.url),
    'utf8',
  );
  const declared = /options: \{([\s\S]*?)\n {6}\}/u.exec(source)?.[1] ?? '';
  const options = [...declared.matchAll(/^ +'?([a-z-]+)'?: /gmu)].map(([, name]) => `--${name}`);
  expect(options.length).toBeGreaterThan(5);
  for (const option of options) expect(stdout).toContain(option);
  expect(code).toBe(0);
});
