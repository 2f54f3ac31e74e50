import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

const grpc = {
  group: ['@grpc/*', 'protobufjs', 'protobufjs/*'],
  message: 'Only src/coralogix/channel.ts and codec.ts know gRPC: go through the Transport.',
};
const actions = {
  group: ['@actions/core'],
  message: 'Only src/step/ speaks to the runner: masks, outputs, state, summary, log.',
};
const github = {
  group: ['@actions/github', '@octokit/*'],
  message: 'Only src/github/ speaks to GitHub.',
};
const local = {
  group: ['**/local/**'],
  message: 'src/local/ is for trying the action without an account: nothing outside imports it.',
};
const io = {
  group: [
    'node:fs',
    'node:fs/*',
    'node:net',
    'node:tls',
    'node:http',
    'node:https',
    'node:http2',
    'node:dns',
    'node:child_process',
    'node:timers',
    'node:timers/*',
    'node:process',
    '**/step/**',
    '**/coralogix/channel*',
  ],
  message: 'An operation decides through its ports: it has no I/O of its own.',
};

/**
 * A wall: the files in which the named imports are forbidden.
 *
 * @param {string[]} files which files the wall stands in
 * @param {object[]} patterns what may not be imported there
 * @param {string[]} ignores files that are allowed through
 */
const wall = (files, patterns, ignores = []) => ({
  files,
  ignores,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

export default tseslint.config(
  { ignores: ['node_modules/', 'build/', 'dist/', 'coverage/', '**/*.generated.ts'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // A reader that returns what notes a problem, and with it `undefined`, is meant that way.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { Buffer: 'readonly', process: 'readonly', console: 'readonly', URL: 'readonly' },
    },
  },
  // The walls. Later entries replace earlier ones for the same file, so each names all that it forbids.
  wall(['src/**/*.ts'], [grpc, actions, github, local]),
  wall(['src/coralogix/{channel,codec,no-reflection}.ts'], [actions, github, local]),
  wall(['src/step/**/*.ts'], [grpc, github, local]),
  wall(['src/github/**/*.ts'], [grpc, actions, local]),
  wall(['src/operations/**/*.ts'], [grpc, actions, github, local, io]),
  { files: ['src/local/**/*.ts'], rules: { 'no-restricted-imports': 'off', 'no-console': 'off' } },
);
