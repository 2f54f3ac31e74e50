import { startEmulator } from '../emulator/index.ts';
import { startGitHubServer } from '../github/server.ts';
import { stepRunsOf } from '../job-runner/index.ts';
import { isOfAction, print, harmless } from '../terminal/screen.ts';
import { parseCommand, usage, type WorkflowCommand } from './command-line.ts';
import { ownRepository } from './events.ts';
import { makeUp } from './made-up.ts';
import { Mistake } from './mistake.ts';
import { showBeginning, showEnd, showRun, showSetting } from './report.ts';
import { readSource, type Source } from './sources.ts';
import { planned, tryRun, type PlannedRun, type World } from './trial.ts';
import { wrongRegions } from './region-check.ts';

/** Where npm was called: it runs its scripts in the folder of this project. */
const folder = process.env['INIT_CWD'] ?? process.cwd();

/**
 * `npm run workflow`: a workflow of one's own with no account. The committed bundle runs on Node 24, the way
 * GitHub's runner would run it, against the emulator over TLS and a local GitHub.
 */
async function run(command: WorkflowCommand): Promise<void> {
  const sources = await Promise.all(
    command.files.map((path) => readSource(path, folder, command.action)),
  );
  const runs = planned(sources, command);
  const [wrong, emulator, server] = await Promise.all([
    wrongRegions(sources),
    startEmulator(),
    startGitHubServer({
      repository: ownRepository,
      environments: environmentsOf(sources),
      others: Object.fromEntries(command.repositories.map((name) => [name, nothing])),
    }),
  ]);
  try {
    emulator.store.add(...command.keys.map((name) => ({ teamId: emulator.teamId, name })));
    const madeUp = makeUp(sources, { emulator, server }, command);
    showSetting(madeUp.sentences, wrong);
    const workspace = command.runScripts ? folder : undefined;
    const isGood = await tryAll(runs, { emulator, server, madeUp, workspace });
    process.exitCode = isGood && wrong.length === 0 ? 0 : 1;
    showEnd(emulator, server);
    if (wrong.length > 0) print('   On GitHub it would fail: see at the top.', 'bad');
    if (!command.runScripts && sources.some(hasScript)) {
      print(
        '   The steps with run: were not run. With --run-scripts they are, in the folder that you are in.',
      );
    }
  } finally {
    await Promise.all([emulator.stop(), server.stop()]);
  }
}

/** What a repository of others has. */
const nothing = { branches: ['main'], pulls: [], environments: [] };

/** @returns whether all went well */
async function tryAll(runs: readonly PlannedRun[], world: World): Promise<boolean> {
  let isGood = true;
  for (const [index, one] of runs.entries()) {
    showBeginning(one, index + 1);
    const ran = await tryRun(one, index + 1, world);
    showRun(ran);
    isGood &&= ran.result === 'success';
    if (!stepRunsOf(ran).some(isOfAction)) {
      print('   No step of the action was run: see the conditions of the jobs and steps.', 'see');
    }
  }
  return isGood;
}

/** Those that steps name by themselves; a job's own are made when it starts. */
function environmentsOf(sources: readonly Source[]): readonly string[] {
  const named = sources.flatMap(({ steps }) =>
    steps.flatMap((step) => step.with['environment'] ?? []),
  );
  return [...new Set(named.filter((name) => !name.includes('${{')))];
}

function hasScript({ file }: Source): boolean {
  return file.jobs.some(({ steps }) => steps.some(({ run: script }) => script !== undefined));
}

try {
  const command = parseCommand(process.argv.slice(2));
  if (command.kind === 'help') console.log(usage);
  else await run(command);
} catch (thrown) {
  if (!(thrown instanceof Mistake)) throw thrown;
  console.error(thrown.message.split('\n').map(harmless).join('\n'));
  process.exitCode = 2;
}
