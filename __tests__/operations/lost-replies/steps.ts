import type { Request } from '../../../src/operations/index.ts';
import { creating, ensuring, name, rotating } from '../simulation/requests.ts';
import type { RunPlan } from '../simulation/run-plan.ts';

/** A step whose calls are lost, one at a time. */
export interface Step {
  readonly title: string;
  /** Whether the keys of the name that are there before are active; none by default. */
  readonly before?: readonly boolean[];
  /** What is asked, where the key that was there first has this id. */
  readonly request: (id: string) => Request;
  readonly plan?: Partial<RunPlan>;
  /** Whether another `ensure` of the name begins at the same time, whose key gets the name. */
  readonly isBeaten?: boolean;
}

const perJob = { lifetime: 'job' } as const;
const now = { retireWhen: 'now' } as const;
const deleting = { retire: 'delete' } as const;
const failed = { jobStatus: 'failure' } as const;

const always =
  (request: Request): Step['request'] =>
  () =>
    request;
const byName = (operation: 'delete' | 'deactivate' | 'activate'): Step['request'] =>
  always({ operation, keys: { by: 'name', name }, dryRun: false });
const byId =
  (operation: 'delete' | 'deactivate' | 'activate'): Step['request'] =>
  (id) => ({ operation, keys: { by: 'ids', ids: [id] }, dryRun: false });

const [prefix = ''] = name.split(/(?<=\/)/u);
const pruning = (retire: 'deactivate' | 'delete'): Step['request'] =>
  always({
    operation: 'prune',
    template: {
      text: `${prefix}{branch}`,
      open: 'branch',
      capture: (each) => (each.startsWith(prefix) ? each.slice(prefix.length) : undefined),
    },
    retire,
    most: 20,
    dryRun: false,
  });

const updating =
  (change: { readonly newName?: string; readonly active?: boolean }): Step['request'] =>
  (id) => ({
    operation: 'update',
    key: { by: 'id', id },
    newName: change.newName,
    active: change.active,
    accessPolicy: undefined,
    dryRun: false,
  });

/** Every operation that changes something, and what the end of its job does. */
export const steps: readonly Step[] = [
  { title: '`create`', request: always(creating()) },
  { title: '`create` for one job', request: always(creating(perJob)) },
  {
    title: '`create` for one job, `retire: delete`',
    request: always(creating({ ...perJob, ...deleting })),
  },
  { title: '`ensure` of a new key', request: always(ensuring()) },
  { title: '`ensure` of a new key for one job', request: always(ensuring(perJob)) },
  {
    title: '`ensure` of a new key, beaten by another',
    request: always(ensuring({ ifValueLost: 'ignore' })),
    isBeaten: true,
  },
  {
    title: '`ensure` of a key that is there',
    before: [true],
    request: always(ensuring({ ifValueLost: 'ignore' })),
  },
  { title: '`rotate`, the first key', request: always(rotating()) },
  { title: '`rotate`, the first key, job failed', request: always(rotating()), plan: failed },
  { title: '`rotate`', before: [true], request: always(rotating()) },
  { title: '`rotate`, job failed', before: [true], request: always(rotating()), plan: failed },
  { title: '`rotate`, `retire: delete`', before: [true], request: always(rotating(deleting)) },
  { title: '`rotate` now', before: [true], request: always(rotating(now)) },
  {
    title: '`rotate` now, `retire: delete`',
    before: [true],
    request: always(rotating({ ...now, ...deleting })),
  },
  { title: '`update`, renamed', before: [true], request: updating({ newName: 'other' }) },
  { title: '`update`, deactivated', before: [true], request: updating({ active: false }) },
  { title: '`delete` by id', before: [true], request: byId('delete') },
  { title: '`delete` by name', before: [true], request: byName('delete') },
  { title: '`deactivate` by id', before: [true], request: byId('deactivate') },
  { title: '`deactivate` by name', before: [true], request: byName('deactivate') },
  { title: '`activate` by id', before: [false], request: byId('activate') },
  { title: '`activate` by name', before: [false], request: byName('activate') },
  {
    title: '`prune`',
    before: [true],
    request: pruning('deactivate'),
    plan: { existing: new Set(['main']) },
  },
  {
    title: '`prune`, `retire: delete`',
    before: [true],
    request: pruning('delete'),
    plan: { existing: new Set(['main']) },
  },
];
