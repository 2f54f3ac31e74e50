import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overlaid, machineEnvironment } from '../job-runner/environment.ts';
import { node24Path, runAction, type StepRun } from '../job-runner/index.ts';
import { runProcess } from '../job-runner/process.ts';
import { beside } from './beside.ts';
import type { EmulatorProcess } from './emulator-process.ts';
import type { ProbeReport } from './probe.ts';

/** What a process took. */
export interface Measured {
  /** From its start to its end, as seen from outside. */
  readonly wallMs: number;
  /** User and system time, up to its exit. */
  readonly cpuMs: number;
  /** The most memory that it had at a time, in millions of bytes. */
  readonly peakMb: number;
  readonly probe: ProbeReport;
}

/** A step of the action that was measured. */
export interface MeasuredStep extends Measured {
  readonly run: StepRun;
}

/** How to run a step of the action, beside its inputs. */
export interface StepOptions {
  /** Where it connects to, if not straight to the emulator. */
  readonly port?: number;
  /** Have the probe look at the network. */
  readonly watch?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** What has to come of it; success by default. */
  readonly exitCode?: number;
}

// A long list prints thousands of lines, and bulk work takes its time.
const timeoutMs = 180_000;

/**
 * Runs a script of ours, or other arguments of node, on Node 24 and measures it.
 *
 * @throws Error when it fails
 */
export async function measureNode(
  nodeArguments: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Measured> {
  return probed({}, async (probe) => {
    const end = await runProcess({
      file: node24Path(),
      arguments: [...probe.nodeArguments, ...nodeArguments],
      folder: tmpdir(),
      environment: overlaid(machineEnvironment(), env, probe.env),
      onLine: () => undefined,
      timeoutMs,
    });
    if (end.exitCode !== 0) throw new Error(`A measured process failed:\n${end.stderr}`);
    return end;
  });
}

/**
 * Runs a step of the committed action on Node 24 and measures it.
 *
 * @param emulator what it talks to
 * @param inputs   beside those that tell how to connect; an undefined one is taken away
 * @throws Error when it does not end as it has to
 */
export async function measureStep(
  emulator: EmulatorProcess,
  inputs: Readonly<Record<string, string | undefined>>,
  options: StepOptions = {},
): Promise<MeasuredStep> {
  const { port = emulator.port, exitCode = 0 } = options;
  const measured = await probed(options, async (probe) => {
    const run = await runAction({
      inputs: {
        api_key: emulator.token,
        endpoint: `https://localhost:${port}`,
        ca_certificate: emulator.caCertificate,
        ...inputs,
      },
      nodeArguments: probe.nodeArguments,
      env: { ...options.env, ...probe.env },
      timeoutMs,
    });
    if (run.exitCode !== exitCode) throw new Error(`A measured step failed:\n${run.log}`);
    return { wallMs: run.wallMs, run };
  });
  return measured;
}

interface Probe {
  readonly nodeArguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

async function probed<Ended extends { readonly wallMs: number }>(
  { watch = false }: StepOptions,
  run: (probe: Probe) => Promise<Ended>,
): Promise<Ended & Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const file = join(folder, 'probe.json');
    const ended = await run({
      nodeArguments: ['--require', beside('probe')],
      env: { BENCH_PROBE: file, ...(watch ? { BENCH_WATCH: '1' } : {}) },
    });
    const probe = JSON.parse(await readFile(file, 'utf8')) as ProbeReport;
    return { ...ended, cpuMs: probe.exit.cpuMs, peakMb: (probe.maxRssKb * 1024) / 1e6, probe };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
