import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../tools/emulator/index.ts';
import { node24Path, type StepRun } from '../../tools/job-runner/index.ts';
import { status } from '../support/status.ts';
import { act, actAfter, emulated } from './harness.ts';

/** An application with the real OpenTelemetry SDK, which knows its standard variables and nothing else. */
const application = fileURLToPath(
  new URL('../tools/emulator/ingestion/exporter.mjs', import.meta.url),
);

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'senders-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** For each signal null, or what the exporter says. */
type Outcomes = Readonly<Record<string, { readonly code: unknown } | null>>;

/** Runs the application with a step's outputs as they are. */
async function send(
  { caCertificate }: Emulator,
  { outputs }: StepRun,
  protocol: string,
): Promise<Outcomes> {
  const caFile = join(folder, `${String(outputs['key_id'])}.pem`);
  await writeFile(caFile, caCertificate);
  const { SystemRoot } = process.env;
  const child = spawn(node24Path(), [application], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...(SystemRoot === undefined ? {} : { SystemRoot }),
      OTEL_EXPORTER_OTLP_ENDPOINT: outputs['otlp_endpoint'],
      OTEL_EXPORTER_OTLP_HEADERS: outputs['otlp_headers'],
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_CERTIFICATE: caFile,
    },
  });
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (written.out += String(chunk)));
  child.stderr.on('data', (chunk) => (written.err += String(chunk)));
  await once(child, 'close');
  expect(written.err).toBe('');
  return JSON.parse(written.out) as Outcomes;
}

const sent = { logs: null, traces: null, metrics: null };

/** What the application sends at a time, in so many runs, besides the export that proves the key. */
const counted = (runs: number): object => ({
  ...{ logs: 3 * runs, traces: 2 * runs, metrics: 3 * runs },
  requests: 3 * runs + 1,
});

const refusals = [
  { protocol: 'grpc', code: status.UNAUTHENTICATED },
  { protocol: 'http/protobuf', code: 401 },
] as const;

describe.each(refusals)('an SDK that sends over $protocol', ({ protocol, code }) => {
  test('takes the outputs as they are, and is refused with those of a retired key', async () => {
    const emulator = await emulated();
    const { ingestion, teamId } = emulator;
    const step = {
      ...{ name: 'acme/shop/production', team_id: String(teamId), verify: 'true' },
      ingestion_endpoint: ingestion.endpoint,
    };
    const first = await act(emulator, { operation: 'ensure', ...step });
    expect(first.outputs).toMatchObject({ verified: 'true', otlp_endpoint: ingestion.endpoint });
    const received = (run: StepRun): unknown => ingestion.received(run.outputs['key_id'] ?? '');
    expect(await send(emulator, first, protocol)).toEqual(sent);
    expect(received(first)).toEqual(counted(1));

    const rotate = { operation: 'rotate', ...step };
    const second = await act(emulator, rotate);
    for (const run of [first, second]) expect(await send(emulator, run, protocol)).toEqual(sent);
    expect([received(first), received(second)]).toEqual([counted(2), counted(1)]);

    await actAfter(emulator, second, rotate, { jobStatus: 'success' });
    const outcomes = await send(emulator, first, protocol);
    expect(Object.values(outcomes).map((each) => each?.code)).toEqual([code, code, code]);
    expect(await send(emulator, second, protocol)).toEqual(sent);
    expect([received(first), received(second)]).toEqual([counted(2), counted(2)]);
    const values = [first, second].map(({ outputs }) => outputs['value'] ?? '');
    const told = JSON.stringify([outcomes, ingestion.requests]);
    expect(values.some((value) => value === '' || told.includes(value))).toBe(false);
  });
});
