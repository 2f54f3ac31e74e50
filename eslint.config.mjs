import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Imports that the check of rooms does not see: who may import whom stands in .dependency-cruiser.mjs.
 * What is imported must be written down, so that it holds.
 */
const noHiddenImports = {
  files: ['src/**/*.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      { patterns: [{ regex: '^(?:node:)?module$', message: 'An import is written as one.' }] },
    ],
    'no-restricted-syntax': [
      'error',
      ...[
        "ImportExpression[source.type!='Literal']",
        'ImportExpression[source.value=/^(?:node:)?module$/]',
        "CallExpression[callee.name='require']",
        "Identifier[name='getBuiltinModule']",
      ].map((selector) => ({ selector, message: 'An import is written as one.' })),
    ],
  },
};

/** Time and chance come through the ports, so that a test can choose them. */
const noWorld = {
  files: ['src/operations/**/*.ts'],
  rules: {
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
  },
};

/** What the tests try one by one. */
export const walls = [noHiddenImports, noWorld];

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
