import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

// What may not be imported, by a regular expression on the text in quotes.
const grpc = {
  regex: '^(?:@grpc/|protobufjs(?:/|$))',
  message: 'Only src/coralogix/grpc/ knows gRPC: go through the Transport.',
};
const actions = {
  regex: '^@actions/core(?:/|$)',
  message: 'Only src/runner/ speaks to the runner: masks, outputs, state, summary, log.',
};
const github = {
  regex: '^(?:@actions/github(?:/|$)|@octokit/)',
  message: 'Only src/github/ speaks to GitHub.',
};
const tools = {
  regex: '(?:^|/)tools/',
  message: 'tools/ never ships: the action imports nothing of it.',
};
const otherDoors = {
  regex: '^(?:node:)?module$',
  message: 'An import is written as one, so that the walls hold.',
};
const io = {
  // The other way round: all that an operation needs, and nothing else.
  regex: String.raw`^(?!\./|\.\./(?:core/(?:failure|ports|request|secret|text)|names/[a-z-]+)\.ts$)`,
  message: 'An operation decides through its ports: it has no I/O of its own.',
};

/** Imports that `no-restricted-imports` does not see. */
const isHidden = [
  {
    selector: "ImportExpression[source.type!='Literal']",
    message: 'What is imported must be written down, so that the walls hold.',
  },
  { selector: "CallExpression[callee.name='require']", message: otherDoors.message },
  { selector: "Identifier[name='getBuiltinModule']", message: otherDoors.message },
];

/**
 * A wall: the files in which the named imports are forbidden, written in whatever way.
 *
 * @param {string[]} files which files the wall stands in
 * @param {{ regex: string, message: string }[]} forbidden what may not be imported there
 * @param {object} rules what else holds there
 */
const wall = (files, forbidden, rules = {}) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: [...forbidden, otherDoors] }],
    'no-restricted-syntax': [
      'error',
      ...isHidden,
      ...[...forbidden, otherDoors].map(({ regex, message }) => ({
        selector: `ImportExpression[source.value=/${regex.replaceAll('/', String.raw`\u002f`)}/]`,
        message,
      })),
    ],
    ...rules,
  },
});

/** Time and chance come through the ports, so that a test can choose them. */
const noWorld = {
  'no-restricted-globals': [
    'error',
    ...['process', 'console', 'fetch', 'performance', 'crypto', 'queueMicrotask'],
    ...['setTimeout', 'setInterval', 'setImmediate'],
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now' },
    { object: 'Math', property: 'random' },
  ],
};

// Later entries replace earlier ones for the same file, so each names all that it forbids.
export const walls = [
  wall(['src/**/*.ts'], [grpc, actions, github, tools]),
  wall(['src/coralogix/grpc/**/*.ts'], [actions, github, tools]),
  wall(['src/runner/**/*.ts'], [grpc, github, tools]),
  wall(['src/github/**/*.ts'], [grpc, actions, tools]),
  wall(['src/operations/**/*.ts'], [grpc, actions, github, tools, io], noWorld),
];

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
  ...walls,
  { files: ['tools/**/*.ts'], rules: { 'no-console': 'off' } },
);
