/**
 * The secrets that this process knows, as text that nobody may read. The runner masks a secret only where
 * it stands whole and in one of the forms that it knows; a message that quotes one, and is then cut,
 * decoded or escaped, would show a part of it, or another form. So it is taken out before all that.
 */

/** Anything shorter is a word that a sentence may need, and is not taken out here. */
export const leastLength = 6;

const secrets = new Set<string>();

/** How long they are, by their first letters: a list of keys has thousands of values, of one length. */
const lengthsByStart = new Map<string, Set<number>>();

/**
 * Notes a secret.
 *
 * @param text the secret in clear
 * @returns whether it was not noted before
 */
export function conceal(text: string): boolean {
  if (secrets.has(text)) return false;
  secrets.add(text);
  if (text.length >= leastLength) {
    const start = text.slice(0, leastLength);
    const lengths = lengthsByStart.get(start) ?? new Set();
    lengthsByStart.set(start, lengths.add(text.length));
  }
  return true;
}

/**
 * A text with `***` in the place of every secret.
 *
 * @param text any text, as it came
 */
export function redact(text: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 0; at <= text.length - leastLength;) {
    const length = secretAt(text, at);
    if (length > 0) {
      pieces.push(text.slice(from, at), '***');
      from = at + length;
    }
    at += Math.max(1, length);
  }
  return from === 0 ? text : [...pieces, text.slice(from)].join('');
}

/** How long the secret is that stands there, the longest of them; 0 when there is none. */
function secretAt(text: string, at: number): number {
  let longest = 0;
  for (const length of lengthsByStart.get(text.slice(at, at + leastLength)) ?? []) {
    if (length > longest && secrets.has(text.slice(at, at + length))) longest = length;
  }
  return longest;
}
