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

/** A process can be cut off at a call to GitHub like at all others. */
function githubOf({ time, history }: World, report: Report, process: Process): GitHub {
  const { secretOutcome = 'stored', existing } = report.plan;
  return {
    existing: () =>
      existing === undefined
        ? Promise.reject(new Failure('github', 'GitHub gave no answer.'))
        : Promise.resolve(existing),
    checkSecretAccess: () => Promise.resolve(),
    storeSecret: ({ secretName, value }) => {
      const number = process.begin();
      return new Promise((resolve, reject) => {
        if (process.isDead) return;
        time.after(100, () => {
          if (secretOutcome === 'stored' || secretOutcome === 'stored_unanswered')
            report.secret = value;
          history.note(time.now, process.run, () => `* the secret: ${secretOutcome}`);
          if (!process.reach(number, 'answered')) return;
          if (secretOutcome === 'stored') resolve();
          else if (secretOutcome === 'refused') {
            reject(new Failure('github', `GitHub refused ${secretName}.`));
          } else reject(new Failure('outcome_unknown', `The answer to ${secretName} was lost.`));
        });
        process.reach(number, 'sent');
      });
    },
  };
}
