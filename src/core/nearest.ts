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

/**
 * The texts that may have been meant, the nearest first: a slip or two away, in whatever case, and with
 * whatever blanks in them. Those that are as near as each other stand in the order of the alphabet.
 *
 * @param text  what was written
 * @param texts what could have been meant, of any length, and any number of them
 */
export function nearTexts(text: string, texts: readonly string[]): readonly string[] {
  const written = bare(text);
  if (written.length > longestText) return [];
  const most = written.length < longEnoughForTwo ? 1 : 2;
  return texts
    .flatMap((each) => {
      // Longer by far than it may be also where each of its characters were to count for two.
      if (each.length > longestText * 4) return [];
      const slips = slipsBetween(written, bare(each), most);
      return slips <= most ? [{ each, slips }] : [];
    })
    .sort((one, other) => one.slips - other.slips || (one.each < other.each ? -1 : 1))
    .map(({ each }) => each);
}

/** Two slips in less than this are another word. */
const longEnoughForTwo = 10;

/** Longer than names that somebody types. */
const longestText = 100;

/** A text but for its case, its blanks, and what nobody sees. */
function bare(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\p{Cf}]+/gu, '')
    .toLowerCase();
}

/** Longer than any word that is looked for, with slips. */
const longest = 40;

function plain(text: string): string {
  return text.trim().toLowerCase().replaceAll(/[\s-]/gu, '_');
}

/**
 * How many letters were left out, put in, changed, or swapped with their neighbour: the distance of
 * Damerau and Levenshtein (optimal string alignment).
 *
 * @param most what is more need not be told: infinite, then
 */
function slipsBetween(from: string, to: string, most = Infinity): number {
  if (Math.abs(from.length - to.length) > most) return Infinity;
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
    // What comes next grows from the last two rows, and never gets smaller.
    if (Math.min(...row, ...last) > most) return Infinity;
    [beforeLast, last] = [last, row];
  }
  return last[to.length] ?? 0;
}
