/**
 * Stamps: what must be remembered about a key, written into its name. The service has no creation
 * times, no expiry, no labels, no unique names and no idempotency key, so a name is all there is.
 *
 * - `N ~pending-20260131T235959Z-<nonce>`: a key that is being made. It gets the name N once it is
 *   known to be ours.
 * - `N ~until-20261203T0210Z`: a key with an end, after which `prune` retires it.
 * - `N ~until-… ~pending-…`: one that is being made, and will have an end.
 *
 * Nobody may choose a name that holds anything like a stamp ({@link looksStamped}), so what stands in
 * front of the first one is the name that somebody chose. Times are UTC, without a character that a log
 * or a shell would mind.
 */

/** What a stamp tells. */
export type Stamp =
  | {
      readonly kind: 'pending';
      /** The name that the key is to get, with the end that it is to have. */
      readonly finalName: string;
      /** When it was made: milliseconds since 1970, by the clock of whoever made it. */
      readonly since: number;
    }
  | {
      readonly kind: 'until';
      /** When it ends: milliseconds since 1970, by the clock of whoever wrote it. */
      readonly until: number;
    }
  /**
   * Like a stamp, but none that is written here: a 13th month, capital letters, two ends. Somebody
   * renamed the key by hand. Nothing is concluded from what it says.
   */
  | { readonly kind: 'unreadable' };

/** A name with a stamp, taken apart. */
export type Stamped = Stamp & {
  /** The name that somebody chose. */
  readonly name: string;
};

// Generous, so that nothing which a person would take for a stamp can be chosen: any blank, any case.
const marker = /(?:^|\s)~(?:pending|until)-/iu;

// Strict: this is what the functions below write, and nothing else is read.
const shape =
  /^(?: ~until-(?<until>\d{8}T\d{4}Z))?(?: ~pending-(?<since>\d{8}T\d{6}Z)-[0-9a-z]{8,32})?$/u;

/**
 * A name for a key that is being made, which no other run comes up with.
 *
 * @param name  the final name; it may have an end
 * @param now   milliseconds since 1970
 * @param nonce from `Random`
 */
export function provisionalName(name: string, now: number, nonce: string): string {
  return `${name} ~pending-${compact(now)}-${nonce}`;
}

/**
 * A name that says until when the key works: to the minute, and never less than it was to be.
 *
 * @param name  the name that somebody chose
 * @param until milliseconds since 1970
 */
export function nameWithEnd(name: string, until: number): string {
  const time = compact(Math.ceil(until / minuteMs) * minuteMs);
  return `${name} ~until-${time.replace(/\d\dZ$/u, 'Z')}`;
}

/**
 * Reads a key's name that has a stamp.
 *
 * @param candidate any key's name
 * @returns undefined when there is nothing like a stamp in it
 */
export function readStamp(candidate: string): Stamped | undefined {
  const at = candidate.search(marker);
  if (at === -1) return undefined;
  const name = candidate.slice(0, at);
  const found = shape.exec(candidate.slice(at))?.groups;
  const { until: end, since: start } = found ?? {};
  const until = momentOf(end);
  const since = momentOf(start);
  const isWrong = until === 'wrong' || since === 'wrong';
  if (!isWrong && since !== undefined) {
    const finalName = end === undefined ? name : `${name} ~until-${end}`;
    return { kind: 'pending', name, finalName, since };
  }
  if (!isWrong && until !== undefined) return { kind: 'until', name, until };
  // Written by hand: the blanks in front of it are as little meant as the rest.
  return { kind: 'unreadable', name: name.trimEnd() };
}

/**
 * The name that somebody chose: without its stamp, or whatever looks like one.
 *
 * @param candidate any key's name
 */
export function withoutStamp(candidate: string): string {
  return readStamp(candidate)?.name ?? candidate;
}

/**
 * Whether a stamp is one that the action wrote: before those stands a name that an input has given, which
 * is not empty and has no blanks around it. With all others the key's name is an ordinary one.
 *
 * @param stamp what {@link readStamp} found
 */
