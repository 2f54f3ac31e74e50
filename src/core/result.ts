/**
 * A value, or all that is wrong with what it should have been read from: sentences to a person, at
 * least one. What reads from outside returns this; nothing is thrown.
 */
export type Result<T> = Ok<T> | Wrong;

/** The value that was read. */
export interface Ok<T> {
  readonly ok: true;
  readonly value: T;
}

/** What is wrong. */
export interface Wrong {
  readonly ok: false;
  readonly problems: readonly string[];
}

/** The value of a result. */
export type Value<R> = R extends Ok<infer T> ? T : never;

/** A result that holds a value. */
export function ok<const T>(value: T): Ok<T> {
  return { ok: true, value };
}

/** A result that holds none. */
export function wrong(...problems: readonly string[]): Wrong {
  return { ok: false, problems };
}

/**
 * Reads several things at once: all of them, or every problem with any of them, each once.
 *
 * @param results by the names that their values get
 */
export function all<Results extends Readonly<Record<string, Result<unknown>>>>(
  results: Results,
): Result<{ readonly [Name in keyof Results]: Value<Results[Name]> }> {
  const problems = Object.values(results).flatMap((each) => (each.ok ? [] : each.problems));
  if (problems.length > 0) return wrong(...new Set(problems));
  const values = Object.entries(results).map(([name, each]) => [name, each.ok && each.value]);
  // The compiler does not follow names through entries.
  return ok(Object.fromEntries(values)) as Ok<{
    readonly [Name in keyof Results]: Value<Results[Name]>;
  }>;
}
