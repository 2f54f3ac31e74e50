/**
 * The word that was most likely meant: the one with the fewest slips of the keyboard between them, if
 * it is the only one of its kind and close enough.
 *
 * @param text  what was written
 * @param words what could have been meant
 * @returns undefined where nothing is near
 */
export function nearest<const Word extends string>(
  text: string,
  words: readonly Word[],
): Word | undefined {
  const written = plain(text);
  if (written.length > longest) return undefined;
  const near = words
    .map((word) => ({ word, slips: slipsBetween(written, plain(word)) }))
    .filter(({ word, slips }) => slips <= Math.max(1, Math.floor(word.length / 3)))
    .sort((one, other) => one.slips - other.slips);
  const [first, second] = near;
  return first !== undefined && first.slips !== second?.slips ? first.word : undefined;
}

/** Longer than any word that is looked for, with slips. */
const longest = 40;

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/[\s-]/gu, '_');
}

/**
 * How many letters were left out, put in, changed, or swapped with their neighbour: the distance of
 * Damerau and Levenshtein (optimal string alignment).
 */
function slipsBetween(from: string, to: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = isSwap ? (beforeLast[j - 2] ?? Infinity) + 1 : Infinity;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change, swap));
    }
    [beforeLast, last] = [last, row];
  }
  return last[to.length] ?? 0;
}
