/**
 * A table of a page: its rows, as cells.
 *
 * @param page    Markdown
 * @param heading the table's first heading
 */
export function table(page: string, heading: string): readonly (readonly string[])[] {
  const lines = page.split(/\r?\n/u);
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} `));
  const length = lines.slice(start).findIndex((line) => !line.startsWith('|'));
  return lines.slice(start + 2, start + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
