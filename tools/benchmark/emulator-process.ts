import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { node24Path } from '../job-runner/index.ts';
import { beside } from './beside.ts';

/** An emulator in a process of its own, so that its work is not counted as the action's. */
export interface EmulatorProcess {
  readonly endpoint: string;
  /** Where its keys send telemetry to. */
  readonly otlpEndpoint: string;
  readonly port: number;
  readonly teamId: number;
  /** May do all. */
  readonly token: string;
  /** The CA to trust: as PEM text, and as a file. */
  readonly caCertificate: string;
  readonly caFile: string;
  /** Ends it. */
  stop(): Promise<void>;
}

/**
 * Starts an emulator over TLS.
 *
 * @param options as `npm run emulator -- --help` tells
 */
export async function startEmulatorProcess(
  ...options: readonly string[]
): Promise<EmulatorProcess> {
  // Where reads carry values, each has to be masked: the most that a step can have to do.
  const disclosing = ['--disclose-values', 'always'];
  const child = spawn(
    node24Path(),
    [beside('../emulator/main'), '--json', ...disclosing, ...options],
    { stdio: ['ignore', 'pipe', 'inherit'], windowsHide: true },
  );
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const first = await Promise.race([once(lines, 'line'), ended.then(() => undefined)]);
  if (first === undefined) throw new Error('The emulator did not start.');
  const { tokens, ...rest } = JSON.parse(String(first[0])) as Omit<
    EmulatorProcess,
    'stop' | 'token'
  > & { readonly tokens: { readonly admin: string } };
  return {
    ...rest,
    token: tokens.admin,
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}
