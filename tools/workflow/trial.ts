import type { Emulator } from '../emulator/index.ts';
import type { GitHubServer } from '../github/server.ts';
import { storedSecrets } from '../github/stored-secrets.ts';
import { runWorkflow, whyNotTriggered, type WorkflowRun } from '../job-runner/index.ts';
import { adviceFor, isStarted } from './advice.ts';
import type { WorkflowCommand } from './command-line.ts';
import { historyOf, type Happening, type Wish } from './events.ts';
import type { MadeUp } from './made-up.ts';
import { firstLine, Mistake } from './mistake.ts';
import { cronOf, inputsOf, type Source } from './sources.ts';

/** A run to come: a workflow, and what starts it. */
export interface PlannedRun {
  readonly happening: Happening;
  readonly source: Source;
}

/** The events that are tried where none is asked for: those that need nothing else. */
const byThemselves = ['push', 'pull_request', 'workflow_dispatch', 'schedule'] as const;

/**
 * Which runs there will be.
 *
 * @throws Mistake for an event that starts nothing
 */
export function planned(
  sources: readonly Source[],
  { wishes, inputs }: Pick<WorkflowCommand, 'wishes' | 'inputs'>,
): readonly PlannedRun[] {
  checkInputs(sources, inputs);
  const given = { inputs, cron: sources.map(cronOf).find((cron) => cron !== undefined) };
  const happenings = historyOf(wishes.length > 0 ? wishes : [firstOf(sources, given)], given);
  return happenings.flatMap((happening) => {
    const reasons = sources.map((source) => [source, whyNot(source, happening)] as const);
    const started = reasons.filter(([, reason]) => reason === undefined);
    if (started.length > 0) return started.map(([source]) => ({ happening, source }));
    const why = reasons.map(([{ path }, reason = '']) => `${path}: ${reason}`).join('\n');
    const advice = adviceFor(sources, given);
    throw new Mistake(`${happening.title} starts no workflow.\n${why}\n${advice}`);
  });
}

function checkInputs(sources: readonly Source[], inputs: WorkflowCommand['inputs']): void {
  const declared = sources.flatMap(inputsOf);
  const unknown = Object.keys(inputs).find((name) => !declared.includes(name));
  if (unknown === undefined) return;
  const there = declared.length === 0 ? 'none is' : `these are: ${declared.join(', ')}`;
  throw new Mistake(`No input "${unknown}" is declared under workflow_dispatch; ${there}.`);
}

function firstOf(sources: readonly Source[], given: Parameters<typeof historyOf>[1]): Wish {
  const wishes = byThemselves.map((event) => ({ event, of: undefined, action: undefined }));
  const found = wishes.find((wish) =>
    historyOf([wish], given).some((one) => sources.some((each) => isStarted(each, one))),
  );
  if (found !== undefined) return found;
  throw new Mistake(
    'Which event? These workflows are started by none that needs nothing else. ' +
      adviceFor(sources, given),
  );
}

function whyNot({ path, file }: Source, { event }: Happening): string | undefined {
  try {
    return whyNotTriggered(file.on, event);
  } catch (thrown) {
    throw new Mistake(`${path} cannot be run here. ${firstLine(thrown)}`, { cause: thrown });
  }
}

/** What the runs of a repository share. */
export interface World {
  readonly emulator: Emulator;
  readonly server: GitHubServer;
  readonly madeUp: MadeUp;
  /** What `run:` steps run in; undefined when they are only shown. */
  readonly workspace: string | undefined;
}

/**
 * Runs a workflow as it is written: the endpoint that it names is not asked, but the emulator.
 *
 * @param number counted from 1: each run has an id of its own
 * @throws Mistake for what is malformed, or not modelled
 */
export async function tryRun(
  { happening, source }: PlannedRun,
  number: number,
  world: World,
): Promise<Extract<WorkflowRun, { readonly triggered: true }>> {
  const { emulator, server, madeUp, workspace } = world;
  server.branches = happening.branches;
  server.pulls = happening.pulls;
  try {
    const run = await runWorkflow({
      workflow: { text: source.text },
      event: happening.event,
      github: {
        repository: server.repository,
        api_url: server.url,
        run_id: String(1_000_000_000 + number),
        run_number: String(number),
      },
      ...(source.reference === undefined ? {} : { actionReference: source.reference }),
      standIns: madeUp.standIns,
      secrets: () => storedSecrets(server, madeUp.secrets),
      vars: madeUp.variables,
      token: server.tokens.github,
      ...(workspace === undefined ? { scripts: 'show' } : { workspace }),
      stepTimeoutMs: longestStepMs,
      onEnvironment: (name) => {
        makeEnvironment(server, name);
      },
      env: connection(emulator),
    });
    if (!run.triggered) throw new Error(run.reason);
    return run;
  } catch (thrown) {
    throw new Mistake(`${source.path} cannot be run here. ${firstLine(thrown)}`, { cause: thrown });
  }
}

/** GitHub itself would wait for six hours. */
const longestStepMs = 3_600_000;

/** Makes an environment of GitHub where there is none; its name matches whatever the case. */
function makeEnvironment(server: GitHubServer, name: string): void {
  if (server.environments.some((one) => one.toLowerCase() === name.toLowerCase())) return;
  server.environments = [...server.environments, name];
}

/**
 * The runner hands inputs over as variables like these: so a workflow reaches the emulator, and nothing
 * else, as it is written.
 */
function connection(emulator: Emulator): Readonly<Record<string, string | undefined>> {
  return {
    INPUT_REGION: undefined,
    INPUT_DOMAIN: undefined,
    CORALOGIX_REGION: undefined,
    CORALOGIX_DOMAIN: undefined,
    INPUT_ENDPOINT: emulator.endpoint,
    INPUT_INGESTION_ENDPOINT: emulator.ingestion.endpoint,
    INPUT_CA_CERTIFICATE: emulator.caCertificate,
  };
}
