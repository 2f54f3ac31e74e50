import type { OperationName } from '../core/request.ts';

/** An input as `action.yml` declares it; a test holds the two together. */
export interface Declared {
  /** What `action.yml` gives when the workflow gives nothing. */
  readonly default?: string;
  /** Which operations use it; `all` when each does. */
  readonly usedBy: 'all' | readonly OperationName[];
}

const making = ['create', 'ensure', 'rotate'] as const;
const changing = [...making, 'update', 'delete', 'activate', 'deactivate', 'prune'] as const;
const byId = ['get', 'update', 'delete', 'activate', 'deactivate'] as const;
const byName = [
  ...making,
  'get',
  'list',
  'update',
  'delete',
  'activate',
  'deactivate',
  'prune',
] as const;

/** The inputs, with who uses them. */
export const declaredInputs = {
  operation: { usedBy: 'all' },
  api_key: { usedBy: 'all' },
  region: { usedBy: 'all' },
  domain: { usedBy: 'all' },
  endpoint: { usedBy: 'all' },
  ca_certificate: { usedBy: 'all' },
  team_id: { usedBy: making },
  name: { usedBy: byName },
  key_id: { usedBy: byId },
  new_name: { usedBy: ['update'] },
  is_active: { usedBy: ['update'] },
  hashed: { usedBy: making, default: 'false' },
  environment: { usedBy: byName },
  on_existing: { usedBy: ['ensure'], default: 'reuse' },
  lifetime: { usedBy: ['create', 'ensure'], default: 'permanent' },
  retire: { usedBy: [...making, 'prune'], default: 'deactivate' },
  retire_when: { usedBy: ['rotate'], default: 'job_succeeds' },
  secret_name: { usedBy: making },
  // Always given by its default, so it says nothing about what the user wants.
  github_token: { usedBy: 'all' },
  max_prune: { usedBy: ['prune'], default: '20' },
  dry_run: { usedBy: changing, default: 'false' },
  timeout_seconds: { usedBy: 'all', default: '60' },
  summary: { usedBy: 'all', default: 'true' },
  job_status: { usedBy: 'all' },
} as const satisfies Readonly<Record<string, Declared>>;

/** The inputs' names. */
export type InputName = keyof typeof declaredInputs;

/** The names of the operations, in the order in which they are told to the user. */
export const operationNames = [
  'create',
  'get',
  'list',
  'update',
  'delete',
  'activate',
  'deactivate',
  'ensure',
  'rotate',
  'prune',
] as const satisfies readonly OperationName[];

/**
 * The inputs that a workflow gives and the operation does not use.
 *
 * @param operation which operation
 * @param given     the text of an input, empty when not given
 */
export function unusedInputs(
  operation: OperationName,
  given: (name: InputName) => string,
): readonly InputName[] {
  return (Object.keys(declaredInputs) as InputName[]).filter((name) => {
    const declared: Declared = declaredInputs[name];
    const text = given(name);
    if (text === '' || text === declared.default) return false;
    return declared.usedBy !== 'all' && !declared.usedBy.includes(operation);
  });
}
