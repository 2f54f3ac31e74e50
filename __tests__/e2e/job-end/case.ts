import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Emulator } from '../../../tools/emulator/index.ts';
import type { StepRun } from '../../../tools/job-runner/index.ts';
import { startProxy, type TestProxy } from '../../support/proxy.ts';
import { act, emulated } from '../harness.ts';
import { stoppedAt } from '../moments.ts';
import { changes, type Change, type Factor, type Given, type Place } from './factors.ts';

/** What main can leave for the end of the job: a column of the table. */
export const scenarios = [
  'a key for one job',
  'a rotation, job succeeded',
  'a rotation, job failed',
  'a key being made',
] as const;

/** One of {@link scenarios}. */
export type Scenario = (typeof scenarios)[number];

/** What came of one end of a job. */
export interface Seen {
  readonly factor: string;
  readonly change: Change;
  readonly scenario: Scenario;
  /** Which keys are active afterwards: of the new one, the previous one, the one being made. */
  readonly active: readonly string[];
  /** Which of them a warning names. */
  readonly named: readonly string[];
  /** How many calls the end of the job made. */
  readonly calls: number;
  /** What was sent to another place than main's, or by another credential. */
  readonly strayed: readonly string[];
  readonly exitCode: number | null;
  readonly log: string;
}

const host = 'api.eu1.coralogix.com';
const keyName = 'acme/shop/test';

/** A service, the way to it, and another service with another way, to which nobody is to come. */
interface Stage {
  readonly factor: Factor;
  readonly emulator: Emulator;
  readonly proxy: TestProxy;
  readonly other: Emulator;
  readonly otherProxy: TestProxy;
  readonly place: Place;
  /** What main is run with. */
  readonly given: Given;
}

/** What main left for the end of the job, and the keys that this is about, by what they are. */
interface Left {
  readonly state: StepRun['state'];
  readonly keys: Readonly<Record<string, string>>;
}

