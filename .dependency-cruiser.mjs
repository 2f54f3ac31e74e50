// Who may import whom: the one place that says it. `npm run check` holds it with dependency-cruiser,
// https://github.com/sverweij/dependency-cruiser; CONTRIBUTING.md has the same as a table.

/** The rooms of `src/`, each with those that it may import besides itself. */
const rooms = {
  core: [],
  names: ['core'],
  network: ['core'],
  inputs: ['core', 'names', 'network'],
  operations: ['core', 'names', 'inputs'],
  coralogix: ['core', 'network'],
  github: ['core', 'names', 'network'],
  runner: ['core', 'names', 'inputs', 'operations'],
};

/** Which packages, and which modules of Node, only one place may import. */
const doors = [
  { name: 'grpc', only: '^src/coralogix/grpc/', what: '^(?:@grpc/|protobufjs(?:/|$))' },
  { name: 'runner', only: '^src/runner/', what: '^@actions/core(?:/|$)' },
  { name: 'github', only: '^src/github/', what: '^(?:@actions/github|@octokit)(?:/|$)' },
  { name: 'encryption', only: '^src/github/', what: '^@serenity-kit/' },
];

const roomRules = Object.entries(rooms).map(([room, allowed]) => ({
  name: `${room}-imports-no-room-above-it`,
  severity: 'error',
  comment: `src/${room}/ may import ${['itself', ...allowed].join(', ')}.`,
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(?:${[room, ...allowed].join('|')})/` },
}));

const doorRules = doors.map(({ name, only, what }) => ({
  name: `${name}-has-one-door`,
  severity: 'error',
  comment: `Only ${only} may import ${what}.`,
  from: { path: '^src/', pathNot: only },
  // A package is found below node_modules, wherever that is.
  to: { path: what.replace('^', '(?:^|node_modules/)') },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Modules that import each other cannot be read, tested or moved one by one.',
      from: {},
      to: { circular: true },
    },
    ...roomRules,
    ...doorRules,
    {
      name: 'operations-have-no-world',
      severity: 'error',
      comment: 'An operation decides through its ports: it has no input or output of its own.',
      from: { path: '^src/operations/' },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg', 'unknown', 'undetermined'] },
    },
    {
      name: 'what-ships-imports-nothing-that-does-not',
      severity: 'error',
      comment: 'tools/ and the tests never ship.',
      from: { path: '^src/' },
      to: { path: '^(?:tools|__tests__|scripts)/' },
    },
    {
      name: 'tools-import-nothing-of-the-action',
      severity: 'error',
      comment: 'What judges the action must not share its mistakes.',
      from: { path: '^tools/' },
      to: { path: '^src/' },
    },
    {
      name: 'emulator-stands-alone',
      severity: 'error',
      comment: 'It is a tool for users, too, and judges all the others.',
      from: { path: '^tools/emulator/' },
      to: { path: '^(?:src|tools)/', pathNot: '^tools/emulator/' },
    },
    {
      name: 'only-what-is-installed-with-the-action',
      severity: 'error',
      comment: 'What is bundled has to be a dependency, so that its advisories are looked at.',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown', 'undetermined'] },
    },
    {
      name: 'nothing-unused',
      severity: 'error',
      comment: 'What the bundle does not reach is forgotten, such as an operation without a row.',
      from: { path: '^src/(?:index|job-end-entry)\\.ts$' },
      to: {
        path: '^src/',
        // The bundler puts the first in; the second enters the bundle.
        pathNot: 'protobufjs-descriptor-stub|job-end-entry',
        reachable: false,
      },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    // An import of a type is one, too: it says whose words a module uses.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
