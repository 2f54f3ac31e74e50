import { all, ok, wrong, type Result } from '../core/result.ts';
import type { KeyPermissions, Retire, SecretReference } from '../core/ports.ts';
import { quoteUnlessSecret } from '../core/credential-like.ts';
import type { InputName } from '../inputs/declared.ts';
import { checkAccessPolicy } from '../inputs/access-policy.ts';
import { teamRange, type Inputs } from '../inputs/inputs.ts';
import { checkNewName } from '../inputs/new-name.ts';
import { parseRepository } from '../names/github-names.ts';
import { secretNameProblem } from '../names/secret-name.ts';
import { stampProblem } from '../names/stamp.ts';

/** What all operations that make a key need. */
export interface CreateOptions {
  /** The final name, filled in. */
  readonly name: string;
  readonly teamId: number;
  readonly hashed: boolean;
  /** JSON text: who may view or manage the key. */
  readonly accessPolicy: string | undefined;
  /** The preset `SendData` and nothing else, when absent. */
  readonly keyPermissions?: KeyPermissions;
  readonly retire: Retire;
  readonly dryRun: boolean;
  /** Whether the ingestion must have taken its value before anything depends on it. */
  readonly verify: boolean;
  /** Where its value is stored as a GitHub secret. */
  readonly secret: SecretReference | undefined;
}

/** How long a key lives: until someone ends it, or until the job does. */
export type Lifetime = 'permanent' | 'job';

/** The inputs that {@link readCreateOptions} reads. */
export const createInputs = [
  ...(['name', 'environment', 'team_id', 'access_policy', 'hashed', 'retire'] as const),
  ...(['verify', 'dry_run', 'secret_name', 'secret_repository', 'github_token'] as const),
] satisfies readonly InputName[];

/**
 * Reads what a key is to be like.
 *
 * @param operation for messages
 * @param inputs    the step's inputs
 */
export function readCreateOptions(operation: string, inputs: Inputs): Result<CreateOptions> {
  return all({
    name: readName(operation, inputs),
    teamId: inputs.integer('team_id', {
      ...teamRange,
      why: 'it is the number of the team that will own the key',
    }),
    hashed: inputs.boolean('hashed'),
    accessPolicy: readAccessPolicy(inputs),
    retire: readRetire(inputs),
    dryRun: inputs.boolean('dry_run'),
    verify: inputs.boolean('verify'),
    secret: readSecret(inputs),
  });
}

/** A new key has no policy that a blank text could remove: {@link remarkOnBlankPolicy} says so. */
function readAccessPolicy(inputs: Inputs): Result<string | undefined> {
  const policy = inputs.textOrBlank('access_policy');
  return policy === undefined || policy === '' ? ok(undefined) : checkAccessPolicy(policy);
}

/** What the reader should know of a blank policy for a key that is made: a variable may be missing. */
export function remarkOnBlankPolicy(inputs: Inputs): readonly string[] {
  return inputs.textOrBlank('access_policy') === ''
    ? ['`access_policy` is blank, which counts as not given: only `update` removes a policy so.']
    : [];
}

/** {@link remarkOnBlankPolicy}, and what has no effect where nothing is rotated. */
export function remarkOnEnsure(inputs: Inputs): readonly string[] {
  const mayRotate =
    inputs.text('max_age') !== undefined || inputs.text('if_value_lost') === 'rotate';
  return [
    ...remarkOnBlankPolicy(inputs),
    ...(inputs.text('grace_period') !== undefined && !mayRotate
      ? [
          '`grace_period` has no effect: `ensure` rotates only with `if_value_lost: rotate` or with `max_age`.',
        ]
      : []),
  ];
}

/**
 * Reads how long a key lives. A secret would outlive the key of a job.
 *
 * @param inputs the step's inputs
 */
export function readLifetime(inputs: Inputs): Result<Lifetime> {
  const lifetime = inputs.choice('lifetime', ['permanent', 'job']);
  if (lifetime.ok && lifetime.value === 'job' && inputs.text('secret_name') !== undefined) {
    return wrong(
      '`secret_name` and `lifetime: job` contradict each other: the secret would outlive its key.',
    );
  }
  return lifetime;
}

/**
 * Reads what retiring a key means.
 *
 * @param inputs the step's inputs
 */
export function readRetire(inputs: Inputs): Result<Retire> {
  return inputs.choice('retire', ['deactivate', 'delete']);
}

/**
 * Refuses a name that this action must not give to a key.
 *
 * @param input which input gives it
 * @param text  the name
 */
export function checkOwnName(input: 'name' | 'new_name', text: string): Result<string> {
  const stamp = stampProblem(text);
  return stamp === undefined
    ? checkNewName(input, text)
    : wrong(`\`${input}\` is ${quoteUnlessSecret(text, 120)}: ${stamp}`);
}

function readName(operation: string, inputs: Inputs): Result<string> {
  const name = inputs.exactName();
  if (!name.ok) return name;
  // A key that ends with its job may serve the taking down of what is gone.
  const isForJob = operation !== 'rotate' && inputs.text('lifetime') === 'job';
  const lasts = isForJob ? ok(undefined) : inputs.checkNameLasts();
  if (!lasts.ok) return lasts;
  if (name.value === undefined) {
    return wrong(`\`name\` is missing: \`${operation}\` needs the name of the key.`);
  }
  return checkOwnName('name', name.value);
}

function readSecret(inputs: Inputs): Result<SecretReference | undefined> {
  const secretName = inputs.text('secret_name');
  const repository = inputs.text('secret_repository');
  if (secretName === undefined) {
    return repository === undefined
      ? ok(undefined)
      : wrong('`secret_repository` is given without `secret_name`: nothing is stored there.');
  }
  const problem = secretNameProblem(secretName);
  if (problem !== undefined) return wrong(`\`secret_name\`: ${problem}`);
  const environment = inputs.text('environment');
  const token = inputs.required('github_token', tokenNeeded(environment));
  const where = checkRepository(repository);
  const both = all({ token, where });
  return both.ok ? ok({ secretName, environment, repository }) : both;
}

/**
 * What a token for a secret must be, where none was given. The input has a default, so it is empty only
 * where somebody wrote it and it came out so. The permissions: see hintsFor in github/place.ts.
 */
function tokenNeeded(environment: string | undefined): string {
  const permissions =
    environment === undefined
      ? 'permissions Secrets: write and Variables: write'
      : 'permission Environments: write';
  return (
    'to store a secret takes a personal access token, or the token of a GitHub App, with the ' +
    `${permissions}; GITHUB_TOKEN can never do it. If it is an expression, that one is empty: ` +
    'check that the step that makes the token has this id, or that there is such a secret'
  );
}

function checkRepository(text: string | undefined): Result<undefined> {
  return text === undefined || parseRepository(text) !== undefined
    ? ok(undefined)
    : wrong(`\`secret_repository\` is ${quoteUnlessSecret(text)}: it must be OWNER/NAME.`);
}