/** Plays all that can come of one factor: main once for each kind of plan, and its end many times. */
export async function play(factor: Factor): Promise<readonly Seen[]> {
  const folder = mkdtempSync(join(tmpdir(), 'job-end-'));
  try {
    const stage = await open(factor, folder);
    const seen: Seen[] = [];
    for (const main of [forOneJob, rotated, beingMade]) {
      const left = await main(stage);
      const columns = scenarios.filter((scenario) => mains[scenario] === main);
      for (const scenario of columns) {
        for (const change of changes) seen.push(await end(stage, left, { scenario, change }));
      }
    }
    return seen;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function open(factor: Factor, folder: string): Promise<Stage> {
  const extraNames = [host, 'api.us1.coralogix.com'];
  const [emulator, other] = await Promise.all([emulated({ extraNames }), emulated({ extraNames })]);
  const [proxy, otherProxy] = await Promise.all(
    [emulator, other].map(({ port }) => startProxy({ kind: 'lead to', port })),
  );
  if (proxy === undefined || otherProxy === undefined) throw new Error('There is no proxy.');
  const caFile = join(folder, 'ca.pem');
  const place: Place = {
    token: emulator.tokens.admin,
    direct: emulator.endpoint,
    caFile,
    elsewhere: {
      endpoint: other.endpoint,
      proxy: `http://${otherProxy.authority}`,
      folder: join(folder, 'nowhere'),
      caCertificate: emulator.otherCaCertificate,
      token: emulator.tokens.otherTeam,
    },
  };
  const base: Given = {
    inputs: {
      api_key: place.token,
      endpoint: undefined,
      ca_certificate: caFile,
      name: keyName,
      timeout_seconds: '30',
      github_token: 'ghs_jobs_own_token',
    },
    env: {
      CORALOGIX_REGION: 'EU1',
      CORALOGIX_TEAM_ID: String(emulator.teamId),
      HTTPS_PROXY: `http://${proxy.authority}`,
      NO_PROXY: 'internal.example.com',
      GITHUB_API_URL: 'https://api.github.com',
    },
  };
  const given = overlaid(base, factor.main?.(place) ?? {});
  return { factor, emulator, proxy, other, otherProxy, place, given };
}

function overlaid(base: Given, change: Partial<Given>): Given {
  return {
    inputs: { ...base.inputs, ...change.inputs },
    env: { ...base.env, ...change.env },
  };
}

async function main({ emulator, place, given }: Stage, inputs: Given['inputs']): Promise<StepRun> {
  writeFileSync(place.caFile, emulator.caCertificate);
  const run = await act(emulator, { ...given.inputs, ...inputs }, { env: given.env });
  if (run.exitCode !== 0) throw new Error(`Main failed:\n${run.log}`);
  return run;
}

async function forOneJob(stage: Stage): Promise<Left> {
  const { state, outputs } = await main(stage, { operation: 'create', lifetime: 'job' });
  return { state, keys: { new: outputs['key_id'] ?? '' } };
}

async function rotated(stage: Stage): Promise<Left> {
  const previous = add(stage, keyName);
  const { state, outputs } = await main(stage, { operation: 'rotate' });
  return { state, keys: { new: outputs['key_id'] ?? '', previous } };
}

/** Cut off while the service makes the key: only its provisional name is known. */
async function beingMade(stage: Stage): Promise<Left> {
  const { emulator, place, given } = stage;
  writeFileSync(place.caFile, emulator.caCertificate);
  const inputs = { ...given.inputs, operation: 'create', lifetime: 'job' };
  let state: StepRun['state'] = {};
  await stoppedAt(
    { call: 1, rpc: 'CreateApiKey', when: 'before' },
    emulator,
    (when) => ({ name: 'SIGKILL', when }),
    async (acting) => {
      const run = await act(emulator, inputs, { ...acting, env: given.env });
      ({ state } = run);
      return run;
    },
  );
  const name = /"name":"([^"]*~pending-[^"]*)"/u.exec(state['plan'] ?? '')?.[1] ?? '';
  return { state, keys: { made: name } };
}

const mains: Readonly<Record<Scenario, (stage: Stage) => Promise<Left>>> = {
  'a key for one job': forOneJob,
  'a rotation, job succeeded': rotated,
  'a rotation, job failed': rotated,
  'a key being made': beingMade,
};

/** Runs the end of the job once, on keys that are as main left them. */
async function end(
  stage: Stage,
  { state, keys }: Left,
  { scenario, change }: Pick<Seen, 'scenario' | 'change'>,
): Promise<Seen> {
  const { factor, emulator, proxy, other, otherProxy, place } = stage;
  const { store, tokens } = emulator;
  const ids = { ...keys };
  if (keys['made'] !== undefined) ids['made'] = add(stage, keys['made']);
  for (const keyId of Object.values(ids)) store.update(tokens.admin, { keyId, isActive: true });
  writeFileSync(place.caFile, emulator.caCertificate);
  const given = overlaid(stage.given, factor.meddle(change, place));
  // Ports are used again: what another test's client, late, tries on this one is not this run's.
  const connections = other.journal.connections;
  const calls = emulator.journal.calls.length;
  const run = await act(
    emulator,
    { operation: 'create', ...given.inputs },
    {
      env: given.env,
      phase: 'post',
      state,
      jobStatus: scenario === 'a rotation, job failed' ? 'failure' : 'success',
    },
  );
  const active = Object.entries(ids).flatMap(([what, id]) =>
    store.keys().some((key) => key.id === id && key.active) ? [what] : [],
  );
  const warnings = run.annotations.flatMap((each) =>
    each.level === 'warning' ? [each.message] : [],
  );
  const named = Object.entries(keys).flatMap(([what, text]) =>
    warnings.some((warning) => warning.includes(text)) ? [what] : [],
  );
  if (ids['made'] !== undefined && active.includes('made')) store.delete(tokens.admin, ids['made']);
  const strayed = [
    ...proxy.connects.flatMap(({ target }) => (target === `${host}:443` ? [] : [target])),
    ...(other.journal.connections > connections ? ['the other service'] : []),
    ...otherProxy.connects.map(({ target }) => `${target}, by the other proxy`),
    ...emulator.journal.calls
      .slice(calls)
      .flatMap(({ rpc, outcome }) => (outcome === 'OK' ? [] : [`${rpc}: ${outcome}`])),
  ];
  return {
    factor: factor.name,
    change,
    scenario,
    active,
    named,
    calls: emulator.journal.calls.length - calls,
    strayed,
    exitCode: run.exitCode,
    log: run.log,
  };
}

/** Has a key made that was there before. */
function add({ emulator }: Stage, name: string): string {
  const { store, tokens, teamId } = emulator;
  const [made] = store.seed(1, name, { teamId });
  if (made === undefined) throw new Error('Nothing was seeded.');
  store.update(tokens.admin, { keyId: made.id, newName: name });
  return made.id;
}
