import { createMatcher } from '../../../src/names/matcher.ts';
import type { CreateRequest } from '../../../src/operations/create.ts';
import type { EnsureRequest } from '../../../src/operations/ensure-request.ts';
import type { PruneRequest } from '../../../src/operations/prune.ts';
import type { RotateRequest } from '../../../src/operations/rotate.ts';
import { parsed, values } from '../../support/github-template.ts';
import { teamId } from './service.ts';

/** The name that all is about. */
export const name = 'shop/production';

const making = {
  name,
  teamId,
  hashed: false,
  accessPolicy: undefined,
  secret: undefined,
  retire: 'deactivate',
  dryRun: false,
  verify: false,
} as const;

/** Where values go in runs that store them. */
export const secret = { secretName: 'SHOP_KEY', environment: 'production' } as const;

/** An `ensure` with the inputs' defaults. */
export function ensuring(change: Partial<EnsureRequest> = {}): EnsureRequest {
  return {
    ...making,
    operation: 'ensure',
    lifetime: 'permanent',
    storedValue: { isPassed: false },
    ifValueLost: 'fail',
    maxAgeMs: undefined,
    graceMs: undefined,
    ...change,
  };
}

/** A `rotate` with the inputs' defaults. */
export function rotating(change: Partial<RotateRequest> = {}): RotateRequest {
  return {
    ...making,
    hashed: undefined,
    operation: 'rotate',
    retireWhen: 'job_succeeds',
    graceMs: undefined,
    ...change,
  };
}

/** A `create` with the inputs' defaults. */
export function creating(change: Partial<CreateRequest> = {}): CreateRequest {
  return {
    ...making,
    operation: 'create',
    lifetime: 'permanent',
    expiresAfterMs: undefined,
    ...change,
  };
}

/**
 * A `prune` with the inputs' defaults.
 *
 * @param text   the template
 * @param change what is not as by default
 */
export function pruning(text: string, change: Partial<PruneRequest> = {}): PruneRequest {
  const template = createMatcher(parsed(text), values());
  if (!template.ok) throw new Error(template.problems.join(' '));
  return {
    operation: 'prune',
    template: template.value,
    retire: 'deactivate',
    most: 20,
    dryRun: false,
    ...change,
  };
}
