import { startBudget, systemClock, systemRandom } from './core/clock.ts';
import { connect } from './coralogix/connect.ts';
import { toFailure } from './core/failure.ts';
import { readSettings } from './inputs/connection.ts';
import type { InputRecord } from './inputs/declared.ts';
import { Inputs } from './inputs/inputs.ts';
import { carryOut, isEmpty, type JobStatus } from './operations/job-end-plan.ts';
import type { JobEndPlan } from './core/ports.ts';
import { maskCredentials, readInputs } from './runner/inputs.ts';
import { log } from './runner/log.ts';
import { mask } from './runner/masks.ts';
import { readPlan } from './runner/state.ts';
import { writeJobEndSummary } from './runner/summary.ts';
import { listed } from './core/text.ts';

/** The least that the end of the job may take, in milliseconds. */
const leastMs = 60_000;

/**
 * The end of the job: settles what main left for it. Says nothing when there is nothing to do, and
 * never fails the job: what could not be done is a warning that names the keys to look at.
 */
export async function jobEnd(): Promise<void> {
  try {
    const plan = readPlan();
    if (plan === undefined || isEmpty(plan)) return;
    const record = readInputs();
    maskCredentials(record);
    await settlePlan(plan, record);
  } catch (thrown) {
    const failure = toFailure(thrown);
    const ids = failure.keyIds.length > 0 ? ` Keys to look at: ${listed(failure.keyIds)}.` : '';
    log.warning(`Not all could be settled at the end of the job. ${failure.report}${ids}`);
  }
}

async function settlePlan(plan: JobEndPlan, record: InputRecord): Promise<void> {
  const settings = readSettings(new Inputs(record));
  if (!settings.ok) {
    log.warning(
      `What the step left for the end of the job could not be settled, as its inputs can no longer be read: ${settings.problems.join(' ')} Keys to look at: ${listed(idsOf(plan))}.`,
    );
    return;
  }
  const { connection, timeoutMs, summary } = settings.value;
  const clock = systemClock;
  // Short inputs are meant for the step: what is left has to be given time to be found, too.
  const budget = startBudget(clock, Math.max(timeoutMs, leastMs));
  const { keys, close } = await connect(connection, {
    clock,
    budget,
    mask,
    allowEarlyRequest: true,
  });
  try {
    const ports = { keys, clock, budget, random: systemRandom, log };
    const sentences = await carryOut(plan, jobStatus(record), ports);
    for (const sentence of sentences) log.info(sentence);
    if (summary && sentences.length > 0) await writeJobEndSummary(sentences, log);
  } finally {
    close();
  }
}

/** How the job ended. Anything but a clear success keeps what was there before. */
function jobStatus({ inputs }: InputRecord): JobStatus {
  const status = inputs.job_status;
  return status === 'success' || status === 'cancelled' ? status : 'failure';
}

function idsOf(plan: JobEndPlan): readonly string[] {
  return [
    ...plan.pending.map(({ id, name }) => id ?? name),
    ...(plan.lifetimeKeyId === undefined ? [] : [plan.lifetimeKeyId]),
    ...(plan.rotation === undefined
      ? []
      : [plan.rotation.newKeyId, ...plan.rotation.previousKeyIds]),
  ];
}
