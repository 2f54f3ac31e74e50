import { availableParallelism } from 'node:os';

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
  testTimeout: 30_000,
  // Many tests wait for child processes and sockets, so one worker for each core would leave some of
  // them idle. A number: jest takes no more than 100 %.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
};
