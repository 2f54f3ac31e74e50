/**
 * The lines of an output on a page that a command has not printed, where they should be. A line of `…` on
 * the page stands for any number of lines; what is another each time may be anything of its kind.
 *
 * @param shown   the lines on the page
 * @param printed what the command has printed now
 */
export function missing(shown: readonly string[], printed: string): readonly string[] {
  const lines = alike(printed.trim()).split('\n');
  const wanted = alike(shown.join('\n').trim()).split('\n');
  if (shown.join('').trim() === '') return [];
  let at = 0;
  let mayLeaveOut = false;
  for (const [index, line] of wanted.entries()) {
    if (line === '…') {
      mayLeaveOut = true;
      continue;
    }
    const found = mayLeaveOut ? lines.indexOf(line, at) : at;
    if (found < 0 || lines[found] !== line) return wanted.slice(index);
    at = found + 1;
    mayLeaveOut = false;
  }
  return mayLeaveOut || at === lines.length
    ? []
    : lines.slice(at).map((line) => `not shown: ${line}`);
}

/** Ids by the order in which they come, so that the same one is the same on the page. */
function alike(text: string): string {
  const ids: string[] = [];
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gu, (id) => {
      if (!ids.includes(id)) ids.push(id);
      return `ID${ids.indexOf(id) + 1}`;
    })
    .replaceAll(/\bcxup_[A-Za-z0-9]+…?|\bcxup_…/gu, 'TOKEN')
    .replaceAll(/localhost:\d+/gu, 'localhost:PORT')
    .replaceAll(/\S*ca\.pem/gu, 'CA_FILE')
    .replaceAll(/ +$/gmu, '');
}
