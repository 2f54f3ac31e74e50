import { startEmulator } from '../emulator/index.ts';
import { findLeaks, withHeaders } from '../job-runner/index.ts';
import { disappoint, problems } from './expectations.ts';
import { playLife } from './life.ts';
import { playOperations } from './operations.ts';
import { print, screen, title } from './screen.ts';
import { playTelemetry } from './telemetry.ts';

/**
 * `npm run demo`: the action with no account. The committed bundle runs on Node 24, step by step, then
 * in whole workflows, the way GitHub's runner would run it, against the emulator over TLS; last an
 * application sends with the keys that it makes.
 */
const emulator = await startEmulator();
try {
  print(
    `The emulator listens at ${emulator.endpoint}: this is the \`endpoint\` of each step, and its \`api_key\` is
\${{ secrets.CORALOGIX_API_KEY }}. Telemetry goes to ${emulator.ingestion.endpoint}: \`ingestion_endpoint\`.
All else is shown, as a user sees it on GitHub.`,
  );
  const runs = [
    ...(await playOperations(emulator)),
    ...(await playLife(emulator)),
    ...(await playTelemetry(emulator)),
  ];

  // Keys that were deleted are known from the outputs only.
  const values = [
    ...emulator.store.keys().map(({ value }) => value),
    ...runs.map(({ outputs }) => outputs['value']),
  ].flatMap((value) => (value === undefined || value === '' ? [] : [value]));
  const secrets = [...new Set(values.flatMap(withHeaders)), emulator.tokens.admin];
  for (const { run, where, line } of findLeaks(runs, secrets)) {
    disappoint(`A secret stands in ${where}, line ${line}, of step ${run + 1}.`);
  }
  const shown = screen.join('\n');
  if (secrets.some((secret) => shown.includes(secret))) {
    disappoint('A secret stands on the screen.');
  }
} finally {
  await emulator.stop();
}

title(problems.length === 0 ? 'All steps did what they should' : `${problems.length} problems`);
for (const problem of problems) print(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
