import { execFile, spawn } from 'node:child_process';
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
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A copy of what the check of rooms looks at, to plant faults in. */
function scratchTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rooms-'));
  folders.push(folder);
  for (const name of ['src', 'tools', 'package.json', 'tsconfig.json', '.dependency-cruiser.mjs']) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'), 'junction');
  return folder;
}

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

/** Runs the check as `npm run check` does, in some folder. */
async function violationsIn(folder: string): Promise<readonly Violation[]> {
  const program = join(
    process.cwd(),
    'node_modules',
    'dependency-cruiser',
    'bin',
    'dependency-cruise.mjs',
  );
  const args = [
    program,
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    'src',
    'tools',
  ];
  const json = await new Promise<string>((resolve, reject) => {
    execFile(
      process.execPath,
      args,
      { cwd: folder, maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => {
        // It exits with the number of violations.
        if (stdout === '') reject(error ?? new Error(stderr));
        else resolve(stdout);
      },
    );
  });
  const { summary } = JSON.parse(json) as { summary: { violations: readonly Violation[] } };
  return summary.violations;
}

/** Every way of importing a module that is no way around the check. */
const ways: readonly ((module: string) => string)[] = [
  (module) => `import x from '${module}';`,
  (module) => `import type { x } from '${module}';`,
  (module) => `import '${module}';`,
  (module) => `export * from '${module}';`,
  (module) => `const x = await import('${module}');`,
];

/** Where, what, and the rule against it; undefined where it may be. */
const table: readonly (readonly [string, string, string | undefined])[] = [
  ['src/coralogix/grpc', '@grpc/grpc-js', undefined],
  ['src/coralogix/grpc', 'protobufjs', undefined],
  ['src/coralogix', '@grpc/grpc-js', 'grpc-has-one-door'],
  ['src/coralogix', 'protobufjs', 'grpc-has-one-door'],
  ['src', '@grpc/proto-loader', 'grpc-has-one-door'],
  ['src/github', '@grpc/grpc-js', 'grpc-has-one-door'],
  ['src/runner', '@actions/core', undefined],
  ['src', '@actions/core', 'runner-has-one-door'],
  ['src/inputs', '@actions/core', 'runner-has-one-door'],
  ['src/github', '@actions/github', undefined],
  ['src', '@actions/github', 'github-has-one-door'],
  ['src/runner', '@serenity-kit/noble-sodium', 'encryption-has-one-door'],
  ['src/operations', '@actions/core', 'operations-have-no-world'],
  ['src/operations', 'node:fs', 'operations-have-no-world'],
  ['src/operations', 'fs', 'operations-have-no-world'],
  ['src/operations', 'node:timers/promises', 'operations-have-no-world'],
  ['src/network', 'node:fs', undefined],
  ['src/operations', '../core/ports.ts', undefined],
  ['src/operations', '../inputs/inputs.ts', undefined],
  ['src/operations', '../runner/outputs.ts', 'operations-imports-no-room-above-it'],
  ['src/operations', '../coralogix/keys.ts', 'operations-imports-no-room-above-it'],
  ['src/operations', '../github/client.ts', 'operations-imports-no-room-above-it'],
  ['src/core', '../names/template.ts', 'core-imports-no-room-above-it'],
  ['src/names', '../inputs/inputs.ts', 'names-imports-no-room-above-it'],
  ['src/network', '../names/template.ts', 'network-imports-no-room-above-it'],
  ['src/inputs', '../operations/index.ts', 'inputs-imports-no-room-above-it'],
  ['src/coralogix', '../github/client.ts', 'coralogix-imports-no-room-above-it'],
  ['src/github', '../coralogix/keys.ts', 'github-imports-no-room-above-it'],
  ['src/runner', '../github/client.ts', 'runner-imports-no-room-above-it'],
  ['src', '../tools/emulator/index.ts', 'what-ships-imports-nothing-that-does-not'],
  ['src/github', '../../tools/emulator/rpc.ts', 'what-ships-imports-nothing-that-does-not'],
  ['tools/job-runner', '../../src/core/text.ts', 'tools-import-nothing-of-the-action'],
  ['tools/emulator', '../job-runner/masks.ts', 'emulator-stands-alone'],
  ['tools/demo', '../emulator/index.ts', undefined],
  ['src', 'yaml', 'only-what-is-installed-with-the-action'],
  ['src', 'no-such-package', 'only-what-is-installed-with-the-action'],
  ['src/core', './no-such-file.ts', 'resolvable'],
];

describe('the rooms', () => {
  const found = new Map<string, Set<string>>();
  let tree: readonly Violation[] = [];

  beforeAll(async () => {
    const planted = scratchTree();
    for (const [index, [room, module]] of table.entries()) {
      for (const [way, write] of ways.entries()) {
        writeFileSync(join(planted, room, `planted-${index}-${way}.ts`), write(module));
      }
    }
    const cycle = (other: string): string =>
      `import { x } from './${other}.ts';\nexport const x = 1;`;
    writeFileSync(join(planted, 'src/core/planted-one.ts'), cycle('planted-other'));
    writeFileSync(join(planted, 'src/core/planted-other.ts'), cycle('planted-one'));
    const [real, violations] = await Promise.all([
      violationsIn(process.cwd()),
      violationsIn(planted),
    ]);
    tree = real;
    for (const { from, rule } of violations) {
      found.set(from, (found.get(from) ?? new Set()).add(rule.name));
    }
  });

  test('keep to the rules, in the real tree', () => {
    expect(tree).toEqual([]);
  });

  test.each(table)('%s may import %s, or the rule against it is %s', (room, module, rule) => {
    const index = table.findIndex(([from, to]) => from === room && to === module);
    for (const way of ways.keys()) {
      const rules = new Set(found.get(`${room}/planted-${index}-${way}.ts`));
      // None of them is imported by anybody.
      rules.delete('nothing-unused');
      if (rule === undefined) expect([way, [...rules]]).toEqual([way, []]);
      else expect([way, [...rules]]).toEqual([way, expect.arrayContaining([rule])]);
    }
  });

  test('let no modules import each other', () => {
    expect(found.get('src/core/planted-one.ts')).toContain('no-cycle');
  });

  test('hold nothing that the bundle does not reach', () => {
    const unused = [...found]
      .filter(([, rules]) => rules.has('nothing-unused'))
      .map(([from]) => from);
    expect(unused).toContain('src/core/planted-one.ts');
  });

  test('are part of what `npm run check` holds', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(scripts['check']).toContain('depcruise --config .dependency-cruiser.mjs src tools');
    expect(scripts['check']).toMatch(/\beslint \. --max-warnings 0\b/u);
    // And the wire contract with it.
    expect(scripts['check']).toContain('node scripts/descriptor.mjs --check');
  });
});

