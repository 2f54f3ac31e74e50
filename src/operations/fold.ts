import type { Log } from '../core/ports.ts';
import { plural, quote } from '../core/text.ts';
import type { KeyFacts } from './operation.ts';

/** What a sentence of the log names of a list; beyond that, the rest is folded below it. */
const mostInSentence = 5;

/** A line holds so many ids: with the commas between them as much as is printed in one piece. */
const idsInLine = 80;

/** More lines than this nobody reads; the outputs and the summary have them. */
const mostKeys = 500;

/**
 * Prints lines that few readers want, folded under a title that all see.
 *
 * @param title what they are
 * @param lines each a line; nothing is printed when there are none
 */
export function fold(title: string, lines: readonly string[], log: Log): void {
  if (lines.length === 0) return;
  log.startGroup(title);
  for (const line of lines) log.info(line);
  log.endGroup();
}

/**
 * Tells all of some ids, folded, with commas between them: so the input `key_id` takes them.
 *
 * @param title what they are, for the line that is not folded
 */
export function foldIds(title: string, ids: readonly string[], log: Log): void {
  const lines = Array.from({ length: Math.ceil(ids.length / idsInLine) }, (_, line) =>
    ids.slice(line * idsInLine, (line + 1) * idsInLine).join(', '),
  );
  fold(title, lines, log);
}

/** Tells each of the keys that a sentence had no room for: a name and an id a line. */
export function foldKeys(keys: readonly KeyFacts[], log: Log): void {
  if (keys.length <= mostInSentence) return;
  const more = keys.length - mostKeys;
  fold(
    `All ${plural(keys.length, 'key')}`,
    [
      ...keys
        .slice(0, mostKeys)
        .map(({ name, id }) => (name === '' ? id : `${quote(name)} (${id})`)),
      ...(more > 0 ? [`And ${plural(more, 'key')} more, which the output \`key_ids\` has.`] : []),
    ],
    log,
  );
}
