import { Failure, toFailure } from '../../../src/core/failure.ts';
import type { Outcome } from '../../../src/operations/operation.ts';
import { carryOut, isEmpty } from '../../../src/operations/job-end-plan.ts';
import type { JobStatus } from '../../../src/operations/job-end-rotation.ts';
import type { JobEndPlan } from '../../../src/core/ports.ts';
import type { Request } from '../../../src/operations/index.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { portsFor } from './ports.ts';
import { Process, type CrashPoint } from './process.ts';
import type { Half } from './history.ts';
import type { World } from './world.ts';

/** What GitHub does with a secret: stores it, refuses it, or its answer is lost. */
export type SecretFate = 'stored' | 'refused' | 'stored_unanswered' | 'lost';

/** One run of the action: its main, its job, its post. */
export interface RunPlan {
  readonly name: string;
  readonly request: Request;
  /** Milliseconds after the plan is handed in. */
  readonly startsAfter?: number;
  /** How far the runner's clock is off, in milliseconds. */
  readonly skewMs?: number;
  /** The budget of main, and of post. */
  readonly timeoutMs?: number;
  /** Where main is cut off. */
  readonly crash?: CrashPoint | undefined;
  /** Where post is cut off. */
  readonly postCrash?: CrashPoint | undefined;
  /** Whether the outputs can be written. Default true. */
  readonly outputsWritable?: boolean;
  /** What the job does after main, in milliseconds. */
  readonly jobLastsMs?: number;
  /** How the job ends, unless main fails. */
  readonly jobStatus?: JobStatus;
  /** How it ends when main fails or is cut off. */
  readonly badStatus?: 'failure' | 'cancelled';
  /** Whether the post step runs; a runner that vanishes runs none. Default true. */
  readonly hasPost?: boolean;
  readonly secretFate?: SecretFate;
  /** What exists on GitHub; undefined: it gives no answer. */
  readonly existing?: ReadonlySet<string>;
  /** What is run once this run, if it was cut off or failed, is over. */
  readonly rerun?: RunPlan;
}

/** What a run told. */
export interface Report {
  readonly plan: RunPlan;
  readonly startedAt: number;
  ending: 'none' | 'done' | 'failed' | 'crashed';
  outcome: Outcome | undefined;
  failure: Failure | undefined;
  readonly warnings: string[];
  readonly infos: string[];
  /** What main wrote down last for post. */
  jobEndPlan: JobEndPlan | undefined;
  /** What the GitHub secret holds by the end. */
  secret: Secret | undefined;
  settled: readonly string[] | undefined;
  settleFailure: Failure | undefined;
}

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
    failure: undefined,
    warnings: [],
    infos: [],
    jobEndPlan: undefined,
    secret: undefined,
    settled: undefined,
    settleFailure: undefined,
  };
  world.reports.push(report);
  const process = begin(world, plan, 'main', () => {
    report.ending = 'crashed';
    world.chronicle.note(world.time.now, plan.name, () => 'main was cut off');
    world.time.after(2000, () => void end(world, report, plan.badStatus ?? 'failure'));
  });
  void main(world, report, process);
}

async function main(world: World, report: Report, process: Process): Promise<void> {
  const { plan } = report;
  const ports = world.tamper(portsFor(world, report, process));
  try {
    const outcome = await world.perform(plan.request, ports);
    if (plan.outputsWritable === false) {
      const failure = new Failure('runner', 'The outputs could not be written.');
      throw (await outcome.undo?.(failure)) ?? failure;
    }
    report.outcome = outcome;
    await outcome.finish?.();
    report.ending = 'done';
    world.chronicle.note(world.time.now, plan.name, () => `main: ${outcome.sentence}`);
  } catch (thrown) {
    const failure = toFailure(thrown);
    report.failure = failure;
    report.ending = 'failed';
    world.chronicle.note(world.time.now, plan.name, () => `main failed: ${failure.report}`);
  }
  const status = report.ending === 'done' ? plan.jobStatus : plan.badStatus;
  world.time.after(plan.jobLastsMs ?? 0, () => void end(world, report, status ?? 'failure'));
}

/** The end of the job: post, and perhaps another run. */
async function end(world: World, report: Report, status: JobStatus): Promise<void> {
  const { plan, jobEndPlan } = report;
  const again = (): void => {
    if (plan.rerun !== undefined) arrange(world, plan.rerun);
  };
  if (plan.hasPost !== false && jobEndPlan !== undefined && !isEmpty(jobEndPlan)) {
    const process = begin(world, plan, 'post', () => {
      world.chronicle.note(world.time.now, plan.name, () => 'post was cut off');
      again();
    });
    await post(world, report, jobEndPlan, status, process);
  }
  if (report.ending !== 'done') again();
}

async function post(
  world: World,
  report: Report,
  jobEndPlan: JobEndPlan,
  status: JobStatus,
  process: Process,
): Promise<void> {
  const note = (text: string): void => {
    world.chronicle.note(world.time.now, report.plan.name, () => `post, ${status}: ${text}`);
  };
  try {
    const ports = world.tamper(portsFor(world, report, process));
    report.settled = await carryOut(jobEndPlan, status, ports);
    note(report.settled.join(' '));
  } catch (thrown) {
    report.settleFailure = toFailure(thrown);
    note(report.settleFailure.report);
  }
}

function begin(world: World, plan: RunPlan, half: Half, onDeath: () => void): Process {
  const crash = half === 'main' ? plan.crash : plan.postCrash;
  return new Process({ seed: world.seed, run: plan.name, half, crash, onDeath });
}