export function isOwnStamp(
  stamp: Stamped,
): stamp is Exclude<Stamped, { readonly kind: 'unreadable' }> {
  const { kind, name } = stamp;
  return kind !== 'unreadable' && name !== '' && name === name.trim();
}

/**
 * When a key ends, by its name.
 *
 * @param candidate any key's name
 * @returns milliseconds since 1970; undefined where it has no end, is still being made, or somebody wrote
 *          by hand what only looks like one
 */
export function endOf(candidate: string): number | undefined {
  return readEnd(candidate)?.until;
}

/**
 * The name that a key with an end goes by: without its end. All other names are what they are.
 *
 * @param candidate any key's name
 */
export function withoutEnd(candidate: string): string {
  return readEnd(candidate)?.name ?? candidate;
}

/**
 * Whether a key is among those that are retired with a name: it has that name, or had it before it got an
 * end.
 *
 * @param candidate any key's name
 * @param name      which
 */
export function goesBy(candidate: string, name: string): boolean {
  return candidate === name || withoutEnd(candidate) === name;
}

/**
 * A moment as ISO 8601 has it, in UTC to the second: `2026-12-03T02:10:00Z`.
 *
 * @param time milliseconds since 1970
 */
export function isoMoment(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/u, '');
}

/**
 * A moment for people, in UTC to the minute: `2026-12-03, 02:10 UTC`.
 *
 * @param time milliseconds since 1970
 */
export function plainMoment(time: number): string {
  return isoMoment(time).replace(/^(.{10})T(.{5}).*$/u, '$1, $2 UTC');
}

/**
 * Whether a name holds a stamp, or what could be taken for one: nobody may choose such a name.
 *
 * @param name any name
 */
export function looksStamped(name: string): boolean {
  return marker.test(name);
}

/**
 * Why nobody may choose a name that looks stamped.
 *
 * @param name any name
 * @returns a sentence, or undefined when nothing is wrong
 */
export function stampProblem(name: string): string | undefined {
  const [found] = marker.exec(name) ?? [];
  if (found === undefined) return undefined;
  return /pending/iu.test(found)
    ? '" ~pending-" marks keys that are being made, which are deleted after a while.'
    : '" ~until-" is kept for keys that have an end.';
}

/**
 * How far the clocks of two runs may be apart: as much as Kerberos takes for synchronised, and more
 * than runners that keep their time ever are.
 * https://web.mit.edu/kerberos/krb5-latest/doc/admin/conf_files/krb5_conf.html (`clockskew`)
 */
export const clockDifferenceMs = 5 * 60 * 1000;

/**
 * Whether an end is past by every clock that may be right: a key is rather retired late than early.
 *
 * @param until      milliseconds since 1970, by the clock of whoever wrote it
 * @param now        milliseconds since 1970, by ours
 * @param difference how far the two may be apart, in milliseconds
 */
export function isDue(until: number, now: number, difference = clockDifferenceMs): boolean {
  return now - difference >= until;
}

const minuteMs = 60 * 1000;

function readEnd(candidate: string): Extract<Stamped, { readonly kind: 'until' }> | undefined {
  const stamp = readStamp(candidate);
  return stamp !== undefined && isOwnStamp(stamp) && stamp.kind === 'until' ? stamp : undefined;
}

/** `20260131T235959Z`. */
function compact(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/gu, '');
}

/** The moment of `20260131T2359Z` or `20260131T235959Z`; `wrong` for one that no calendar has. */
function momentOf(text: string | undefined): number | 'wrong' | undefined {
  if (text === undefined) return undefined;
  const whole = text.length === 'YYYYMMDDTHHMMZ'.length ? text.replace('Z', '00Z') : text;
  const iso = whole.replace(/^(.{4})(..)(..)T(..)(..)(..)Z$/u, '$1-$2-$3T$4:$5:$6Z');
  const time = Date.parse(iso);
  // 31 February is a day in March to the parser, and 24:00 one of tomorrow.
  return Number.isNaN(time) || compact(time) !== whole ? 'wrong' : time;
}
