import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StepRun } from '../../tools/job-runner/index.ts';
import type { FaultRule } from '../../tools/emulator/faults.ts';
import { pooled } from './harness.ts';
import { life, type Life } from './life.ts';

/** How large a crowd is. */
export interface CrowdOptions {
  /** A multiple of the names: each has as many processes as every other, one after the other. */
  readonly processes: number;
  readonly names: number;
  /** So many processes at once. */
  readonly atOnce: number;
  /** Calls a second that the service takes, from all together. */
  readonly rateLimit: number;
}

/** What a crowd has done. */
export interface Crowd {
  readonly one: Life;
  readonly names: readonly string[];
  /** The first run of each process, and for those that failed the second, as who runs failed jobs again has it. */
  readonly first: readonly StepRun[];
  readonly again: readonly StepRun[];
  /** From the first start to the last end, in seconds. */
  readonly seconds: number;
}

/** The answer is lost, and what it was about is done. */
const oneReplyInTenLost: FaultRule = {
  fault: { kind: 'commit-then-drop' },
  times: Infinity,
  probability: 0.1,
  seed: 7,
};

const prefix = 'acme/shop/crowd/';

/** The kinds of failure after which running the job again is what the message advises. */
const passing = ['rate_limited', 'unavailable', 'timeout', 'outcome_unknown'];

/** Lets many processes `ensure` a few names at once. */
export async function gather(options: CrowdOptions): Promise<Crowd> {
  const { processes, atOnce, rateLimit } = options;
  const one = await life({ rateLimit, faults: [oneReplyInTenLost] });
  const names = Array.from({ length: options.names }, (_, index) => `${prefix}${index + 1}`);
  const each = processes / names.length;
  const wanted = names.flatMap((name) => Array.from({ length: each }, () => name));
  const ensure = (name: string): Promise<StepRun> =>
    one.run({ operation: 'ensure', name, timeout_seconds: '300' }, { timeoutMs: 330_000 });
  const startedAt = performance.now();
  const first = await pooled(wanted, atOnce, ensure);
  const failed = wanted.filter((_, index) => isPassing(first[index]));
  const again = await pooled(failed, atOnce, ensure);
  return { one, names, first, again, seconds: (performance.now() - startedAt) / 1000 };
}

/** Whether a run failed of what passes. */
export function isPassing(run: StepRun | undefined): boolean {
  return passing.includes(run?.outputs['error_kind'] ?? '');
}

/** Prunes, by time alone, two hours later: until then provisional keys may be somebody's. */
export function pruneLater({ one }: Crowd): Promise<StepRun> {
  const { emulator } = one;
  emulator.clearFaults();
  const script = pathToFileURL(join(process.cwd(), '__tests__', 'support', 'clock-ahead.mjs'));
  return one.run(
    { operation: 'prune', name: `${prefix}*`, max_prune: '1000', timeout_seconds: '300' },
    {
      timeoutMs: 330_000,
      nodeArguments: ['--import', script.href],
      env: { CLOCK_AHEAD: String(2 * 60 * 60 * 1000) },
    },
  );
}

/** The names that several active keys bear, and their ids. */
export function duplicates({ one, names }: Crowd): ReadonlyMap<string, readonly string[]> {
  const all = names.map((name) => [name, one.active(name)] as const);
  return new Map(all.filter(([, ids]) => ids.length > 1));
}

/** The numbers, for docs/performance.md. */
export function numbersOf(crowd: Crowd): Readonly<Record<string, number>> {
  const { one, first, again, seconds } = crowd;
  const { journal, store } = one.emulator;
  const outcomes = (wanted: string): number =>
    journal.calls.filter(({ outcome }) => outcome === wanted).length;
  const kinds = (runs: readonly StepRun[], wanted: (run: StepRun) => boolean): number =>
    runs.filter(wanted).length;
  return {
    seconds: Math.round(seconds),
    processes: first.length,
    gotTheValue: kinds([...first, ...again], ({ exitCode }) => exitCode === 0),
    sharedTheKey: kinds(
      [...first, ...again],
      ({ outputs }) => outputs['error_kind'] === 'value_hidden',
    ),
    runAgain: again.length,
    calls: journal.attempts(),
    refused: outcomes('status'),
    lost: outcomes('commit-then-drop'),
    keysMade: journal.commits('CreateApiKey'),
    keysLeft: store.keys().length,
    namesWithSeveral: duplicates(crowd).size,
  };
}
