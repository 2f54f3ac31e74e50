import type { Emulator } from '../emulator/index.ts';
import { runAction, type ActionOptions, type StepRun } from '../job-runner/index.ts';
import { disappoint, expect } from './expectations.ts';
import { scene } from './scenes.ts';
import { block, shortTexts, showStep } from '../terminal/screen.ts';
import { send, type SenderVariables } from './sender.ts';

const name = 'shop/telemetry';

/** What the application sends in one run, and what comes of it. */
const batch = { logs: 3, traces: 2, metrics: 1, requests: 3 };
const sent = ['logs: sent', 'metrics: sent', 'spans: sent'];

/** What a step printed that has a key, and the application that sends with it. */
interface Holder {
  readonly keyId: string;
  /** The outputs `otlp_endpoint` and `otlp_headers`, by the names that every SDK reads. */
  readonly variables: SenderVariables;
}

/**
 * What a key is for: an application sends with it, and a rotation replaces it while the application runs.
 *
 * @param emulator what the steps talk to, and where telemetry goes
 * @returns the runs of the action
 */
export async function playTelemetry(emulator: Emulator): Promise<readonly StepRun[]> {
  const story = new Story(emulator);

  scene(
    'A key for an application, which sends with it',
    'With `verify`, ingestion has accepted the key before anybody is given it.',
  );
  const created = await story.run(
    { operation: 'create', name, team_id: String(emulator.teamId), verify: 'true' },
    { verified: 'true', created: 'true' },
  );
  const old = holder(created);

  await story.sends('The application', old, true);
  story.counts([['the key', old, 1]]);

  scene(
    'The key is rotated: while the job runs, both keys work',
    'What runs already loses nothing while its successor is deployed.',
  );
  const rotation = { operation: 'rotate', name, team_id: String(emulator.teamId), verify: 'true' };
  const rotated = await story.run(rotation, { verified: 'true', created: 'true' });
  const next = holder(rotated);
  await story.sends('What runs already, with the old key', old, true);
  await story.sends('What the job deploys, with the new key', next, true);
  story.counts([
    ['the old key', old, 2],
    ['the new key', next, 1],
  ]);

  scene(
    'The job succeeds: the old key is refused, and the new one sends',
    'What was not deployed anew is told so at once, and nothing of it is counted.',
  );
  const ended = await story.end(rotation, rotated);
  await story.sends('What was not deployed anew, with the old key', old, false);
  await story.sends('What the job has deployed, with the new key', next, true);
  story.counts([
    ['the old key', old, 2],
    ['the new key', next, 2],
  ]);
  return [created, rotated, ended];
}

const holder = ({ outputs }: StepRun): Holder => ({
  keyId: outputs['key_id'] ?? '',
  variables: {
    OTEL_EXPORTER_OTLP_ENDPOINT: outputs['otlp_endpoint'] ?? '',
    OTEL_EXPORTER_OTLP_HEADERS: outputs['otlp_headers'] ?? '',
  },
});

class Story {
  readonly #emulator: Emulator;

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** A step of the action: shown, and compared with what it should have done. */
  async run(
    inputs: Readonly<Record<string, string>>,
    outputs: Readonly<Record<string, string>>,
  ): Promise<StepRun> {
    const run = await this.#act(inputs);
    showStep(inputs, run);
    expect(`${inputs['operation']} with verify`, run, outputs);
    return run;
  }

  /** The end of a job that has succeeded. */
  async end(inputs: Readonly<Record<string, string>>, main: StepRun): Promise<StepRun> {
    const run = await this.#act(inputs, { phase: 'post', state: main.state });
    showStep({}, run);
    expect('the end of the job', run, {});
    return run;
  }

  /** The application, run once. */
  async sends(who: string, { variables }: Holder, isAccepted: boolean): Promise<void> {
    const lines = await send(variables, this.#emulator.caCertificate);
    block('application', [`${who}:`, ...shortTexts(lines)]);
    const isRight = isAccepted
      ? lines.join() === sent.join()
      : lines.every((line) => /^\w+: refused \(16 UNAUTHENTICATED/u.test(line));
    if (!isRight) disappoint(`${who}: it should have been ${isAccepted ? 'taken' : 'refused'}.`);
  }

  /** What the ingestion counted for each key; `times` is how many batches it has to be. */
  counts(keys: readonly (readonly [who: string, holder: Holder, times: number])[]): void {
    const rows = keys.map(([who, { keyId }, times]) => {
      const { logs, traces, metrics, requests } = this.#emulator.ingestion.received(keyId);
      // The proof is a request, too, without records.
      const isRight =
        logs === times * batch.logs &&
        traces === times * batch.traces &&
        metrics === times * batch.metrics &&
        requests === times * batch.requests + 1;
      if (!isRight) disappoint(`${who}: the ingestion has counted something else.`);
      return `${who}: log records ${logs}, spans ${traces}, data points ${metrics}`;
    });
    block('counted', rows);
  }

  #act(
    inputs: Readonly<Record<string, string>>,
    options: Partial<ActionOptions> = {},
  ): Promise<StepRun> {
    const { tokens, endpoint, ingestion, caCertificate } = this.#emulator;
    const connection = {
      api_key: tokens.admin,
      endpoint,
      ingestion_endpoint: ingestion.endpoint,
      ca_certificate: caCertificate,
    };
    return runAction({ ...options, inputs: { ...connection, ...inputs } });
  }
}
