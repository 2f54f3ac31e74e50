import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  startEmulatorProcess,
  type EmulatorProcess,
} from '../../../tools/benchmark/emulator-process.ts';
import { measureFloor } from '../../../tools/benchmark/floor-run.ts';
import { measureNode, measureStep } from '../../../tools/benchmark/measure.ts';
import { phasesOf } from '../../../tools/benchmark/phases.ts';
import { startRelay } from '../../../tools/benchmark/relay.ts';
import { startEmulator, type Emulator } from '../../../tools/emulator/index.ts';
import { freshFolder } from '../../../tools/job-runner/fresh-folder.ts';
import { rm } from 'node:fs/promises';

let emulator: Emulator;
let folder: string;
/** The emulator of this process, as if it were one of its own. */
let asProcess: EmulatorProcess;

beforeEach(async () => {
  folder = await freshFolder('bench-test-');
  emulator = await startEmulator();
  const { endpoint, port, teamId, caCertificate, tokens } = emulator;
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, caCertificate);
  asProcess = {
    ...{ endpoint, port, teamId, caCertificate, caFile },
    otlpEndpoint: emulator.ingestion.endpoint,
    token: tokens.admin,
    stop: () => emulator.stop(),
  };
});

afterEach(async () => {
  await emulator.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the raw client', () => {
  test.each(['only', 'usual'] as const)('makes one key, trusting the CA (%s)', async (roots) => {
    const measured = await measureFloor(asProcess, roots);
    expect(measured.cpuMs).toBeGreaterThan(0);
    expect(measured.peakMb).toBeGreaterThan(10);
    expect(emulator.journal.connections).toBe(1);
    expect(emulator.journal.calls.map(({ rpc, committed }) => [rpc, committed])).toEqual([
      ['CreateApiKey', true],
    ]);
    expect(emulator.store.keys()).toMatchObject([{ active: true, presets: ['SendData'] }]);
  });

  test('fails when its call does', async () => {
    await expect(measureFloor({ ...asProcess, token: 'no key' }, 'only')).rejects.toThrow(
      'The call failed: 16.',
    );
  });

  test('trusts nobody else', async () => {
    await writeFile(asProcess.caFile, emulator.otherCaCertificate);
    await expect(measureFloor(asProcess, 'only')).rejects.toThrow('certificate');
    await expect(measureFloor(asProcess, 'usual')).rejects.toThrow('certificate');
  });
});

describe('a measured step', () => {
  test('is watched: one connection, one call, one lookup, and no query of a name server', async () => {
    const [key] = emulator.store.seed(1, 'bench/', { teamId: emulator.teamId });
    const measured = await measureStep(
      asProcess,
      { operation: 'get', key_id: key?.id },
      { watch: true },
    );
    expect(measured.run.outputs['name']).toBe('bench/0');
    expect(measured.probe).toMatchObject({ connections: 1, calls: 1, lookups: 1, queries: 0 });
    expect(emulator.journal.attempts()).toBe(1);
    const phases = Object.values(phasesOf(measured)).map(({ wallMs }) => wallMs);
    expect(phases.every((wallMs) => wallMs > 0)).toBe(true);
  });

  test('is not watched unless it is asked for', async () => {
    const { probe } = await measureStep(asProcess, { operation: 'list' });
    expect(probe).toMatchObject({ connections: 0, calls: 0 });
  });

  test('has to end as expected', async () => {
    await expect(measureStep(asProcess, {})).rejects.toThrow('operation');
    await expect(measureStep(asProcess, {}, { exitCode: 1 })).resolves.toBeDefined();
  });

  test('by id costs three round trips: TCP, TLS and one', async () => {
    const [key] = emulator.store.seed(1, 'bench/', { teamId: emulator.teamId });
    // So long a way that a busy machine's pauses do not look like one.
    const relay = await startRelay(emulator.port, 250);
    try {
      const inputs = { operation: 'get', key_id: key?.id };
      await measureStep(asProcess, inputs, { port: relay.port });
      expect(relay.connections.map(({ roundTrips }) => roundTrips)).toEqual([3]);
    } finally {
      await relay.stop();
    }
  });

  test('with a proof costs five more, on a connection of its own: TCP, TLS, its settings and two', async () => {
    emulator.store.add({ name: 'bench/proof', teamId: emulator.teamId });
    const relay = await startRelay(Number(new URL(asProcess.otlpEndpoint).port), 250);
    try {
      const measured = await measureStep(
        asProcess,
        {
          ...{ operation: 'rotate', name: 'bench/proof', team_id: String(emulator.teamId) },
          ...{ verify: 'true', ingestion_endpoint: `https://localhost:${relay.port}` },
        },
        { watch: true },
      );
      expect(measured.run.outputs['verified']).toBe('true');
      expect(relay.connections.map(({ roundTrips }) => roundTrips)).toEqual([5]);
      // List, Create and Update; and the two that prove it.
      expect(measured.probe).toMatchObject({ connections: 2, calls: 5, queries: 0 });
    } finally {
      await relay.stop();
    }
  });
});

test('a query of a name server is noticed, also one that nobody waits for', async () => {
  const program = "require('node:dns').promises.resolveTxt('x.invalid'); process.exit(0)";
  const { probe } = await measureNode(['-e', program], { BENCH_WATCH: '1' });
  expect(probe.queries).toBe(1);
});

test('an emulator in a process of its own tells how to connect, and ends', async () => {
  const own = await startEmulatorProcess('--seed', '3');
  try {
    const { run } = await measureStep(own, { operation: 'list' });
    expect(run.outputs['count']).toBe('3');
  } finally {
    await own.stop();
  }
  await expect(startEmulatorProcess('--seed', 'many')).rejects.toThrow('did not start');
});
