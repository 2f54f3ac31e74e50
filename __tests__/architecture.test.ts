import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { ESLint, type Linter } from 'eslint';
import tseslint from 'typescript-eslint';

// Other modules that are loaded by their path, as they have no types.
const config = (await import(pathToFileURL(join(process.cwd(), 'eslint.config.mjs')).href)) as {
  readonly default: readonly Linter.Config[];
  readonly walls: readonly Linter.Config[];
};

/** ESLint without the rules that need types, so that a text can stand for a file that does not exist. */
function wallsOnly(...more: Linter.Config[]): ESLint {
  const parser = { files: ['**/*.ts'], languageOptions: { parser: tseslint.parser } };
  return new ESLint({
    overrideConfigFile: true,
    overrideConfig: [parser, ...config.walls, ...more],
  });
}

const eslint = wallsOnly();

async function faults(code: string, filePath: string): Promise<readonly string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages.map(({ message }) => message) ?? [];
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
  ['src/coralogix/channel.ts', '@grpc/grpc-js', true],
  ['src/coralogix/codec.ts', '@grpc/proto-loader', true],
  ['src/coralogix/no-reflection.ts', 'protobufjs', true],
  ['src/coralogix/keys.ts', '@grpc/grpc-js', false],
  ['src/coralogix/keys.ts', '@grpc/grpc-js/build/src/metadata', false],
  ['src/coralogix/messages.ts', 'protobufjs', false],
  ['src/main.ts', '@grpc/grpc-js', false],
  ['src/step/outputs.ts', '@grpc/grpc-js', false],
  ['src/github/client.ts', '@grpc/grpc-js', false],

  ['src/step/outputs.ts', '@actions/core', true],
  ['src/main.ts', '@actions/core', false],
  ['src/coralogix/channel.ts', '@actions/core', false],
  ['src/github/client.ts', '@actions/core', false],
  ['src/inputs/fields.ts', '@actions/core', false],
  ['src/operations/create.ts', '@actions/core', false],

  ['src/github/client.ts', '@actions/github', true],
  ['src/github/client.ts', '@octokit/core', true],
  ['src/main.ts', '@actions/github', false],
  ['src/step/outputs.ts', '@actions/github', false],
  ['src/coralogix/channel.ts', '@octokit/core', false],
  ['src/operations/prune.ts', '@actions/github', false],

  ['src/operations/create.ts', '../ports.ts', true],
  ['src/operations/create.ts', '../text.ts', true],
  ['src/operations/create.ts', './find.ts', true],
  ['src/operations/create.ts', 'node:fs', false],
  ['src/operations/create.ts', 'fs', false],
  ['src/operations/create.ts', 'node:timers/promises', false],
  ['src/operations/create.ts', 'any-package', false],
  ['src/operations/create.ts', '../step/outputs.ts', false],
  ['src/operations/create.ts', '../coralogix/channel.ts', false],
  ['src/operations/create.ts', '../github/client.ts', false],
  ['src/operations/create.ts', '../clock.ts', false],
  ['src/operations/deeper/x.ts', 'node:fs', false],
  ['src/coralogix/certificates.ts', 'node:fs', true],

  ['src/main.ts', './local/emulator/index.ts', false],
  ['src/step/outputs.ts', '../local/runner/masks.ts', false],
  ['src/coralogix/channel.ts', '../local/emulator/rpc.ts', false],
  ['src/github/client.ts', '../local/emulator/rpc.ts', false],
  ['src/operations/create.ts', '../local/emulator/rpc.ts', false],
  ['src/local/emulator/index.ts', '../runner/masks.ts', true],

  ['src/main.ts', 'node:module', false],
  ['src/main.ts', 'module', false],
  ['src/main.ts', './locality.ts', true],
  ['src/main.ts', './step/outputs.ts', true],
  ['src/main.ts', './coralogix/channel.ts', true],
];

describe('the walls', () => {
  test.each(table)('%s may import %s: %s', async (file, module, isAllowed) => {
    for (const code of ways(module)) {
      const found = await faults(code, file);
      // Outside src/local/, `require` and an import of something computed are no way at all.
      const isWritten = !code.includes('require') && !code.includes('`');
      const expected = isAllowed && (isWritten || file.startsWith('src/local/'));
      expect([code, found.length === 0]).toEqual([code, expected]);
    }
  });

  test.each([
    'process.exit();',
    'await fetch(url);',
    'setTimeout(work, 1);',
    'console.log(x);',
    'const now = Date.now();',
    'const x = Math.random();',
    'const x = process.getBuiltinModule(name);',
  ])('an operation has no other door to the world: %s', async (code) => {
    expect(await faults(code, 'src/operations/create.ts')).not.toEqual([]);
  });

  test('an import of something computed is none, and no built-in module comes another way', async () => {
    for (const code of [
      'await import(name);',
      "await import('a' + b);",
      'x.getBuiltinModule(y);',
    ]) {
      expect(await faults(code, 'src/main.ts')).not.toEqual([]);
      expect(await faults(code, 'src/local/demo/main.ts')).toEqual([]);
    }
  });

  test('stand in the real tree, and it keeps to them', async () => {
    const outside = wallsOnly({
      ignores: ['src/local/**', '**/*.generated.ts'],
      // It is about a rule that is not loaded here.
      linterOptions: { reportUnusedDisableDirectives: 'off' },
    });
    const results = await outside.lintFiles(['src/**/*.ts']);
    expect(results.length).toBeGreaterThan(60);
    const broken = results.flatMap(({ filePath, messages }) =>
      messages.map(({ line, message }) => `${filePath}:${line}: ${message}`),
    );
    expect(broken).toEqual([]);
  });

  test('are part of what `npm run check` runs', () => {
    for (const wall of config.walls) expect(config.default).toContain(wall);
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
