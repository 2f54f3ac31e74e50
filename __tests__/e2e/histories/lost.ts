import type { RpcName } from '../../../tools/emulator/rpc.ts';
import type { Emulator } from '../../../tools/emulator/index.ts';
import { startRelay } from '../../support/relay.ts';
import { life, type Inputs, type Life } from '../life.ts';

/** What each further call is told; OK: nothing but the truth. */
export const answers = ['OK', 'NOT_FOUND', 'UNAVAILABLE', 'PERMISSION_DENIED'] as const;

/** One of {@link answers}. */
export type Answer = (typeof answers)[number];

/** A step, one of whose calls is carried out, and its connection cut. */
export interface LostCase {
  readonly title: string;
  readonly inputs: Inputs;
  readonly lost: RpcName;
  /** What is told the answer then: the call that was lost, or the look for what it did. */
  readonly then: RpcName;
  /** How many calls of that kind come before that, also of the second run. */
  readonly before: number;
  /** Whether the second run comes between the loss and the next call, or with the end of the job. */
  readonly second: 'between' | 'after';
}

const [create, list, update] = ['CreateApiKey', 'GetSendDataApiKeys', 'UpdateApiKey'] as const;
const [ensure, rotate] = [{ operation: 'ensure' }, { operation: 'rotate' }];

/** Under a provisional name nobody can use a key, so that a second run has to wait for the first. */
export const lostCases: readonly LostCase[] = [
  {
    title: '`create`: Create, then List',
    inputs: { operation: 'create' },
    ...{ lost: create, then: list, before: 1, second: 'between' },
  },
  {
    title: '`ensure`: Create',
    inputs: ensure,
    ...{ lost: create, then: create, before: 0, second: 'after' },
  },
  {
    title: '`ensure`: rename',
    inputs: ensure,
    ...{ lost: update, then: update, before: 0, second: 'between' },
  },
  {
    title: '`rotate`, the first key: Create',
    inputs: rotate,
    ...{ lost: create, then: create, before: 0, second: 'after' },
  },
  {
    title: '`rotate`, the first key: rename',
    inputs: rotate,
    ...{ lost: update, then: update, before: 0, second: 'between' },
  },
];

/** What was seen. */
export interface LostSeen {
  /** How the step ended: `success`, or its `error_kind`. */
  readonly kind: string;
  /** The ids that it names: in its outputs, or in what it says. */
  readonly named: readonly string[];
  /** The names under which Create was carried out for it. */
  readonly created: readonly string[];
  /** What the second run handed out, and how it ended. */
  readonly second: { readonly exitCode: number | null; readonly id: string | undefined };
  /** The active keys of the name once both jobs have ended. */
  readonly active: readonly string[];
  /** How many keys were left under provisional names. */
  readonly provisional: number;
}

/** Lets it happen, to the end of the job. */
export async function runLost(
  { inputs, lost, then, before, second: when }: LostCase,
  answer: Answer,
): Promise<LostSeen> {
  const one = await life();
  const { emulator } = one;
  emulator.inject({ rpc: lost, fault: { kind: 'commit-then-hang' } });
  if (answer !== 'OK') {
    const fault = { kind: 'status', code: answer } as const;
    emulator.inject({ rpc: then, fault, skip: before, times: Infinity });
  }
  const relay = await startRelay(emulator.port);
  const step = one.step({ ...inputs, endpoint: `https://localhost:${relay.port}` });
  const main = step.main();
  await carriedOut(emulator, lost);
  const between = when === 'between' ? await ensureToo(one) : undefined;
  relay.cut();
  const run = await main;
  const { calls } = emulator.journal;
  const created = calls.flatMap(({ rpc, committed, request }) =>
    rpc === 'CreateApiKey' && committed ? [nameIn(request)] : [],
  );
  emulator.clearFaults();
  const isDone = run.exitCode === 0;
  const [second] = await Promise.all([
    between ?? ensureToo(one),
    step.jobEnd(isDone ? 'success' : 'failure'),
  ]);
  return {
    kind: isDone ? 'success' : (run.outputs['error_kind'] ?? 'none'),
    named: one.emulator.store
      .keys()
      .flatMap(({ id }) => (`${run.log}${JSON.stringify(run.outputs)}`.includes(id) ? [id] : [])),
    created,
    second,
    active: one.active(),
    provisional: emulator.store.keys().filter(({ name }) => name.includes(' ~pending-')).length,
  };
}

function nameIn(request: object | undefined): string {
  return request !== undefined && 'name' in request ? String(request.name) : '';
}

/** Another run, which uses what it finds. */
async function ensureToo(one: Life): Promise<LostSeen['second']> {
  const { exitCode, outputs } = await one.run({ operation: 'ensure', if_value_lost: 'ignore' });
  return { exitCode, id: outputs['key_id'] };
}

/** Resolves when the service has carried out a call for the first time. */
async function carriedOut({ journal }: Emulator, rpc: RpcName): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (journal.commits(rpc) === 0) return;
      end();
      resolve();
    };
    const end = journal.onCall(look);
    look();
  });
}
