/**
 * The inputs as `action.yml` declares them, in its order, each with what it gives when the workflow gives
 * nothing; a test holds the two together. Who uses which is told by the table of operations.
 */
const declaredInputs = {
  operation: {},
  api_key: {},
  region: {},
  domain: {},
  endpoint: {},
  ingestion_endpoint: {},
  ca_certificate: {},
  team_id: {},
  name: {},
  key_id: {},
  environment: {},
  is_active: {},
  state: {},
  new_name: {},
  hashed: {},
  access_policy: { default: '(not given)' },
  secret_name: {},
  secret_repository: {},
  github_token: { isComputed: true },
  stored_value: { default: '(not given)', isStrict: true },
  if_value_lost: { default: 'fail' },
  max_age: {},
  verify: { default: 'false' },
  lifetime: { default: 'permanent' },
  // Where it is not used, the key would stay for good.
  expires_after: { isStrict: true },
  retire: { default: 'deactivate' },
  retire_when: { default: 'job_succeeds' },
  grace_period: {},
  max_prune: { default: '20' },
  dry_run: { default: 'false' },
  timeout_seconds: { default: '60' },
  summary: { default: 'true' },
  job_status: { isComputed: true },
} as const satisfies Readonly<Record<string, Declared>>;

/** An input as `action.yml` declares it. */
export interface Declared {
  readonly default?: string;
  /** Whether its default is an expression: always given, it says nothing about what the user wants. */
  readonly isComputed?: boolean;
  /** Whether it is a mistake, and not without effect, to give it to an operation that does not use it. */
  readonly isStrict?: boolean;
}

/** The inputs' names. */
export type InputName = keyof typeof declaredInputs;

/** {@link InputName}, all of them, in the order of `action.yml`. */
export const inputNames = Object.keys(declaredInputs) as readonly InputName[];

/** Inputs that every operation uses. */
export const commonInputs: readonly InputName[] = [
  ...(['operation', 'api_key', 'region', 'domain', 'endpoint'] as const),
  ...(['ingestion_endpoint', 'ca_certificate'] as const),
  ...(['timeout_seconds', 'summary', 'job_status'] as const),
];

/** What the runner hands over, read once. */
export interface InputRecord {
  /** Each input's text without blanks around it; empty when not given. */
  readonly inputs: Readonly<Record<InputName, string>>;
  /** The process's environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * What `action.yml` gives where the workflow gives nothing.
 *
 * @param name which input
 */
export function defaultOf(name: InputName): string | undefined {
  return declarationOf(name).default;
}

/**
 * Whether a workflow says something with an input: it is given, and not as it is by default.
 *
 * @param name which input
 * @param text what the runner hands over
 */
export function isChosen(name: InputName, text: string | undefined): boolean {
  const declared = declarationOf(name);
  return text !== undefined && text !== declared.default && declared.isComputed !== true;
}

/**
 * Whether an input must not be given where it is not used: what it holds would be lost.
 *
 * @param name which input
 */
export function isStrict(name: InputName): boolean {
  return declarationOf(name).isStrict === true;
}

function declarationOf(name: InputName): Declared {
  return declaredInputs[name];
}
