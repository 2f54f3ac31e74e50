import { startEmulator, type Emulator } from '../emulator/index.ts';
import { findLeaks, withHeaders, type StepRun } from '../job-runner/index.ts';
import { parseDemoCommand, usage } from './command-line.ts';
import { disappoint } from './expectations.ts';
import { playLife } from './life.ts';
import { playOperations } from './operations.ts';
import { scenes, showTable } from './scenes.ts';
import { print, screen } from '../terminal/screen.ts';
import { playTelemetry } from './telemetry.ts';

/**
 * `npm run demo`: the action with no account. The committed bundle runs on Node 24, in whole workflows,
 * the way GitHub's runner would run it, against the emulator over TLS; then an application sends with the
 * keys that it makes; with `--all`, every operation by itself.
 */
async function play(all: boolean): Promise<void> {
  const emulator = await startEmulator();
  try {
    print(
      'The action as GitHub runs it, against an emulator of Coralogix. All of it runs here and now, nothing leaves this machine, and no account is needed.',
    );
    const runs = [
      ...(await playLife(emulator)),
      ...(await playTelemetry(emulator)),
      ...(all ? await playOperations(emulator) : []),
    ];
    checkForLeaks(emulator, runs);
  } finally {
    await emulator.stop();
  }

  const problems = scenes.flatMap((scene) => scene.problems);
  const isGood = problems.length === 0;
  print('');
  print(
    isGood
      ? `━━ All ${scenes.length} scenes went as they should`
      : `━━ ${problems.length} problems, in red`,
    isGood ? 'title' : 'bad',
  );
  showTable(scenes);
  for (const line of whatNext(all)) print(line);
  process.exitCode = isGood ? 0 : 1;
}

function checkForLeaks(emulator: Emulator, runs: readonly StepRun[]): void {
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
}

function whatNext(all: boolean): readonly string[] {
  return [
    '',
    'What next:',
    ...(all ? [] : ['  npm run demo -- --all      every operation, with all that comes of it']),
    '  npm run workflow -- FILE   a workflow of your own, on the emulator',
    '  docs/examples              the workflows that you saw, to copy',
    '  README.md                  what to set up for a real account',
  ];
}

try {
  const command = parseDemoCommand(process.argv.slice(2));
  if (command.kind === 'help') console.log(usage);
  else await play(command.all);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 1;
}
