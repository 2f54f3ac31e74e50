import { constants } from 'node:os';
import { fillIn, fillInAll, holds } from './expressions.ts';
import { overlaid } from './environment.ts';
import { type JobScope, type JobSettings, statusFunctions, type StepOutcome } from './job-scope.ts';
import { runAction } from './run-action.ts';
import { runScript, searchPath } from './script-step.ts';
import type { StepLog } from './step-log.ts';
import type { StepRun } from './step-run.ts';
import { watchStep } from './step-watch.ts';
import type { StepFile } from './workflow-file.ts';

/** What a step does. */
export type StepKind = 'action' | 'checkout' | 'script' | 'stand-in';

/** The post script of a step that has run. */
export interface PostScript {
  /** When it runs: the action's `post-if`. */
  readonly condition: string;
  /** What the main script has saved. */
  readonly state: Readonly<Record<string, string>>;
}

/** What came of a step that was not skipped. */
export interface Performed {
  readonly outcome: StepOutcome;
  readonly run: StepRun | undefined;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * What a step does.
 *
 * @param step     the step
 * @param settings what stands for the action beside `./` (without `@ref`, any ref does), and for those
 *   of others
 * @throws Error for an action of others that nothing stands for, but for actions/checkout
 */
export function kindOf(
  step: StepFile,
  settings: Pick<JobSettings, 'actionReference' | 'standIns'>,
): StepKind {
  if (step.uses === undefined) return 'script';
  const isOurs = [step.uses, withoutRef(step.uses)].includes(settings.actionReference ?? '');
  if (step.uses === './' || isOurs) return 'action';
  if (step.uses.startsWith('actions/checkout@')) return 'checkout';
  if (withoutRef(step.uses) in settings.standIns) return 'stand-in';
  throw new Error(`The step runner cannot run "${step.uses}": it is not the action under test.`);
}

function withoutRef(uses: string): string {
  return uses.split('@')[0] ?? '';
}

/** What the log calls a step that has no name. */
export function titleOf(step: StepFile): string {
  const what = step.uses ?? step.run?.trimStart().split('\n')[0] ?? '';
  return `Run ${what.trimEnd()}`;
}

/**
 * Does what a step says.
 *
 * @throws ExpressionMistake when its inputs or its script cannot be evaluated
 * @throws Error when the step runner itself cannot go on
 */
export async function performStep(given: {
  readonly scope: JobScope;
  readonly step: StepFile;
  readonly post: PostScript | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly condition: string | undefined;
  /** For what is to be read below the step's own output. */
  readonly log: StepLog;
}): Promise<Performed> {
  const { scope, step, env, log } = given;
  const kind = kindOf(step, scope.parts.settings);
  if (kind === 'checkout') {
    scope.isCheckedOut = true;
    log.write(`▼ ${titleOf(step)}`);
    return { outcome: 'success', run: undefined, outputs: {} };
  }
  if (kind === 'stand-in') {
    const { outputs, masked = [] } = scope.parts.settings.standIns[withoutRef(step.uses ?? '')] ?? {
      outputs: {},
    };
    fillInAll(step.with, scope.contexts(env));
    for (const name of masked) scope.parts.masks.add(outputs[name] ?? '');
    log.write(`▼ ${titleOf(step)}`);
    return { outcome: 'success', run: undefined, outputs };
  }
  if (kind === 'script' && scope.parts.settings.scripts === 'show') {
    showScript(fillIn(step.run ?? '', scope.contexts(env)), log);
    return { outcome: 'success', run: undefined, outputs: {} };
  }
  if (step.uses === './' && !scope.isCheckedOut) {
    log.fail(
      "Can't find 'action.yml'. Did you forget to run actions/checkout before running your local action?",
    );
    return { outcome: 'failure', run: undefined, outputs: {} };
  }
  const watch = watchStep(scope, {
    id: given.post === undefined ? step.id : undefined,
    minutes:
      step.timeoutMinutes === undefined
        ? undefined
        : Number(fillIn(step.timeoutMinutes, scope.contexts(env))),
    outlivesCancel: () =>
      holds(given.condition, scope.conditionContexts(env), statusFunctions('cancelled')),
  });
  try {
    const run = await start(given, kind, watch.signal);
    scope.learn(run);
    const outcome = outcomeOf(run, kind, watch.reason(), log);
    return { outcome, run, outputs: run.outputs };
  } finally {
    watch.stop();
  }
}

function showScript(script: string, log: StepLog): void {
  log.write(`▼ Run ${script.trimStart().split('\n')[0] ?? ''}`);
  log.write('Not run. It would be:');
  for (const line of script.trimEnd().split('\n')) log.write(`  ${line}`);
}

async function start(
  given: Parameters<typeof performStep>[0],
  kind: 'action' | 'script',
  signal: ReturnType<typeof watchStep>['signal'],
): Promise<StepRun> {
  const { scope, step, post, env } = given;
  const { parts } = scope;
  const { settings } = parts;
  const contexts = scope.contexts(env);
  const commandFolder = kind === 'script' ? settings.commandFolder : undefined;
  const common = {
    event: parts.event,
    github: { ...parts.github, action: step.id ?? (kind === 'script' ? '__run' : '__self') },
    env: { ...overlaid(env, searchPath(commandFolder, scope.path)), ...settings.env },
    debug: settings.debug,
    masks: parts.masks,
    workspace: parts.workspace,
    temp: parts.runner.temp,
    toolCache: parts.runner.tool_cache,
    timeoutMs: settings.stepTimeoutMs,
    signal,
    heading: { title: titleOf(step), env },
  };
  if (kind === 'action') {
    return runAction({
      ...common,
      actionFolder: settings.actionFolder,
      phase: post === undefined ? 'main' : 'post',
      inputs: fillInAll(step.with, contexts),
      state: post?.state ?? {},
      jobStatus: scope.status,
      matrix: parts.matrix ?? undefined,
    });
  }
  const script = fillIn(step.run ?? '', contexts);
  const folder = step.workingDirectory ?? parts.defaults.workingDirectory;
  return runScript({
    ...common,
    heading: { title: `Run ${script.trimStart().split('\n')[0] ?? ''}`, env },
    script,
    shell: step.shell ?? parts.defaults.shell,
    workingDirectory: folder === undefined ? undefined : fillIn(folder, contexts),
  });
}

function outcomeOf(
  run: StepRun,
  kind: StepKind,
  reason: 'cancelled' | 'timed-out' | undefined,
  log: StepLog,
): StepOutcome {
  if (run.wasInterrupted && reason === 'cancelled') {
    log.annotate('error', 'The operation was canceled.');
    return 'cancelled';
  }
  if (run.wasInterrupted) {
    log.annotate('error', 'The step has taken longer than its timeout-minutes.');
    return 'failure';
  }
  if (run.succeeded) return 'success';
  if (kind === 'script') {
    const code = run.exitCode ?? 128 + (run.signal === null ? 0 : constants.signals[run.signal]);
    log.annotate('error', `Process completed with exit code ${code}.`);
  }
  return 'failure';
}
