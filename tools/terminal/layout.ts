/**
 * A text as lines that fit: broken between words, or within one that is longer than a line. What follows
 * the first line has its indentation.
 *
 * @param text  one line
 * @param width in characters
 */
export function wrapped(text: string, width: number): readonly string[] {
  const indent = /^ */u.exec(text)?.[0] ?? '';
  const room = Math.max(1, width - indent.length);
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(' ')) {
    if (line !== '' && line.length + 1 + word.length <= room) {
      line = `${line} ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > room) {
      lines.push(line.slice(0, room));
      line = line.slice(room);
    }
  }
  return [...lines, line].map((each) => `${indent}${each}`);
}

/**
 * Several short texts on a line, as long as they fit.
 *
 * @param texts none is broken
 * @param width in characters
 */
export function filled(texts: readonly string[], width: number): readonly string[] {
  const rows: string[] = [];
  for (const text of texts) {
    const last = rows.at(-1);
    if (last === undefined || last.length + text.length + 2 > width) rows.push(text);
    else rows[rows.length - 1] = `${last}  ${text}`;
  }
  return rows;
}

/** A text that is cut where it does not fit. */
export function cut(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}
