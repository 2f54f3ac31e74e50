import { parse } from 'yaml';
import { isRecord, listOf, recordAt, textOf, textsOf } from './yaml-values.ts';

/** A workflow as it is written: texts may hold expressions. */
export interface WorkflowFile {
  readonly name: string;
  readonly on: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly defaults: RunDefaults;
  readonly jobs: readonly JobFile[];
}

/** `defaults.run`. */
export interface RunDefaults {
  readonly shell: string | undefined;
  readonly workingDirectory: string | undefined;
}

/** One of the `jobs`. */
export interface JobFile {
  readonly id: string;
  readonly name: string | undefined;
  readonly needs: readonly string[];
  readonly if: string | undefined;
  readonly environment: { readonly name: string; readonly url: string } | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** A mapping of lists, or one expression. */
  readonly matrix: unknown;
  readonly failFast: boolean;
  readonly permissions: unknown;
  readonly concurrency: unknown;
  readonly timeoutMinutes: string | undefined;
  readonly defaults: RunDefaults;
  readonly steps: readonly StepFile[];
}

/** One of the `steps` of a job. */
export interface StepFile {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly if: string | undefined;
  readonly uses: string | undefined;
  readonly run: string | undefined;
  readonly with: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly shell: string | undefined;
  readonly workingDirectory: string | undefined;
  readonly continueOnError: string;
  readonly timeoutMinutes: string | undefined;
}

/**
 * Reads a workflow.
 *
 * @param text YAML
 * @throws Error when it is malformed, or holds what is not modelled: better no run than another one
 */
export function parseWorkflow(text: string): WorkflowFile {
  const file: unknown = parse(text);
  const keys = ['name', 'run-name', 'on', 'permissions', 'env', 'defaults', 'concurrency', 'jobs'];
  const workflow = onlyKeys('The workflow', file, keys);
  if (workflow['on'] === undefined) throw new Error('The workflow has no "on".');
  const jobs = Object.entries(recordAt(workflow, 'jobs')).map(([id, job]) => parseJob(id, job));
  const ids = new Set(jobs.map(({ id }) => id));
  for (const job of jobs) {
    const missing = job.needs.find((id) => !ids.has(id));
    if (missing !== undefined) throw new Error(`Job "${job.id}" needs "${missing}": no such job.`);
  }
  return {
    name: textOf(workflow['name']),
    on: workflow['on'],
    env: textsOf(workflow['env']),
    permissions: workflow['permissions'],
    concurrency: workflow['concurrency'],
    defaults: parseDefaults(workflow['defaults']),
    jobs,
  };
}

function parseJob(id: string, value: unknown): JobFile {
  const what = `Job "${id}"`;
  const job = onlyKeys(what, value, [
    'name',
    'permissions',
    'needs',
    'if',
    'runs-on',
    'environment',
    'concurrency',
    'outputs',
    'env',
    'defaults',
    'steps',
    'timeout-minutes',
    'strategy',
  ]);
  if (job['runs-on'] === undefined) throw new Error(`${what} has no "runs-on".`);
  const strategy = onlyKeys(`${what}, strategy`, job['strategy'] ?? {}, [
    'matrix',
    'fail-fast',
    'max-parallel',
  ]);
  const steps = listOf(job['steps']).map((step, at) => parseStep(`${what}, step ${at + 1}`, step));
  const ids = steps.flatMap((step) => step.id ?? []);
  const double = ids.find((stepId, at) => ids.indexOf(stepId) !== at);
  if (double !== undefined) throw new Error(`${what} has two steps with the id "${double}".`);
  return {
    id,
    name: optionalText(job['name']),
    needs: listOf(job['needs']).map(textOf),
    if: optionalText(job['if']),
    environment: parseEnvironment(job['environment']),
    env: textsOf(job['env']),
    outputs: textsOf(job['outputs']),
    matrix: strategy['matrix'],
    failFast: strategy['fail-fast'] !== false,
    permissions: job['permissions'],
    concurrency: job['concurrency'],
    timeoutMinutes: optionalText(job['timeout-minutes']),
    defaults: parseDefaults(job['defaults']),
    steps,
  };
}

function parseStep(what: string, value: unknown): StepFile {
  const step = onlyKeys(what, value, [
    'id',
    'name',
    'if',
    'uses',
    'run',
    'with',
    'env',
    'shell',
    'working-directory',
    'continue-on-error',
    'timeout-minutes',
  ]);
  if ((step['uses'] === undefined) === (step['run'] === undefined)) {
    throw new Error(`${what} must have either "uses" or "run".`);
  }
  return {
    id: optionalText(step['id']),
    name: optionalText(step['name']),
    if: optionalText(step['if']),
    uses: optionalText(step['uses']),
    run: optionalText(step['run']),
    with: textsOf(step['with']),
    env: textsOf(step['env']),
    shell: optionalText(step['shell']),
    workingDirectory: optionalText(step['working-directory']),
    continueOnError: textOf(step['continue-on-error']),
    timeoutMinutes: optionalText(step['timeout-minutes']),
  };
}

function parseEnvironment(value: unknown): JobFile['environment'] {
  if (value === undefined) return undefined;
  if (!isRecord(value)) return { name: textOf(value), url: '' };
  return { name: textOf(value['name']), url: textOf(value['url']) };
}

function parseDefaults(value: unknown): RunDefaults {
  const run = recordAt(value, 'run');
  return {
    shell: optionalText(run['shell']),
    workingDirectory: optionalText(run['working-directory']),
  };
}

function optionalText(value: unknown): string | undefined {
  return value === undefined ? undefined : textOf(value);
}

function onlyKeys(
  what: string,
  value: unknown,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Error(`${what} is not a mapping.`);
  const other = Object.keys(value).find((key) => !keys.includes(key));
  if (other === undefined) return value;
  throw new Error(`${what} has "${other}", which this step runner does not know.`);
}
