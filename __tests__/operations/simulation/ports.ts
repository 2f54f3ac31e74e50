import { startBudget } from '../../../src/core/clock.ts';
import { createKeys } from '../../../src/coralogix/keys.ts';
import { Failure } from '../../../src/core/failure.ts';
import type { Ports } from '../../../src/operations/operation.ts';
import type { Clock, GitHub, Ingestion, Log } from '../../../src/core/ports.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { createIngestion } from '../../../src/coralogix/ingestion.ts';
import { CallError } from '../../../src/coralogix/transport.ts';
import { Verifier } from '../../../src/operations/verifier.ts';
import { StatusError } from '../../../tools/emulator/status.ts';
import { connect } from './network.ts';
import { facts } from './outcome.ts';
import type { Process } from './process.ts';
import type { Report } from './report.ts';
import type { World } from './world.ts';
import { silentLog } from '../../support/log.ts';

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
  const log = logOf(world, report);
  return {
    keys,
    clock,
    budget,
    random,
    log,
    verifier: new Verifier({
      connect: () => Promise.resolve(ingestionOf(world, process, { clock, random })),
      ...{ clock, budget, random, log },
    }),
    github: githubOf(world, report, process),
    jobEnd: {
      plan: (jobEndPlan) => {
        report.jobEndPlan = jobEndPlan;
      },
    },
    seesSecrets: () => report.plan.seesSecrets ?? true,
  };
}

function logOf({ time, history }: World, report: Report): Log {
  return {
    ...silentLog,
    info: (message) => {
      report.infos.push(message);
    },
    notice: (message) => {
      report.notices.push(message);
    },
    startGroup: (title) => {
      report.groups.push(title);
    },
    warning: (message) => {
      report.warnings.push(message);
      history.note(time.now, report.plan.name, () => `warning: ${message}`);
    },
  };
}

/** How long an export takes, in milliseconds: the ingress looks at it half way. */
const exportMs = 40;

/**
 * The real client of the ingestion over a simulated connection. A process can be cut off at an export like
 * at all calls.
 */
function ingestionOf(
  world: World,
  process: Process,
  context: Pick<Ports, 'clock' | 'random'>,
): Ingestion {
  const exportNothing = (key: Secret): Promise<unknown> => {
    const number = process.begin();
    return new Promise((resolve, reject) => {
      if (process.isDead) return;
      let refusal: CallError | undefined;
      world.time.after(exportMs / 2, () => {
        refusal = refusalOf(world, key);
      });
      world.time.after(exportMs, () => {
        if (!process.reach(number, 'answered')) return;
        if (refusal === undefined) resolve({ partial_success: null });
        else reject(refusal);
      });
      process.reach(number, 'sent');
    });
  };
  return createIngestion({
    ...context,
    channel: { exportNothing },
    destination: { authority: 'ingress.example.com:443', proxy: undefined },
  });
}

/** What the ingress has against an export without records. */
function refusalOf({ ingress }: World, key: Secret): CallError | undefined {
  const authorization = `Bearer ${key.reveal()}`;
  try {
    ingress.take({ signal: 'logs', protocol: 'grpc', authorization, records: 0 });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof StatusError)) throw thrown;
    return new CallError(facts('status', 'maybe', thrown.status, thrown.message));
  }
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
  const { time, history } = world;
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
        : Promise.resolve(typeof existing === 'function' ? existing(time.now) : existing),
    checkSecretAccess: () => Promise.resolve(),
    findSecret: (secret) =>
      call(() => {
        const held = world.placeOf(secret).secret;
        return held === undefined
          ? { state: 'missing' }
          : { state: 'exists', updatedMs: held.updatedMs };
      }),
    readRecord: (secret) =>
      call(() => {
        const { record } = world.placeOf(secret);
        return record === undefined ? { state: 'missing' } : { state: 'exists', ...record };
      }),
    writeRecord: (secret, text) =>
      call(() => {
        world.placeOf(secret).record = { text, updatedMs: now() };
        history.note(time.now, process.run, () => `* the record: ${text.slice(0, 60)}`);
        return true;
      }),
    storeSecret: ({ value, ...secret }) =>
      call(() => {
        history.note(time.now, process.run, () => `* the secret: ${secretOutcome}`);
        if (secretOutcome === 'stored' || secretOutcome === 'stored_unanswered') {
          report.secret = value;
          world.placeOf(secret).secret = { value, updatedMs: now() };
        }
        if (secretOutcome === 'stored') return;
        throw secretOutcome === 'refused'
          ? new Failure('github', `GitHub refused ${secret.secretName}.`)
          : new Failure('outcome_unknown', `The answer to ${secret.secretName} was lost.`);
      }),
  };
}