/** What `lint-walls.mjs` prints. */
interface Linted {
  /** What is wrong with each of the snippets. */
  readonly snippets: readonly (readonly string[])[];
  /** Whether `eslint .` knows the walls. */
  readonly isChecked: boolean;
}

const doors = [
  'process.exit();',
  'await fetch(url);',
  'setTimeout(work, 1);',
  'console.log(x);',
  'const now = Date.now();',
  'const x = Math.random();',
  'const x = process.getBuiltinModule(name);',
];

const hidden = [
  'await import(name);',
  "await import('a' + b);",
  'await import(`node:fs`);',
  'x.getBuiltinModule(y);',
  "const x = require('node:fs');",
  "import { createRequire } from 'node:module';",
  "await import('module');",
];

describe('the ways around the rooms', () => {
  let linted: Linted = { snippets: [], isChecked: false };

  beforeAll(async () => {
    const snippets = [
      ...doors.map((code) => ({ code, filePath: 'src/operations/create.ts' })),
      ...hidden.flatMap((code) => [
        { code, filePath: 'src/main.ts' },
        { code, filePath: 'tools/demo/main.ts' },
      ]),
    ];
    const program = join('__tests__', 'support', 'lint-walls.mjs');
    const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.end(JSON.stringify(snippets));
    linted = JSON.parse(await text(child.stdout)) as Linted;
  });

  test.each(doors)('an operation has no other door to the world: %s', (code) => {
    expect(linted.snippets[doors.indexOf(code)]).not.toEqual([]);
  });

  test.each(hidden)('what is imported is written down: %s is no way', (code) => {
    const at = doors.length + 2 * hidden.indexOf(code);
    expect(linted.snippets[at]).not.toEqual([]);
    expect(linted.snippets[at + 1]).toEqual([]);
  });

  test('are closed in what `eslint .` holds', () => {
    expect(linted.isChecked).toBe(true);
  });

  test('are opened nowhere by a comment', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
    const sources = files
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join('src', name), 'utf8'));
    const comments = sources.flatMap((source) => source.match(/eslint-disable[^\n]*/gu) ?? []);
    // Each of the others says why, and is for one line.
    expect(comments.filter((comment) => !/-next-line [\w@/-]+ -- /u.test(comment))).toEqual([]);
    expect(comments.filter((comment) => comment.includes('no-restricted'))).toEqual([]);
    // Neither is the check of rooms told to look away.
    expect(sources.filter((source) => source.includes('dependency-cruiser'))).toEqual([]);
  });
});
