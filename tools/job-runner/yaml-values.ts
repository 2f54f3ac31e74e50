/** Reading a parsed YAML file, whose shape nothing guarantees. */

/** A mapping, or an empty one for anything else; of the value itself, or of what is under a key. */
export function recordAt(value: unknown, key?: string): Readonly<Record<string, unknown>> {
  const found = key === undefined ? value : recordAt(value)[key];
  return isRecord(found) ? found : {};
}

/** Whether a value is a mapping. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entries of a mapping, in their order. */
export function entriesOf(
  value: Readonly<Record<string, unknown>>,
): readonly (readonly [string, unknown])[] {
  return Object.entries(value);
}

/** A sequence; of a single value a sequence of one; of nothing an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

/**
 * The text of a scalar: nothing is the empty text, as everywhere in a workflow.
 *
 * @throws Error for a mapping or a sequence
 */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new Error(`A text is expected, not ${JSON.stringify(value)}.`);
}

/** The texts of a mapping of scalars. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(recordAt(value)).map(([key, v]) => [key, textOf(v)]));
}
