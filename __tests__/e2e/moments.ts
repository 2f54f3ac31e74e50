import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../tools/emulator/faults.ts';
import type { Emulator } from '../../tools/emulator/index.ts';
import type { RpcName } from '../../tools/emulator/rpc.ts';
import type { Interruption, StepRun } from '../../tools/job-runner/index.ts';
import type { Acting } from './life.ts';

/** When a process is stopped: around what the service does with one of its calls. */
export interface Moment {
  /** Which call of the process, from 1. */
  readonly call: number;
  readonly rpc: RpcName;
  /** `late`: while the call is under way, which the service then carries out all the same. */
  readonly when: 'before' | 'after' | 'late';
}

/** How long after the process was stopped a late call is carried out. */
const lateMs = 700;

const faults: Readonly<Record<Moment['when'], Fault>> = {
  before: { kind: 'hang' },
  after: { kind: 'commit-then-hang' },
  late: { kind: 'delay', ms: lateMs, when: 'before' },
};

const whensOfChanges = ['before', 'after', 'late'] as const;

/** All moments of a process that makes these calls. Of a read only what comes after it differs. */
export function momentsOf(...rpcs: readonly RpcName[]): readonly Moment[] {
  return rpcs.flatMap((rpc, index) => {
    const whens = rpc === 'GetSendDataApiKeys' ? ['after' as const] : whensOfChanges;
    return whens.map((when) => ({ call: index + 1, rpc, when }));
  });
}

/**
 * Runs a process that is stopped at a moment.
 *
 * @param moment   when
 * @param emulator whom it talks to
 * @param signal   what stops it, given when
 * @param start    starts it
 * @returns which call it was, and how the process ended
 */
export async function stoppedAt(
  { call, when }: Moment,
  emulator: Emulator,
  signal: (when: Promise<void>) => Interruption,
  start: (acting: Acting) => Promise<StepRun>,
): Promise<{ readonly rpc: RpcName | undefined; readonly signal: NodeJS.Signals | null }> {
  const { journal } = emulator;
  journal.clear();
  emulator.inject({ fault: faults[when], skip: call - 1 });
  const run = await start({ signal: signal(reached(journal, call, when)) });
  emulator.clearFaults();
  return { rpc: journal.calls.at(-1)?.rpc, signal: run.signal };
}

/** Resolves when the service is done with a call, or, for a late one, has received it. */
async function reached(
  journal: Emulator['journal'],
  call: number,
  when: Moment['when'],
): Promise<void> {
  if (when === 'late') {
    while (journal.calls[call - 1]?.request === undefined) await sleep(5);
    return;
  }
  await new Promise<void>((resolve) => {
    const end = journal.onCall(() => {
      if (journal.attempts() < call) return;
      end();
      resolve();
    });
  });
}
