/** Secrets by name. */
export type Secrets = Readonly<Record<string, string>>;

/** The secrets that exist at a moment. */
export interface SecretStore {
  readonly repository?: Secrets;
  /** By the name of the environment. */
  readonly environments?: Readonly<Record<string, Secrets>>;
}

/** Where secrets come from: as they are, or asked for anew, so that a run can see what it stored. */
export type SecretSource = SecretStore | (() => SecretStore);

/** The repository's secrets at this moment, which is the one at which GitHub queues a run. */
export function repositorySecrets(source: SecretSource): Secrets {
  return { ...storeOf(source).repository };
}

/**
 * The secrets of an environment at this moment, which is the one at which GitHub starts a job.
 *
 * @param source      where they come from
 * @param environment the environment's name; case does not matter
 */
export function environmentSecrets(source: SecretSource, environment: string): Secrets {
  const found = Object.entries(storeOf(source).environments ?? {}).find(
    ([name]) => name.toLowerCase() === environment.toLowerCase(),
  );
  return { ...found?.[1] };
}

function storeOf(source: SecretSource): SecretStore {
  return typeof source === 'function' ? source() : source;
}
