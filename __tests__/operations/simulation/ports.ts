import { startBudget } from '../../../src/core/clock.ts';
import { createKeys } from '../../../src/coralogix/keys.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Ports } from '../../../src/operations/operation.ts';
import type { Clock, GitHub } from '../../../src/core/ports.ts';
import { connect } from './network.ts';
import type { Process } from './process.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';

const defaultTimeoutMs = 60_000;

/**
 * All that one process of the action sees of the world: the real client of the service over a
 * simulated connection, virtual time, and a GitHub that does with secrets what the plan says.
 *
 * @param world   where it lives
 * @param report  what becomes of its run
 * @param process who it is
 */
export function portsFor(world: World, report: Report, process: Process): Ports {
  const { time, history } = world;
  const { plan } = report;
  const { prng } = process;
  const clock = clockOf(world, process, plan.skewMs);
  const random = { nonce: () => prng.digits(16), fraction: () => prng.fraction() };
  const budget = startBudget(clock, plan.timeoutMs ?? defaultTimeoutMs);
  const keys = createKeys({
    transport: connect(world, process),
    clock,
    random,
    budget,
    mask: () => undefined,
    destination: { authority: 'api.example.com:443', proxy: undefined, correlationId: plan.name },
  });
  return {
    keys,
    clock,
    budget,
    random,
    github: githubOf(world, report, process),
    jobEnd: {
      plan: (jobEndPlan) => {
        report.jobEndPlan = jobEndPlan;
      },
    },
    seesSecrets: () => report.plan.seesSecrets ?? true,
    log: {
      info: (message) => {
        report.infos.push(message);
      },
      warning: (message) => {
        report.warnings.push(message);
        history.note(time.now, plan.name, () => `warning: ${message}`);
      },
    },
  };
}

/** Virtual time, which ends for a process that is cut off. */
function clockOf(world: World, process: Process, skewMs: number | undefined): Clock {
  return {
    now: () => world.wallClock(skewMs),
    elapsed: () => world.time.now,
    sleep: (milliseconds) =>
      new Promise((resolve) => {
        world.time.after(milliseconds, () => {
          if (!process.isDead) resolve();
        });
      }),
  };
}

/** How long a call to GitHub takes, in milliseconds: it acts half way. */
const githubMs = 100;

/**
 * GitHub's one secret, and the record beside it. A process can be cut off at a call to GitHub like at all
 * others.
 */
function githubOf(world: World, report: Report, process: Process): GitHub {
  const { time, history, github } = world;
  const { secretOutcome = 'stored', existing } = report.plan;
  const call = <T>(act: () => T): Promise<T> => {
    const number = process.begin();
    return new Promise((resolve, reject) => {
      if (process.isDead) return;
      let acted: { readonly value: T } | { readonly thrown: unknown } | undefined;
      time.after(githubMs / 2, () => {
        try {
          acted = { value: act() };
        } catch (thrown) {
          acted = { thrown };
        }
      });
      time.after(githubMs, () => {
        if (!process.reach(number, 'answered') || acted === undefined) return;
        if ('value' in acted) resolve(acted.value);
        else reject(acted.thrown instanceof Error ? acted.thrown : new Error('thrown'));
      });
      process.reach(number, 'sent');
    });
  };
  const now = (): number => world.wallClock(0);
  return {
    existing: () =>
      existing === undefined
        ? Promise.reject(new Failure('github', 'GitHub gave no answer.'))
        : Promise.resolve(existing),
    checkSecretAccess: () => Promise.resolve(),
    findSecret: () =>
      call(() =>
        github.secret === undefined
          ? { state: 'missing' }
          : { state: 'exists', updatedMs: github.secret.updatedMs },
      ),
    readRecord: () =>
      call(() =>
        github.record === undefined ? { state: 'missing' } : { state: 'exists', ...github.record },
      ),
    writeRecord: (_secret, text) =>
      call(() => {
        github.record = { text, updatedMs: now() };
        history.note(time.now, process.run, () => `* the record: ${text.slice(0, 60)}`);
        return true;
      }),
    storeSecret: ({ secretName, value }) =>
      call(() => {
        history.note(time.now, process.run, () => `* the secret: ${secretOutcome}`);
        if (secretOutcome === 'stored' || secretOutcome === 'stored_unanswered') {
          report.secret = value;
          github.secret = { value, updatedMs: now() };
        }
        if (secretOutcome === 'stored') return;
        throw secretOutcome === 'refused'
          ? new Failure('github', `GitHub refused ${secretName}.`)
          : new Failure('outcome_unknown', `The answer to ${secretName} was lost.`);
      }),
  };
}
