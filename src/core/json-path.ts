/**
 * Looks into an event's payload or an answer: texts and numbers where they are expected, undefined
 * wherever something else is. Never throws, whatever the shape.
 */

/**
 * The value at the end of a path of own properties.
 *
 * @param value where to start
 * @param path  the properties' names
 */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const name of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined;
    here = (here as Readonly<Record<string, unknown>>)[name];
  }
  return here;
}

/** {@link at}, if it is a text that is not empty. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** {@link at}, if it is a whole number above zero. */
export function numberAt(value: unknown, ...path: readonly string[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' && Number.isSafeInteger(found) && found > 0 ? found : undefined;
}
