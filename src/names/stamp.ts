/**
 * Provisional names: `N ~pending-<time>-<nonce>`. A key is made under such a name and gets the name
 * N once it is known to be ours, since nothing else tells one's own key from another's: the service
 * has no idempotency key, no unique names and no creation times.
 */

const marker = ' ~pending-';

// The time is UTC to the second, with no character that a log or a shell would mind.
const shape = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z-([0-9a-z]{8,32})$/u;

/**
 * A name that no other run comes up with.
 *
 * @param name  the final name
 * @param now   milliseconds since 1970
 * @param nonce from `Random`
 */
export function provisionalName(name: string, now: number, nonce: string): string {
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/gu, '');
  return `${name}${marker}${time}-${nonce}`;
}

/** What a provisional name tells. */
export interface Provisional {
  /** The final name that the key is made for. */
  readonly name: string;
  /** When it was made: milliseconds since 1970, by the clock of whoever made it. */
  readonly since: number;
}

/**
 * Reads a provisional name.
 *
 * @param candidate any key's name
 * @returns undefined when it is no provisional name
 */
export function readProvisional(candidate: string): Provisional | undefined {
  const at = candidate.lastIndexOf(marker);
  if (at === -1) return undefined;
  const found = shape.exec(candidate.slice(at + marker.length));
  if (found === null) return undefined;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = found;
  const since = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(since) ? undefined : { name: candidate.slice(0, at), since };
}

/**
 * Whether a name is, or could be taken for, a provisional one: nobody may choose such a name.
 *
 * @param name any name
 */
export function looksProvisional(name: string): boolean {
  return name.includes(marker);
}
