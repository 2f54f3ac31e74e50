import { startBudget, systemClock, systemRandom } from './core/clock.ts';
import { toFailure } from './core/failure.ts';
import type { JobEndPlan } from './core/ports.ts';
import { listed } from './core/text.ts';
import { connect } from './coralogix/connect.ts';
import { createGitHub } from './github/client.ts';
import type { InputRecord } from './inputs/declared.ts';
import { restoreConnection, restoreGitHub, type JobEndSettings } from './job-end-settings.ts';
import type { Connection } from './network/connection.ts';
import { foldIds } from './operations/fold.ts';
import { carryOut, isEmpty, unfinished } from './operations/job-end-plan.ts';
import type { JobStatus } from './operations/job-end-rotation.ts';
import { maskCredentials, readInputs } from './runner/inputs.ts';
import { createLog, debugLine } from './runner/log.ts';
import { mask } from './runner/masks.ts';
import { readJobEnd } from './runner/state.ts';
import { writeJobEndFailureSummary, writeJobEndSummary } from './runner/summary/summary.ts';

/** The least that the end of the job may take, in milliseconds. */
const leastMs = 60_000;

const log = createLog('end of job');

/**
 * The end of the job: carries out what main left for it, on main's connection. Says nothing when there is
 * nothing to do, and never fails the job: what could not be done is a warning that names the keys to look at.
 */
export async function jobEnd(): Promise<void> {
  try {
    const left = readJobEnd();
    if (left.kind === 'nothing' || isEmpty(left.plan)) return;
    const record = readInputs();
    maskCredentials(record);
    if (left.kind === 'broken') {
      warnOfAll(
        left.plan,
        `What the step left for it is not whole any more: ${left.problem}. Of a long list, only the beginning is known: look at all keys of that name.`,
      );
      return;
    }
    // Our own words, given back by the runner.
    const settings = left.settings as JobEndSettings;
    const connection = restoreConnection(settings, record);
    if (connection.ok) await carryOutOver(left.plan, connection.value, settings, record);
    else warnOfAll(left.plan, connection.problems.join(' '));
  } catch (thrown) {
    const failure = toFailure(thrown);
    const ids = failure.keyIds.length > 0 ? ` Keys to look at: ${listed(failure.keyIds, 40)}.` : '';
    log.warning(
      `Not all could be settled at the end of the job. ${failure.report}${ids}`,
      failure.kind,
    );
  }
}

async function carryOutOver(
  plan: JobEndPlan,
  connection: Connection,
  settings: JobEndSettings,
  record: InputRecord,
): Promise<void> {
  const { timeoutMs, summary } = settings;
  const clock = systemClock;
  // Short inputs are meant for the step: what is left has to be given time to be found, too.
  const budget = startBudget(clock, Math.max(timeoutMs, leastMs));
  const { keys, close } = await connect(connection, {
    clock,
    budget,
    mask,
    debug: debugLine,
    allowEarlyRequest: true,
  });
  try {
    const random = systemRandom;
    const github = createGitHub({ ...restoreGitHub(settings, record), clock, budget, random });
    const ports = { keys, github, clock, budget, random, log };
    const done = await carryOut(plan, jobStatus(record), ports);
    for (const { sentence } of done) log.info(sentence);
    if (summary && done.length > 0) await writeJobEndSummary(plan.name, done, log);
  } catch (thrown) {
    if (summary) await writeJobEndFailureSummary(plan.name, toFailure(thrown), log);
    throw thrown;
  } finally {
    close();
  }
}

/** How the job ended. In nested composite actions, and on runners other than GitHub's, nobody may know. */
function jobStatus({ inputs }: InputRecord): JobStatus {
  const status = inputs.job_status;
  return status === 'success' || status === 'failure' || status === 'cancelled'
    ? status
    : 'unknown';
}

/** Nothing is sent: what was to be done is left to the reader. */
function warnOfAll(plan: JobEndPlan, why: string): void {
  const { sentences, unnamed } = unfinished(plan);
  if (sentences.length === 0) return;
  log.warning(
    `Nothing was sent at the end of the job. ${why} ${sentences.join(' ')}`,
    'nothing sent',
  );
  // More of them than a warning holds.
  foldIds(`${unnamed.length} more keys to look at`, unnamed, log);
}
