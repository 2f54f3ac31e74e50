import { startBudget, systemClock, systemRandom } from './core/clock.ts';
import { mayBeSecret } from './core/credential-like.ts';
import { connect } from './coralogix/connect.ts';
import type { ConnectedIngestion } from './coralogix/ingestion.ts';
import type { Clock, Ingestion, Log } from './core/ports.ts';
import type { IngestionConnection } from './network/connection.ts';
import type { Endpoint } from './network/endpoint.ts';
import { senderSettings } from './network/sender-settings.ts';
import type { Verifier, VerifierContext } from './operations/verifier.ts';
import { Failure, toFailure } from './core/failure.ts';
import { createGitHub } from './github/client.ts';
import type { InputRecord } from './inputs/declared.ts';
import { toSave } from './job-end-settings.ts';
import { seesSecrets } from './names/event-trust.ts';
import { placeholderValues } from './names/placeholders.ts';
import { foldKeys } from './operations/fold.ts';
import { perform, rowOf } from './operations/index.ts';
import type { Outcome, Ports } from './operations/operation.ts';
import { checkRunnerFiles } from './runner/files.ts';
import { maskCredentials, readInputs } from './runner/inputs.ts';
import { createLog, debugLine, isPrinted, reportFailure, warnOfInputs } from './runner/log.ts';
import { mask } from './runner/masks.ts';
import { writeFailureOutputs, writeOutputs } from './runner/outputs.ts';
import { createJobEnd, planNothing } from './runner/state.ts';
import type { StepFacts } from './runner/summary/step-facts.ts';
import { writeFailureSummary, writeSummary } from './runner/summary/summary.ts';
import { readEvent, repositoryIn } from './runner/workflow-event.ts';
import { stepFacts } from './step-facts.ts';
import { readStep, type StepRequest } from './step-request.ts';

/**
 * The step: inputs, operation, report.
 *
 * @returns the process's exit code
 */
export async function main(): Promise<number> {
  const record = readInputs();
  maskCredentials(record);
  const { operation } = record.inputs;
  const asked = operation === '' || mayBeSecret(operation) ? 'the step' : operation;
  const log = createLog(asked);
  let wantsSummary = true;
  let facts: StepFacts = { operation: asked, dryRun: false };
  try {
    checkRunnerFiles(record.environment);
    planNothing();
    const step = readRequest(record);
    wantsSummary = step.summary;
    facts = stepFacts(step, record);
    await run(step, facts, record, log);
    return 0;
  } catch (thrown) {
    const failure = toFailure(thrown);
    reportFailure(asked, failure);
    tryToWrite(failure, record, log);
    if (wantsSummary) await writeFailureSummary(facts, failure, log);
    return 1;
  }
}

function readRequest(record: InputRecord): StepRequest {
  const read = readStep(record, (environment) =>
    placeholderValues(readEvent(record.environment), environment),
  );
  if (!read.ok) {
    throw inputFailure(read.problems);
  }
  warnOfInputs(read.value.operation.operation, read.value.warnings);
  return read.value;
}

/** All that is wrong with the inputs: a sentence, or a list of them. */
function inputFailure(problems: readonly string[]): Failure {
  return problems.length === 1
    ? new Failure('invalid_input', problems.join(''))
    : new Failure('invalid_input', `${problems.length} things are wrong with the inputs:`, {
        items: problems,
      });
}

async function run(
  step: StepRequest,
  facts: StepFacts,
  record: InputRecord,
  log: Log,
): Promise<void> {
  const clock = systemClock;
  const budget = startBudget(clock, step.timeoutMs);
  const { keys, close } = await connect(step.connection, {
    clock,
    budget,
    mask,
    debug: debugLine,
    // Any other call may be sent twice.
    allowEarlyRequest: !rowOf(step.operation.operation).mayBeginWithCreate,
  });
  const ingestion = lazyIngestion(step.ingestion, clock);
  try {
    const ports: Ports = {
      keys,
      github: createGitHub({
        token: step.githubToken,
        repository: repositoryIn(record.environment),
        clock,
        budget,
        random: systemRandom,
      }),
      jobEnd: createJobEnd(() => toSave(step, record)),
      clock,
      budget,
      random: systemRandom,
      log,
      verifier: lazyVerifier({
        connect: ingestion.connect,
        clock,
        budget,
        log,
        random: systemRandom,
      }),
      seesSecrets: () =>
        seesSecrets(readEvent(record.environment), record.environment['GITHUB_ACTOR'] ?? ''),
    };
    const outcome = await perform(step.operation, ports);
    await report(step, facts, outcome, log);
  } finally {
    close();
    await ingestion.close();
  }
}

/** The ingestion, which is connected, and loaded, when it is asked first. */
function lazyIngestion(
  connection: IngestionConnection | undefined,
  clock: Clock,
): { readonly connect: () => Promise<Ingestion>; readonly close: () => Promise<void> } {
  let connected: Promise<ConnectedIngestion> | undefined;
  return {
    connect: () => {
      // Who asks for a proof has been told by now that this is missing.
      if (connection === undefined) throw new Error('Nothing says where the ingestion is.');
      connected ??= import('./coralogix/ingestion.ts').then(({ connectIngestion }) =>
        connectIngestion(connection, clock, debugLine),
      );
      return connected;
    },
    close: async () => {
      (await connected)?.close();
    },
  };
}

/** The step's verifier, which is loaded when something is to be proven. */
function lazyVerifier(context: VerifierContext): Ports['verifier'] {
  let loaded: Promise<Verifier> | undefined;
  return {
    prove: async (value) => {
      loaded ??= import('./operations/verifier.ts').then(({ Verifier }) => new Verifier(context));
      return (await loaded).prove(value);
    },
  };
}

async function report(
  step: StepRequest,
  facts: StepFacts,
  outcome: Outcome,
  log: Log,
): Promise<void> {
  try {
    await deliver(outcome, step.ingestion?.endpoint, log);
  } catch (thrown) {
    const failure = toFailure(thrown);
    throw (await outcome.undo?.(failure)) ?? failure;
  }
  log.info(`${facts.dryRun ? 'Dry run, nothing was changed. ' : ''}${outcome.sentence}`);
  if (outcome.shown !== undefined && outcome.changed) foldKeys(outcome.shown, log);
  await outcome.finish?.();
  if (step.summary) await writeSummary(facts, outcome, log);
}

/** Writes the outputs, once the runner has taken the masks. */
async function deliver(outcome: Outcome, ingestion: Endpoint | undefined, log: Log): Promise<void> {
  const sender = senderSettings(ingestion, outcome.value);
  for (const part of sender.secrets) mask(part);
  if (outcome.value !== undefined && !(await isPrinted())) {
    throw new Failure('runner', 'The runner does not take what the step prints.', {
      hint: 'The value was not handed out, as nothing would mask it. Run the job again.',
    });
  }
  try {
    writeOutputs(outcome, sender, log);
  } catch (thrown) {
    throw new Failure('runner', 'The outputs could not be written.', {
      hint: 'Look at the disk of the runner: the file that GITHUB_OUTPUT names took no more.',
      cause: thrown,
    });
  }
}

/** The failure is told already; that its kind cannot be written changes nothing. */
function tryToWrite(failure: Failure, { environment }: InputRecord, log: Log): void {
  // Without the file, the toolkit would print outputs to the log.
  if ((environment['GITHUB_OUTPUT'] ?? '') === '') return;
  try {
    writeFailureOutputs(failure);
  } catch {
    log.info('The output `error_kind` could not be written.');
  }
}
