import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseCommandLine, usage, type CommandLine } from './command-line.ts';
import { watchCalls } from './call-log.ts';
import { callsFollow, howToConnect, howToConnectAsJson } from './how-to-connect.ts';
import { startEmulator } from './index.ts';

/** Runs the emulator until SIGINT or SIGTERM. */
async function run(command: CommandLine & { kind: 'start' }): Promise<void> {
  const emulator = await startEmulator(command.options);
  emulator.store.seed(command.seed, 'seeded-', { teamId: emulator.teamId });
  const isPlain = command.options.tls === 'plain';
  const folder =
    isPlain || command.caFile !== undefined
      ? undefined
      : await mkdtemp(path.join(tmpdir(), 'coralogix-emulator-'));
  const caFile = folder === undefined ? command.caFile : path.join(folder, 'ca.pem');
  if (caFile !== undefined) await writeFile(caFile, emulator.caCertificate);

  const stop = async (): Promise<void> => {
    await emulator.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  // Before anybody is told where it is, so that nobody can end it too early.
  process.once('SIGINT', () => void stop());
  process.once('SIGTERM', () => void stop());
  console.log(
    (command.json ? howToConnectAsJson : howToConnect)(emulator, isPlain ? undefined : caFile),
  );
  // A program reads one line, and would be in the way of more.
  if (command.json || command.quiet) return;
  console.log(callsFollow);
  watchCalls(emulator, (line) => {
    console.log(line);
  });
}

try {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.kind === 'help') console.log(usage);
  else await run(command);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 1;
}
