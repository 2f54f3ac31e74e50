import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

/**
 * Follows the list "Add an operation" of CONTRIBUTING.md in a copy of this folder, with an operation
 * that is made up, and forgets one part of it at a time.
 */

const operation = `import { all, ok, type Result } from '../core/result.ts';
import { quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { readTeamFilter } from './key-selector.ts';
import type { Operation } from './operation.ts';

/** Says a name, and the team. */
export interface EchoRequest {
  readonly operation: 'echo';
  readonly name: string | undefined;
  readonly team: { readonly teamId?: number };
}

/** @param inputs the step's inputs */
export function readEcho(inputs: Inputs): Result<EchoRequest> {
  return all({ operation: ok('echo'), name: inputs.exactName(), team: readTeamFilter(inputs) });
}

/** Says a name, and the team. */
export const echo: Operation<EchoRequest> = ({ name = '', team }) =>
  Promise.resolve({
    sentence: \`You said \${quote(name)} of \${String(team.teamId)}.\`,
    gist: 'said',
    created: false,
    changed: false,
    keyIds: [],
  });
`;

const row = {
  inputs: "    inputs: ['name', 'environment', 'team_id'],\n",
  read: '    read: readEcho,\n',
  perform: '    perform: echo,\n',
  mayBeginWithCreate: '    mayBeginWithCreate: false,\n',
};

const rowText = (some: typeof row, name = 'echo'): string =>
  `  ...row('${name}', {\n${Object.values(some).join('')}  }),\n`;

/** Rows, in the table's file. */
const withRows =
  (...rows: readonly string[]) =>
  (text: string): string =>
    text
      .replace('import { ensure', "import { echo, readEcho } from './echo.ts';\nimport { ensure")
      .replace("  ...row('prune'", `${rows.join('')}  ...row('prune'`);

/** The parts of the list, each a file and what becomes of it. */
const parts: Readonly<Record<string, (text: string) => string>> = {
  'src/operations/echo.ts': () => operation,
  'src/operations/index.ts': withRows(rowText(row)),
  'action.yml': (text) =>
    text.replace('ensure, rotate or prune.', 'ensure, rotate, echo or prune.'),
  'README.md': (text) => text.replace(/^\| undo `deactivate` /mu, '| say a name | `echo` | |\n$&'),
  'action-types.yml': (text) => text.replace('      - rotate\n', '      - rotate\n      - echo\n'),
  '.github/ISSUE_TEMPLATE/bug.yml': (text) =>
    text.replace(/^( *)- rotate\n/mu, '$1- rotate\n$1- echo\n'),
  '__tests__/inputs/declared.test.ts': (text) =>
    text.replace(
      "  prune: { name: 'my-app/{branch}' },",
      "  prune: { name: 'my-app/{branch}' },\n  echo: { name: 'n' },",
    ),
};

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the project, with some of the parts changed. */
function project(changes: Readonly<Record<string, (text: string) => string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'echo-'));
  folders.push(folder);
  const isLeft = /^(?:node_modules|\.git|build|coverage)$/u;
  for (const name of readdirSync('.').filter((each) => !isLeft.test(each))) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'), 'junction');
  for (const [file, change] of Object.entries(changes)) {
    const path = join(folder, file);
    const before = file === 'src/operations/echo.ts' ? '' : readFileSync(path, 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`Nothing was changed in ${file}.`);
    writeFileSync(path, after);
  }
  return folder;
}

/** Runs a program of a package in a folder; gives all that it prints. */
function run(
  folder: string,
  program: string,
  ...args: readonly string[]
): Promise<{ code: number; text: string }> {
  const script = join(process.cwd(), 'node_modules', program);
  const options = { cwd: folder, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--experimental-vm-modules', '--no-warnings', script, ...args],
      options,
      (_error, out, err) => {
        resolve({ code: child.exitCode ?? 1, text: out + err });
      },
    );
  });
}

