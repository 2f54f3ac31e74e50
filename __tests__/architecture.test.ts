import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from '@jest/globals';

interface Snippet {
  readonly code: string;
  readonly filePath: string;
}

/** What `lint-walls.mjs` prints. */
interface Linted {
  /** What is wrong with each of the snippets. */
  readonly snippets: readonly (readonly string[])[];
  readonly tree: readonly { readonly filePath: string; readonly messages: readonly string[] }[];
  /** Whether `eslint .` knows the walls. */
  readonly isChecked: boolean;
}

async function linted(snippets: readonly Snippet[]): Promise<Linted> {
  const program = join('__tests__', 'support', 'lint-walls.mjs');
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(snippets));
  return JSON.parse(await text(child.stdout)) as Linted;
}

/** Every way of importing a module. */
function ways(module: string): readonly string[] {
  return [
    `import x from '${module}';`,
    `import { x } from '${module}';`,
    `import * as x from '${module}';`,
    `import type { x } from '${module}';`,
    `import '${module}';`,
    `export { x } from '${module}';`,
    `export * from '${module}';`,
    `const x = await import('${module}');`,
    `const x = await import(\`${module}\`);`,
    `const x = require('${module}');`,
  ];
}

/** What the walls keep apart: where, what, and whether it may be. */
const table: readonly (readonly [string, string, boolean])[] = [
  ['src/coralogix/grpc/channel.ts', '@grpc/grpc-js', true],
  ['src/coralogix/grpc/codec.ts', '@grpc/proto-loader', true],
  ['src/coralogix/grpc/protobufjs-descriptor-stub.ts', 'protobufjs', true],
  ['src/coralogix/keys.ts', '@grpc/grpc-js', false],
  ['src/coralogix/keys.ts', '@grpc/grpc-js/build/src/metadata', false],
  ['src/coralogix/messages.ts', 'protobufjs', false],
  ['src/main.ts', '@grpc/grpc-js', false],
  ['src/runner/outputs.ts', '@grpc/grpc-js', false],
  ['src/github/client.ts', '@grpc/grpc-js', false],

  ['src/runner/outputs.ts', '@actions/core', true],
  ['src/main.ts', '@actions/core', false],
  ['src/coralogix/grpc/channel.ts', '@actions/core', false],
  ['src/github/client.ts', '@actions/core', false],
  ['src/inputs/fields.ts', '@actions/core', false],
  ['src/operations/create.ts', '@actions/core', false],

  ['src/github/client.ts', '@actions/github', true],
  ['src/github/client.ts', '@octokit/core', true],
  ['src/main.ts', '@actions/github', false],
  ['src/runner/outputs.ts', '@actions/github', false],
  ['src/coralogix/grpc/channel.ts', '@octokit/core', false],
  ['src/operations/prune.ts', '@actions/github', false],

  ['src/operations/create.ts', '../core/ports.ts', true],
  ['src/operations/create.ts', '../core/text.ts', true],
  ['src/operations/create.ts', './find.ts', true],
  ['src/operations/create.ts', 'node:fs', false],
  ['src/operations/create.ts', 'fs', false],
  ['src/operations/create.ts', 'node:timers/promises', false],
  ['src/operations/create.ts', 'any-package', false],
  ['src/operations/create.ts', '../runner/outputs.ts', false],
  ['src/operations/create.ts', '../coralogix/grpc/channel.ts', false],
  ['src/operations/create.ts', '../github/client.ts', false],
  ['src/operations/create.ts', '../core/clock.ts', false],
  ['src/operations/deeper/x.ts', 'node:fs', false],
  ['src/network/certificates.ts', 'node:fs', true],

  ['src/main.ts', '../tools/emulator/index.ts', false],
  ['src/runner/outputs.ts', '../../tools/job-runner/masks.ts', false],
  ['src/coralogix/grpc/channel.ts', '../../../tools/emulator/rpc.ts', false],
  ['src/github/client.ts', '../../tools/emulator/rpc.ts', false],
  ['src/operations/create.ts', '../../tools/emulator/rpc.ts', false],

  ['src/main.ts', 'node:module', false],
  ['src/main.ts', 'module', false],
  ['src/main.ts', './toolshed.ts', true],
  ['src/main.ts', './runner/outputs.ts', true],
  ['src/main.ts', './coralogix/grpc/channel.ts', true],
];

const doors = [
  'process.exit();',
  'await fetch(url);',
  'setTimeout(work, 1);',
  'console.log(x);',
  'const now = Date.now();',
  'const x = Math.random();',
  'const x = process.getBuiltinModule(name);',
];

const computed = ['await import(name);', "await import('a' + b);", 'x.getBuiltinModule(y);'];

describe('the walls', () => {
  let found: Linted = { snippets: [], tree: [], isChecked: false };
  const known = new Map<string, number>();

  /** What is wrong with a text, if it stood in a file. */
  const faults = (code: string, filePath: string): readonly string[] => {
    const messages = found.snippets[known.get(`${filePath}: ${code}`) ?? -1];
    if (messages === undefined) throw new Error(`this was not looked at: ${code}`);
    return messages;
  };

  beforeAll(async () => {
    const snippets = [
      ...table.flatMap(([filePath, module]) => ways(module).map((code) => ({ code, filePath }))),
      ...doors.map((code) => ({ code, filePath: 'src/operations/create.ts' })),
      ...['src/main.ts', 'tools/demo/main.ts'].flatMap((filePath) =>
        computed.map((code) => ({ code, filePath })),
      ),
    ];
    for (const [index, { code, filePath }] of snippets.entries()) {
      known.set(`${filePath}: ${code}`, index);
    }
    found = await linted(snippets);
  });

  test.each(table)('%s may import %s: %s', (file, module, isAllowed) => {
    for (const code of ways(module)) {
      // `require` and an import of something computed are no way at all.
      const isWritten = !code.includes('require') && !code.includes('`');
      const expected = isAllowed && isWritten;
      expect([code, faults(code, file).length === 0]).toEqual([code, expected]);
    }
  });

  test.each(doors)('an operation has no other door to the world: %s', (code) => {
    expect(faults(code, 'src/operations/create.ts')).not.toEqual([]);
  });

  test.each(computed)('what is imported is written down: %s is no way', (code) => {
    expect(faults(code, 'src/main.ts')).not.toEqual([]);
    expect(faults(code, 'tools/demo/main.ts')).toEqual([]);
  });

  test('stand in the real tree, and it keeps to them', () => {
    expect(found.tree.length).toBeGreaterThan(60);
    expect(found.tree.filter(({ messages }) => messages.length > 0)).toEqual([]);
  });

  test('are part of what `npm run check` runs', () => {
    expect(found.isChecked).toBe(true);
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    expect(scripts['check']).toMatch(/\beslint \. --max-warnings 0\b/u);
    // And the wire contract with it.
    expect(scripts['check']).toContain('node scripts/descriptor.mjs --check');
  });

  test('are climbed over nowhere by a comment', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' });
    const sources = files
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join('src', name), 'utf8'));
    const comments = sources.flatMap((source) => source.match(/eslint-disable[^\n]*/gu) ?? []);
    // Each of the others says why, and is for one line.
    expect(comments.filter((comment) => !/-next-line [\w@/-]+ -- /u.test(comment))).toEqual([]);
    expect(comments.filter((comment) => comment.includes('no-restricted'))).toEqual([]);
  });
});
