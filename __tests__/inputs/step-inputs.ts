import { randomBytes } from 'node:crypto';
import type { PlaceholderValues } from '../../src/names/template.ts';
import type { Result } from '../../src/core/result.ts';
import {
  defaultOf,
  inputNames,
  type InputName,
  type InputRecord,
} from '../../src/inputs/declared.ts';
import { readStep, type StepRequest } from '../../src/step-request.ts';

/** What a workflow gives under `with:`. */
export type Given = Readonly<Partial<Record<InputName, string>>>;
/** Variables of the process. */
export type Environment = Readonly<Record<string, string>>;

/** Made anew for each run, so that no fixture holds a credential. */
export const apiKey = `cxup_${randomBytes(12).toString('hex')}`;

/** Enough for an operation that needs nothing else. The token is there by default. */
export const base: Given = { api_key: apiKey, region: 'EU2', github_token: 'made-up-token' };

export const someId = 'c8d84762-9aff-4f90-93ef-1762757e0c2c';
export const otherId = '0d0f8f6e-2f0f-4c55-8e6e-3d5a1c9b7a01';

/** The inputs as the runner hands them over: with the declared defaults, and no blanks around them. */
export function recordOf(given: Given, environment: Environment = {}): InputRecord {
  const texts = inputNames.map((name) => [name, (given[name] ?? defaultOf(name) ?? '').trim()]);
  return { inputs: Object.fromEntries(texts) as Record<InputName, string>, environment };
}

/** As after a push to `main`. */
export function pushed(environment: string | undefined): PlaceholderValues {
  return {
    repository: { value: 'octo/shop' },
    owner: { value: 'octo' },
    repo: { value: 'shop' },
    branch: { value: 'main' },
    pull_request: { missing: 'a push is about no pull request' },
    environment: environment === undefined ? { missing: 'none is given' } : { value: environment },
    run_id: { value: '77' },
  };
}

/** Reads a step; the placeholders are those after a push to `main`. */
export function read(given: Given, environment?: Environment): Promise<Result<StepRequest>> {
  return Promise.resolve(readStep(recordOf(given, environment), pushed));
}

/** The request, where there must be one. */
export async function requested(given: Given, environment?: Environment): Promise<StepRequest> {
  const found = await read(given, environment);
  if (found.ok) return found.value;
  throw new Error(found.problems.join('\n'));
}

/** The problems, where there must be some. */
export async function problems(
  given: Given,
  environment?: Environment,
): Promise<readonly string[]> {
  const found = await read(given, environment);
  if (!found.ok) return found.problems;
  throw new Error(`accepted: ${JSON.stringify(found.value.operation)}`);
}

/** The warnings, where there must be a request. */
export async function warnings(
  given: Given,
  environment?: Environment,
): Promise<readonly string[]> {
  return (await requested(given, environment)).warnings;
}
