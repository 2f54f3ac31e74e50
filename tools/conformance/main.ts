import { writeFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { parseCommandLine, usage, type CommandLine } from './command-line.ts';
import { requireConsent } from './confirm.ts';
import { afterRun, readObservations, writeObservations } from './observations.ts';
import { writePage } from './page.ts';
import { probeGroups } from './probes/index.ts';
import { isGood, outcomeLine, resultAsJson, summary } from './report.ts';
import { runProbes, type RunResult } from './run.ts';
import { openTarget, type Target } from './target.ts';

/** A run takes some minutes at most; one that is stuck must end, and clean up. */
const longestRunMs = 15 * 60 * 1000;

/** npm and a terminal may both send the same signal: what comes so soon is no second one. */
const oneSignalMs = 1000;

/** Aborted by the first SIGINT or SIGTERM; the second one ends the process at once. */
const interruption = new AbortController();
let interruptedAt = Infinity;
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    if (performance.now() - interruptedAt > oneSignalMs) process.exit();
    if (interruption.signal.aborted) return;
    interruptedAt = performance.now();
    process.exitCode = 128 + constants.signals[name];
    console.log(`${name}: deleting the keys that were made. Once more ends it at once.`);
    interruption.abort(new Error(name));
  });
}

async function run(command: CommandLine): Promise<void> {
  const target = await openTarget(command.target, process.env);
  try {
    await requireConsent(target, command.yes, interruption.signal);
    console.log(`Asking ${target.name}.`);
    const result = await ask(target);
    console.log(`\n${summary(result)}`);
    if (!isGood(result)) process.exitCode ??= 1;
    await keep(result, target, command);
  } finally {
    await target.close();
  }
}

async function ask(target: Target): Promise<RunResult> {
  let title = '';
  return runProbes({
    target,
    groups: probeGroups,
    signal: AbortSignal.any([interruption.signal, AbortSignal.timeout(longestRunMs)]),
    onOutcome: (outcome, group) => {
      if (group.title !== title) console.log(`\n${group.title}`);
      ({ title } = group);
      console.log(outcomeLine(outcome));
    },
  });
}

async function keep(result: RunResult, target: Target, command: CommandLine): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const before = await readObservations();
  // What the emulator does says nothing of Coralogix.
  const observations = target.isCoralogix ? afterRun(before, result.outcomes, date) : before;
  if (command.json !== undefined) {
    await writeFile(command.json, resultAsJson(result, { target, date, observations }));
  }
  if (!command.write) return;
  if (target.isCoralogix) await writeObservations(observations);
  await writePage(probeGroups, observations);
}

try {
  const command = parseCommandLine(process.argv.slice(2));
  if (command === undefined) console.log(usage);
  else await run(command);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode ??= 2;
}
// Sockets that try to connect would keep it from ending; what was written must be out first.
process.stdout.write('', () => process.exit());
