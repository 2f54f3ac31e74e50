import type { RpcName } from '../../../tools/emulator/rpc.ts';
import type { StepRun } from '../../../tools/job-runner/index.ts';
import { act, emulated, told } from '../harness.ts';
import type { Expected, FaultRow } from './faults.ts';

/** The RPCs in the order of the table, each with the plainest step that makes it. */
export const rpcs = {
  CreateApiKey: { operation: 'create' },
  GetApiKey: { operation: 'get' },
  GetSendDataApiKeys: { operation: 'list' },
  UpdateApiKey: { operation: 'update' },
  DeleteApiKey: { operation: 'delete' },
} as const satisfies Record<RpcName, { readonly operation: string }>;

/** The names of {@link rpcs}, in their order. */
export const rpcColumns = Object.keys(rpcs) as readonly RpcName[];

/** How long a fault lasts: for one call of the RPC, or for all. */
export type Lasting = 'once' | 'always';

/** What was seen of one step under one fault. */
export interface Seen {
  readonly exitCode: number | null;
  /** The step's `error_kind`, or `success`. */
  readonly kind: string;
  readonly attempts: number;
  readonly commits: number;
  /** The keys that are there at the end, by name: whether they are active. */
  readonly left: Readonly<Record<string, boolean>>;
  readonly wallMs: number;
  readonly budgetMs: number;
  /** What the one error says. */
  readonly told: string;
  /** The ids that the step asks to look at. */
  readonly keyIds: readonly string[];
  /** Ids of keys that are there and were not there before. */
  readonly made: readonly string[];
}

const silentSeconds = 4;
// Six attempts and the longest waits between them take twelve seconds, and on a busy machine twice that: no
// outcome is to hang on it.
const usualSeconds = 60;

/**
 * Runs one step on an emulator of its own, on which every call of one RPC, or the first one, meets
 * a fault.
 *
 * @param debug with debug logging, which prints more, and nothing secret either
 */
export async function runCase(
  { fault, isSilent = false }: FaultRow,
  rpc: RpcName,
  lasting: Lasting,
  debug: boolean,
): Promise<Seen> {
  const emulator = await emulated();
  const { store, journal, teamId } = emulator;
  const [old] = store.seed(1, 'old', { teamId });
  const id = old?.id ?? '';
  emulator.inject({ rpc, fault, times: lasting === 'once' ? 1 : Infinity });
  const seconds = isSilent && lasting === 'always' ? silentSeconds : usualSeconds;
  const run = await act(
    emulator,
    { ...inputsFor(rpc, id, teamId), timeout_seconds: String(seconds) },
    { debug },
  );
  const left = store.keys();
  await emulator.stop();
  return {
    exitCode: run.exitCode,
    kind: run.exitCode === 0 ? 'success' : (run.outputs['error_kind'] ?? 'none'),
    attempts: journal.attempts(rpc),
    commits: journal.commits(rpc),
    left: Object.fromEntries(left.map(({ name, active }) => [name, active])),
    wallMs: run.wallMs,
    budgetMs: seconds * 1000,
    told: told(run),
    keyIds: idsIn(run),
    made: left.flatMap((key) => (key.id === id ? [] : [key.id])),
  };
}

function inputsFor(
  rpc: RpcName,
  id: string,
  teamId: number,
): Readonly<Record<string, string | undefined>> {
  const { operation } = rpcs[rpc];
  switch (rpc) {
    case 'CreateApiKey':
      return { operation, name: 'new', team_id: String(teamId) };
    case 'GetSendDataApiKeys':
      return { operation };
    case 'UpdateApiKey':
      return { operation, key_id: id, is_active: 'false' };
    case 'GetApiKey':
    case 'DeleteApiKey':
      return { operation, key_id: id };
  }
}

function idsIn(run: StepRun): readonly string[] {
  return JSON.parse(run.outputs['key_ids'] ?? '[]') as readonly string[];
}

/** What a row of the table says about an RPC under a fault that does not pass. */
export function expectedFor(row: FaultRow, rpc: RpcName): Expected & { readonly commits: number } {
  const expected =
    rpc === 'CreateApiKey'
      ? row.create
      : rpc === 'DeleteApiKey'
        ? (row.delete ?? row.others)
        : row.others;
  if (row.commits === 'never') return { ...expected, commits: 0 };
  // What is deleted already is not deleted again.
  return { ...expected, commits: rpc === 'DeleteApiKey' ? 1 : expected.attempts };
}

/** What has to come of an RPC that may be repeated, when the fault has passed by then. */
export function expectedOnceFor(
  row: FaultRow,
  rpc: RpcName,
): Expected & { readonly commits: number } {
  if (row.commits === 'never') return { kind: 'success', attempts: 2, commits: 1 };
  // "Not found" after a lost answer may be the lag of a service that does not know the key yet.
  if (rpc === 'DeleteApiKey') return { kind: 'success', attempts: 5, commits: 1 };
  return { kind: 'success', attempts: 2, commits: 2 };
}

/** What has to be there at the end, told from what the service has carried out. */
export function leftAfter(rpc: RpcName, commits: number): Readonly<Record<string, boolean>> {
  const done = commits > 0;
  switch (rpc) {
    case 'CreateApiKey':
      return { old0: true, ...(done ? { new: true } : {}) };
    case 'UpdateApiKey':
      return { old0: !done };
    case 'DeleteApiKey':
      return done ? {} : { old0: true };
    case 'GetApiKey':
    case 'GetSendDataApiKeys':
      return { old0: true };
  }
}
