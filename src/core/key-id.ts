/**
 * Whether a text may be a key's id. Ids become outputs, lines of a log and parts of our own requests, so
 * that none is taken that could do harm there. The vendor's are UUIDs, which nothing relies on.
 *
 * @param text what came as one
 */
export function isKeyId(text: unknown): text is string {
  return typeof text === 'string' && /^\w[\w.:-]{0,127}$/u.test(text);
}
