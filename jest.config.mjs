import { availableParallelism } from 'node:os';

// What is tested ships for Node 24 alone (`runs.using: node24`), and uses what older ones do not have. `npm
// test` finds that one in node_modules/, whichever Node.js npm itself runs on; where it is missing, tests
// would fail that have nothing to do with it.
if (!process.versions.node.startsWith('24.')) {
  throw new Error(
    `The tests run on Node 24, as the action does, and this is ${process.version}. Use "npm test"; if that ` +
      'says so too, npm was told to run no install scripts: run "npm rebuild node".',
  );
}

/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/__tests__'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  // The project's own sources are TypeScript with `.ts` in their import paths, so no name has to be
  // mapped; packages are loaded as they were published.
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } },
    ],
  },
  // What hangs ends some time. How fast a machine is must not decide: one that is kept busy takes ten times as long.
  testTimeout: 180_000,
  // Many tests wait for child processes and sockets, so one worker for each core would leave some of
  // them idle. A number: jest takes no more than 100 %.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
};
