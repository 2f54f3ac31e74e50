import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Emulator } from '../../../../tools/emulator/index.ts';
import { signals } from '../../../../tools/emulator/ingestion/otlp.ts';
import { node24Path } from '../../../../tools/job-runner/node24.ts';
import { status } from '../../../support/status.ts';
import { started } from '../started.ts';
import { newKey } from './sender.ts';

/** The real OpenTelemetry SDK, in a process of its own. */
const exporter = fileURLToPath(new URL('exporter.mjs', import.meta.url));

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'emulator-exporters-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

type Protocol = 'grpc' | 'http/protobuf';
type Outcomes = Readonly<
  Record<string, { readonly code: unknown; readonly message: string } | null>
>;

/** Sends with nothing but the standard environment variables. */
async function send(
  { ingestion, caCertificate }: Emulator,
  value: string,
  protocol: Protocol,
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcomes> {
  const caFile = path.join(folder, 'ca.pem');
  await writeFile(caFile, caCertificate);
  const { PATH = '', SystemRoot = '' } = process.env;
  const child = spawn(node24Path(), [exporter], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH, SystemRoot },
      OTEL_EXPORTER_OTLP_ENDPOINT: ingestion.endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: `Authorization=${encodeURIComponent(`Bearer ${value}`)}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      ...(ingestion.endpoint.startsWith('https:')
        ? { OTEL_EXPORTER_OTLP_CERTIFICATE: caFile }
        : {}),
      ...variables,
    },
  });
  const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(problems).toBe('');
  return JSON.parse(output) as Outcomes;
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

const sent = { logs: null, traces: null, metrics: null };
const counted = { logs: 3, traces: 2, metrics: 3, requests: 3 };

/** Time enough to try again, which they do after a second or so. */
const patient = { OTEL_EXPORTER_OTLP_TIMEOUT: '60000' };

const codes = (outcomes: Outcomes): unknown[] => signals.map((signal) => outcomes[signal]?.code);

const ways = [
  ['grpc', 'trusted', 'none'],
  ['http/protobuf', 'trusted', 'none'],
  ['grpc', 'plain', 'gzip'],
  ['http/protobuf', 'plain', 'gzip'],
] as const;

describe("the OpenTelemetry SDK's own exporters", () => {
  test.each(ways)(
    'over %s (TLS: %s, compression: %s) send with a key, and are refused once it is inactive',
    async (protocol, tls, compression) => {
      const emulator = await started({ tls });
      const { keyId, value, token } = newKey(emulator, { hashed: true });
      const variables = { OTEL_EXPORTER_OTLP_COMPRESSION: compression };

      expect(await send(emulator, value, protocol, variables)).toEqual(sent);
      expect(emulator.ingestion.received(keyId)).toEqual(counted);

      emulator.store.update(token, { keyId, isActive: false });
      const refused = protocol === 'grpc' ? status.UNAUTHENTICATED : 401;
      const outcomes = await send(emulator, value, protocol, variables);
      expect(codes(outcomes)).toEqual([refused, refused, refused]);
      expect(emulator.ingestion.received(keyId)).toEqual(counted);
      expect(JSON.stringify([emulator.ingestion.requests, outcomes])).not.toContain(value);
    },
  );

  test.each(['grpc', 'http/protobuf'] as const)(
    'over %s take a partial success for a success',
    async (protocol) => {
      const partialSuccess = { rejected: 1, message: 'one too many' };
      const emulator = await started({ ingestion: { partialSuccess } });
      const { keyId, value } = newKey(emulator);
      expect(await send(emulator, value, protocol)).toEqual(sent);
      const left = { logs: 2, traces: 1, metrics: 2, requests: 3 };
      expect(emulator.ingestion.received(keyId)).toEqual(left);
    },
  );

  test('over grpc learn that the team is over its quota', async () => {
    const emulator = await started({ ingestion: { quota: 0 } });
    const { keyId, value } = newKey(emulator);
    const exhausted = status.RESOURCE_EXHAUSTED;
    expect(codes(await send(emulator, value, 'grpc'))).toEqual([exhausted, exhausted, exhausted]);
    expect(emulator.ingestion.received(keyId).requests).toBe(0);
  });

  test('over http/protobuf try again while the team is over its quota', async () => {
    const emulator = await started({ ingestion: { quota: 0 } });
    const { keyId, value } = newKey(emulator);
    const sending = send(emulator, value, 'http/protobuf', patient);
    const outcomes = (): string[] => emulator.ingestion.requests.map(({ outcome }) => outcome);
    while (outcomes().length < signals.length) await sleep(20);
    expect(outcomes()).toEqual(['429', '429', '429']);
    emulator.ingestion.behave({});
    expect(await sending).toEqual(sent);
    expect(emulator.ingestion.received(keyId)).toEqual(counted);
  });

  test('over http/protobuf come through when a busy gateway lets them pass at last', async () => {
    const emulator = await started({ ingestion: { gateway: 'unavailable', gatewayTimes: 3 } });
    const { keyId, value } = newKey(emulator);
    expect(await send(emulator, value, 'http/protobuf', patient)).toEqual(sent);
    expect(emulator.ingestion.received(keyId)).toEqual(counted);
  });
});
