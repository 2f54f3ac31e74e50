import type { RpcName } from '../../../tools/emulator/rpc.ts';
import { lines } from '../harness.ts';
import { gitHub, on } from '../life-github.ts';
import { life, type Inputs } from '../life.ts';

/**
 * For how many calls the change says NOT_FOUND: it is made at once, and 0.5, 2 and 5 seconds after that.
 * 20 seconds are more than all of them: operations/retire.test.ts has those, in virtual time.
 */
export const durations = { 'not at all': 0, 'for 2 s': 2, 'for ever': Infinity } as const;

/** One of {@link durations}. */
export type Duration = keyof typeof durations;

/** A step that retires a key which the list shows. */
export interface ContradictedCase {
  readonly title: string;
  readonly inputs: Inputs;
  readonly rpc: Extract<RpcName, 'UpdateApiKey' | 'DeleteApiKey'>;
  /** How many calls of that kind come before. */
  readonly before?: number;
  /** Whether the end of the job retires it. */
  readonly isJobEnd?: boolean;
}

const [update, deletion] = ['UpdateApiKey', 'DeleteApiKey'] as const;
const rotate = { operation: 'rotate' };

/** All ways in which a key is retired that was not given by its id. */
export const contradictedCases: readonly ContradictedCase[] = [
  { title: '`delete` by name', inputs: { operation: 'delete' }, rpc: deletion },
  { title: '`deactivate` by name', inputs: { operation: 'deactivate' }, rpc: update },
  {
    title: '`rotate` now',
    inputs: { ...rotate, retire_when: 'now' },
    ...{ rpc: update, before: 1 },
  },
  {
    title: '`rotate` now, `retire: delete`',
    inputs: { ...rotate, retire_when: 'now', retire: 'delete' },
    rpc: deletion,
  },
  {
    title: '`prune`',
    inputs: { operation: 'prune', name: 'acme/shop/{environment}' },
    rpc: update,
  },
  {
    title: '`prune`, `retire: delete`',
    inputs: { operation: 'prune', name: 'acme/shop/{environment}', retire: 'delete' },
    rpc: deletion,
  },
  {
    title: 'the end of the job of `rotate`',
    inputs: rotate,
    ...{ rpc: update, before: 1, isJobEnd: true },
  },
  {
    title: 'the end of the job of `rotate`, `retire: delete`',
    inputs: { ...rotate, retire: 'delete' },
    ...{ rpc: deletion, isJobEnd: true },
  },
];

/** What was seen of the process that was to retire the key. */
export interface ContradictedSeen {
  readonly exitCode: number | null;
  readonly changed: string | undefined;
  readonly count: string | undefined;
  /** How many warnings it gave, and how many of them name the key. */
  readonly warnings: number;
  readonly naming: number;
  /** Whether its log says that a key was retired. */
  readonly isTold: boolean;
  readonly key: 'active' | 'inactive' | 'gone';
}

const retiredKey = /^1 key .*\b(?:deleted|deactivated): |\b1 previous key \(.*\) was de/u;

/** Lets it happen. */
export async function runContradicted(
  { inputs, rpc, before = 0, isJobEnd = false }: ContradictedCase,
  duration: Duration,
): Promise<ContradictedSeen> {
  const one = await life();
  const { id } = one.seed();
  const fault = { kind: 'status', code: 'NOT_FOUND' } as const;
  one.emulator.inject({ rpc, fault, skip: before, times: durations[duration] });
  const isPrune = inputs['operation'] === 'prune';
  const server = isPrune ? await gitHub({ environments: ['staging'] }) : undefined;
  const acting = server === undefined ? {} : on(server);
  const token = server === undefined ? {} : { github_token: server.tokens.github };
  const step = one.step({ ...inputs, ...token });
  const main = await step.main(acting);
  const run = isJobEnd ? await step.jobEnd('success', acting) : main;
  const warnings = run.annotations.filter(({ level }) => level === 'warning');
  const key = one.emulator.store.keys().find((each) => each.id === id);
  return {
    exitCode: run.exitCode,
    changed: run.outputs['changed'],
    count: run.outputs['count'],
    warnings: warnings.length,
    naming: warnings.filter(({ message }) => message.includes(id)).length,
    isTold: lines(run).some((line) => retiredKey.test(line)),
    key: key === undefined ? 'gone' : key.active ? 'active' : 'inactive',
  };
}
