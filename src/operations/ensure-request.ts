import { all, ok, wrong, type Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import { unquoted } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import {
  readCreateOptions,
  readLifetime,
  type CreateOptions,
  type Lifetime,
} from './create-options.ts';
import type { RotateRequest } from './rotate.ts';
import type { PassedValue } from './stored-value.ts';

/** What to do about a key whose value is surely not to be had any more. */
export type IfValueLost = 'fail' | 'rotate' | 'ignore';

/** Exactly one active key with this name, whose value is where it is needed. */
export interface EnsureRequest extends CreateOptions {
  readonly operation: 'ensure';
  readonly lifetime: Lifetime;
  readonly storedValue: PassedValue;
  readonly ifValueLost: IfValueLost;
  /** A key whose value was stored longer ago is rotated, in milliseconds; undefined: never. */
  readonly maxAgeMs: number | undefined;
  /** How long a rotation leaves the previous keys active after the job has succeeded, in milliseconds. */
  readonly graceMs: number | undefined;
}

/** @param inputs the step's inputs */
export function readEnsure(inputs: Inputs): Result<EnsureRequest> {
  const read = all({
    options: readCreateOptions('ensure', inputs),
    lifetime: readLifetime(inputs),
    storedValue: readStoredValue(inputs),
    ifValueLost: inputs.choice('if_value_lost', ['fail', 'rotate', 'ignore']),
    maxAgeMs: readMaxAge(inputs),
    graceMs: inputs.duration('grace_period'),
    contradiction: checkLifetime(inputs),
  });
  if (!read.ok) return read;
  const { options, lifetime, storedValue, ifValueLost, maxAgeMs, graceMs } = read.value;
  return ok({
    ...{ operation: 'ensure', ...options, lifetime, storedValue, ifValueLost, maxAgeMs, graceMs },
  });
}

/** What a secret, or another step, gives back. No message quotes it. */
function readStoredValue(inputs: Inputs): Result<PassedValue> {
  const text = inputs.textOrBlank('stored_value');
  if (text === undefined) return ok({ isPassed: false });
  if (/[\r\n]/u.test(text)) {
    return wrong('`stored_value` holds a line break: it must be one line, the value alone.');
  }
  const value = unquoted(text);
  return ok({ isPassed: true, value: value === '' ? undefined : new Secret(value) });
}

function readMaxAge(inputs: Inputs): Result<number | undefined> {
  const age = inputs.duration('max_age');
  if (!age.ok || age.value === undefined) return age;
  return inputs.text('secret_name') === undefined
    ? wrong('`max_age` is given without `secret_name`: the record of the secret tells its age.')
    : age;
}

function checkLifetime(inputs: Inputs): Result<undefined> {
  // The old key would go with the job's success, and the new one with its end.
  return inputs.text('lifetime') === 'job' && inputs.text('if_value_lost') === 'rotate'
    ? wrong(
        '`lifetime: job` and `if_value_lost: rotate` contradict each other: the new key would replace the old one and end with the job, and no key would be left. Use another `name` for the job.',
      )
    : ok(undefined);
}

/** The rotation that takes the place of an `ensure`: as the workflow has it, and retired when the job succeeds. */
export function asRotation({ hashed, ...options }: EnsureRequest): RotateRequest {
  return {
    ...options,
    operation: 'rotate',
    retireWhen: 'job_succeeds',
    // Not asked for: as the key before.
    hashed: hashed ? true : undefined,
  };
}