const compiler = (folder: string) =>
  run(folder, 'typescript/bin/tsc', '--noEmit', '--project', 'tsconfig.build.json');
const rooms = (folder: string) =>
  run(
    folder,
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.mjs',
    'src',
  );
const pages = (folder: string) =>
  run(
    folder,
    'jest/bin/jest.js',
    ...['readme.test', 'inputs/declared.test', 'action-types.test', 'issue-forms.test'],
    ...['--maxWorkers', '1'],
  );

/** What stands in the list of CONTRIBUTING.md. */
const list = (): string => {
  const text = readFileSync('CONTRIBUTING.md', 'utf8');
  return text.slice(text.indexOf('## Add an operation'), text.indexOf('## Add an input'));
};

test('CONTRIBUTING names each file that a new operation takes', () => {
  const named = [...list().matchAll(/`([\w./-]+\.(?:ts|yml|md))`/gu)].map(([, file = '']) =>
    file.replace('NAME', 'echo'),
  );
  expect(named).toEqual(Object.keys(parts));
});

describe('an operation that is made up', () => {
  let whole = '';
  beforeAll(() => {
    whole = project(parts);
  });

  test('passes the compiler, the check of rooms and the tests of the pages', async () => {
    const [types, graph] = [await compiler(whole), await rooms(whole)];
    expect([types.code, types.text]).toEqual([0, '']);
    expect([graph.code, graph.text]).toEqual([
      0,
      expect.stringContaining('no dependency violations'),
    ]);
    const told = await pages(whole);
    expect(told.code === 0 ? '' : told.text).toBe('');
  });

  test('without a part of its row: the compiler tells, for each part', async () => {
    const forgotten = Object.keys(row) as (keyof typeof row)[];
    // A row for each part that can be forgotten, and one under a name that is not its own.
    const rows = forgotten.map((part) => rowText({ ...row, [part]: '' }));
    const folder = project({
      ...parts,
      'src/operations/index.ts': withRows(...rows, rowText(row, 'ecco')),
    });
    const { text } = await compiler(folder);
    const lines = readFileSync(join(folder, 'src/operations/index.ts'), 'utf8').split('\n');
    const told = new Set(
      [...text.matchAll(/^src\/operations\/index\.ts\((\d+),/gmu)].map(([, line]) => {
        const before = lines.slice(0, Number(line)).join('\n');
        return before.split("...row('").length;
      }),
    );
    const first = lines.join('\n').split("...row('ec", 1).join('').split("...row('").length;
    for (const index of [...rows, ''].keys())
      expect([index, told.has(first + index + 1)]).toEqual([index, true]);
  });

  test('without a row at all: the check of rooms tells', async () => {
    const { code, text } = await rooms(project({ 'src/operations/echo.ts': () => operation }));
    expect(code).not.toBe(0);
    expect(text).toContain('nothing-unused: src/operations/echo.ts');
  });

  test('without inputs that are right for it: the compiler tells', async () => {
    const file = '__tests__/inputs/declared.test.ts';
    const rest = Object.entries(parts).filter(([name]) => name !== file);
    const folder = project(Object.fromEntries(rest));
    const settings = { extends: './tsconfig.json', include: [file] };
    writeFileSync(join(folder, 'tsconfig.build.json'), JSON.stringify(settings));
    const { text } = await compiler(folder);
    expect(text).toContain(`${file}(`);
    expect(text).toContain("Property 'echo' is missing");
  });

  test.each(['action.yml', 'README.md', 'action-types.yml', '.github/ISSUE_TEMPLATE/bug.yml'])(
    'without %s: the tests of the pages tell',
    async (file) => {
      const rest = Object.entries(parts).filter(([name]) => name !== file);
      const { code, text } = await pages(project(Object.fromEntries(rest)));
      expect(code).not.toBe(0);
      expect(text).toContain('echo');
    },
  );
});
