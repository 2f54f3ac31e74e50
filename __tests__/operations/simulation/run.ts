import { Failure, toFailure } from '../../../src/core/failure.ts';
import { carryOut, isEmpty } from '../../../src/operations/job-end-plan.ts';
import type { JobStatus } from '../../../src/operations/job-end-rotation.ts';
import type { JobEndPlan } from '../../../src/core/ports.ts';
import { portsFor } from './ports.ts';
import { Process } from './process.ts';
import type { Half } from './history.ts';
import type { Report } from './report.ts';
import type { RunPlan } from './run-plan.ts';
import type { World } from './world.ts';

/** Has a run begin when its time comes. Its report is in the world's from then on. */
export function arrange(world: World, plan: RunPlan): void {
  world.time.after(plan.startsAfter ?? 0, () => {
    start(world, plan);
  });
}

/** Runs main, and nothing after it, until nothing is left to happen. */
export async function runAlone(world: World, plan: RunPlan): Promise<Report> {
  const count = world.reports.length;
  arrange(world, { ...plan, startsAfter: 0 });
  await world.time.run();
  const report = world.reports[count];
  if (report === undefined) throw new Error('the run did not start');
  return report;
}

function start(world: World, plan: RunPlan): void {
  const report: Report = {
    plan,
    startedAt: world.time.now,
    ending: 'none',
    outcome: undefined,
    deliveredAt: undefined,
    failure: undefined,
    warnings: [],
    infos: [],
    notices: [],
    groups: [],
    jobEndPlan: undefined,
    secret: undefined,
    jobEndSentences: undefined,
    jobEndFailure: undefined,
  };
  world.reports.push(report);
  const process = begin(world, plan, 'main', () => {
    // A sweep that took too long goes on beside it; once main has ended, nothing can cut it off.
    if (report.ending !== 'none') return;
    report.ending = 'crashed';
    world.history.note(world.time.now, plan.name, () => 'main was cut off');
    world.time.after(2000, () => void end(world, report, plan.badStatus ?? 'failure'));
  });
  void main(world, report, process);
}

async function main(world: World, report: Report, process: Process): Promise<void> {
  const { plan } = report;
  const ports = world.tamper(portsFor(world, report, process), process.run);
  try {
    const outcome = await world.perform(plan.request, ports);
    if (plan.outputsWritable === false) {
      const failure = new Failure('runner', 'The outputs could not be written.');
      throw (await outcome.undo?.(failure)) ?? failure;
    }
    report.outcome = outcome;
    report.deliveredAt = world.time.now;
    await outcome.finish?.();
    report.ending = 'done';
    world.history.note(world.time.now, plan.name, () => `main: ${outcome.sentence}`);
  } catch (thrown) {
    const failure = toFailure(thrown);
    report.failure = failure;
    report.ending = 'failed';
    world.history.note(world.time.now, plan.name, () => `main failed: ${failure.report}`);
  }
  const status = report.ending === 'done' ? plan.jobStatus : plan.badStatus;
  world.time.after(plan.jobLastsMs ?? 0, () => void end(world, report, status ?? 'failure'));
}

/** What comes when the job ends, and perhaps another run. */
async function end(world: World, report: Report, status: JobStatus): Promise<void> {
  const { plan, jobEndPlan } = report;
  const again = (): void => {
    if (plan.rerun !== undefined) arrange(world, plan.rerun);
  };
  if (plan.hasJobEnd !== false && jobEndPlan !== undefined && !isEmpty(jobEndPlan)) {
    const process = begin(world, plan, 'job-end', () => {
      world.history.note(world.time.now, plan.name, () => 'the job end was cut off');
      again();
    });
    await jobEnd(world, report, jobEndPlan, status, process);
  }
  if (report.ending !== 'done') again();
}

async function jobEnd(
  world: World,
  report: Report,
  jobEndPlan: JobEndPlan,
  status: JobStatus,
  process: Process,
): Promise<void> {
  const note = (text: string): void => {
    world.history.note(world.time.now, report.plan.name, () => `job end, ${status}: ${text}`);
  };
  try {
    const ports = world.tamper(portsFor(world, report, process), process.run);
    const done = await carryOut(jobEndPlan, status, ports);
    report.jobEndSentences = done.map(({ sentence }) => sentence);
    note(report.jobEndSentences.join(' '));
  } catch (thrown) {
    report.jobEndFailure = toFailure(thrown);
    note(report.jobEndFailure.report);
  }
}

function begin(world: World, plan: RunPlan, half: Half, onDeath: () => void): Process {
  const crash = half === 'main' ? plan.crash : plan.jobEndCrash;
  return new Process({ seed: world.seed, run: plan.name, half, crash, onDeath });
}
