import type { Request } from '../../../src/operations/index.ts';
import { ensuring, name, rotating } from '../simulation/requests.ts';
import type { RunPlan } from '../simulation/run-plan.ts';
import { teamId } from '../simulation/service.ts';

/** A step that finds keys by name. */
export interface NamedStep {
  /** As the table has it. */
  readonly what: string;
  readonly request: Request;
  readonly plan?: Partial<RunPlan>;
  /** Whether there is something to do only where the key is inactive. */
  readonly isForInactive?: boolean;
  /** What becomes of a key of ours. */
  readonly ours: string;
  /** What becomes of an inactive key of ours, where that is something else. */
  readonly oursInactive?: string;
  /** What becomes of a key that is not ours. */
  readonly others: string;
}

const selector = { by: 'name', name, teamId } as const;
const [prefix = ''] = name.split('/');

/** Every operation that finds keys by name, in its most harmful form. */
export const steps: readonly NamedStep[] = [
  {
    what: '`ensure`',
    request: ensuring(),
    ours: 'handed out',
    oursInactive: 'left; a new one made',
    others: 'left; a new one made',
  },
  {
    what: '`rotate`, `retire_when: now`',
    request: rotating({ retireWhen: 'now', retire: 'delete' }),
    ours: 'deleted; a new one made',
    oursInactive: 'left; a new one made',
    others: 'left; a new one made',
  },
  {
    what: "`rotate`, `retire: delete`, at the job's end",
    request: rotating({ retire: 'delete' }),
    plan: { hasJobEnd: true, jobStatus: 'success' },
    ours: 'deleted; a new one made',
    oursInactive: 'left; a new one made',
    others: 'left; a new one made',
  },
  {
    what: '`prune`, `retire: delete`',
    request: {
      operation: 'prune',
      template: {
        text: `${prefix}/{branch}`,
        open: 'branch',
        capture: (text) =>
          text.startsWith(`${prefix}/`) ? text.slice(prefix.length + 1) : undefined,
      },
      teamId,
      retire: 'delete',
      most: 20,
      dryRun: false,
    },
    plan: { existing: new Set(['main']) },
    ours: 'deleted',
    others: 'left',
  },
  {
    what: '`deactivate`',
    request: { operation: 'deactivate', keys: selector, dryRun: false },
    ours: 'deactivated',
    oursInactive: 'left',
    others: 'left',
  },
  {
    what: '`delete`',
    request: { operation: 'delete', keys: selector, dryRun: false },
    ours: 'deleted',
    others: 'left',
  },
  {
    what: '`activate` (of an inactive one)',
    request: { operation: 'activate', keys: selector, dryRun: false },
    isForInactive: true,
    ours: 'activated',
    others: 'left; `not_found`',
  },
  {
    what: '`update` with `new_name`',
    request: {
      operation: 'update',
      key: selector,
      newName: 'other/name',
      active: undefined,
      accessPolicy: undefined,
      dryRun: false,
    },
    ours: 'renamed',
    others: 'left; `not_found`',
  },
  {
    what: '`get`',
    request: { operation: 'get', key: selector },
    ours: 'handed out',
    others: 'left; `not_found`',
  },
];
