/** Something else that runs a command, or would notice that it does not work: a text in a file. */
export interface Elsewhere {
  readonly why: string;
  readonly file: string;
  readonly says: string;
}

const inCi = (says: string): Elsewhere => ({
  ...{ why: 'takes as long as the whole of it', file: '.ci/run', says },
});

/** Pages of which every block of commands is run by a test of their own. */
export const pagesElsewhere: Readonly<Record<string, Elsewhere>> = {
  'docs/runbooks.md': {
    why: 'its commands need a key that has leaked',
    file: '__tests__/e2e/runbooks.test.ts',
    says: "const commands = blocks('sh');",
  },
};

const ofOwner: Elsewhere = {
  why: 'changes files all over; it is run in a copy',
  file: '__tests__/repository/owner.test.ts',
  says: "test('leaves no placeholder, and changes nothing else'",
};

/** The tests that make a page, or compare it with what they have seen. */
const ofPages = Object.fromEntries(
  [
    ...['errors-page', 'e2e/matrix', 'operations/stored-values', 'operations/whose-keys'],
    ...['e2e/job-end', 'e2e/proof'],
  ].flatMap((name) => {
    const how = inCi('npm test -- --ci');
    const why = 'is a part of the tests; to write the page would hide a difference';
    return [`npm test -- ${name}`, `UPDATE_DOCS=1 npm test -- ${name}`].map((command) => [
      command,
      { ...how, why },
    ]);
  }),
);

/** Commands that are not run here. */
export const elsewhere: Readonly<Record<string, Elsewhere>> = {
  ...ofPages,
  'npm ci': inCi("step 'npm ci' npm ci"),
  'npm test': inCi('npm test -- --ci'),
  'npm run check': inCi('npm run check'),
  'npm run demo': inCi('npm run demo -- --all'),
  'npm run build': inCi('node scripts/build.mjs --check'),
  'npm ci && npm run demo': inCi('npm run demo -- --all'),
  'npm ci && npm test': inCi('npm test -- --ci'),
  'npm ci && node scripts/build.mjs --check': inCi('node scripts/build.mjs --check'),
  'npm run format': {
    why: 'changes files; the check asks the same two programs',
    file: 'package.json',
    says: '"check": "prettier --check . && eslint . --max-warnings 0',
  },
  'npm run owner -- OWNER/REPOSITORY': ofOwner,
  'npm run owner -- OWNER/REPOSITORY @REVIEWER': ofOwner,
  'npm run pictures': {
    why: 'needs Chromium; that the pictures are of the committed text is tested',
    file: '__tests__/e2e/pictures.test.ts',
    says: 'run `npm run pictures` where it is not',
  },
  'npm run bench': {
    why: 'takes minutes, and measures nothing on a machine that is busy with tests',
    file: '__tests__/tools/benchmark/measure.test.ts',
    says: "test('",
  },
  'npm run bench -- --json figures.json': {
    why: 'as above',
    file: '__tests__/tools/benchmark/page.test.ts',
    says: 'it measures at least 15 rounds',
  },
  'npm run bench -- --write': {
    why: 'as above, and changes a page',
    file: '__tests__/tools/benchmark/page.test.ts',
    says: 'the tables take the place of those that the document holds',
  },
  'npm run conformance': {
    why: 'has a test of its own',
    file: '__tests__/tools/conformance/main.test.ts',
    says: 'without an account it asks an emulator of its own',
  },
  'CORALOGIX_API_KEY=… CORALOGIX_REGION=EU2 CORALOGIX_TEAM_ID=… npm run conformance': {
    why: 'needs an account; with these variables it is tested on an emulator',
    file: '__tests__/tools/conformance/main.test.ts',
    says: 'in an account it leaves other keys alone',
  },
  'act push -P ubuntu-latest=-self-hosted -s CORALOGIX_API_KEY=KEY --var CORALOGIX_ENDPOINT=https://localhost:PORT --var CORALOGIX_CA=CA_FILE':
    {
      why: 'act is not installed with npm, and wants Docker unless told otherwise; tried by hand',
      file: 'tools/emulator/how-to-connect.ts',
      says: 'act -P ubuntu-latest=-self-hosted',
    },
  'grpcurl -cacert CA_FILE localhost:PORT list': {
    why: 'grpcurl is not installed with npm; a Python client uses the same reflection',
    file: '.ci/run',
    says: 'a Python client on the emulator',
  },
  'curl --cacert CA_FILE https://localhost:PORT/emulator/received': {
    why: 'curl is not on every system; the path is asked by a test',
    file: '__tests__/tools/emulator/ingestion/port.test.ts',
    says: "path: '/emulator/received'",
  },
  ...Object.fromEntries(
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT=https://localhost:PORT',
      'OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
      'OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20KEY',
      'OTEL_EXPORTER_OTLP_CERTIFICATE=CA_FILE',
    ].map((line) => [
      line,
      {
        why: "are an SDK's variables, not a command",
        file: '__tests__/tools/emulator/ingestion/exporters.test.ts',
        says: line.split('=')[0] ?? '',
      },
    ]),
  ),
  'gh release verify v1.2.3 --repo example-org/coralogix-api-keys-action': {
    why: 'needs a release on GitHub',
    file: '.github/workflows/release.yml',
    says: 'gh release create',
  },
  // The switches are those of https://cli.github.com/manual/gh_attestation_verify
  'for file in dist/*; do gh attestation verify "$file" --repo example-org/coralogix-api-keys-action --signer-workflow example-org/coralogix-api-keys-action/.github/workflows/release.yml --source-ref refs/tags/v1.2.3 --source-digest "$(git rev-parse HEAD)" || echo "NOT ATTESTED: $file"; done':
    {
      why: 'needs a release on GitHub; what is attested is all of dist',
      file: '.github/workflows/release.yml',
      says: 'subject-path: |\n            dist/*',
    },
};
