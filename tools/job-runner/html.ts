const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/**
 * HTML as a browser shows it, but for its tags, which stay.
 *
 * @param html with numeric entities, and the five that XML knows; others stay, too
 */
export function withoutEntities(html: string): string {
  return html.replace(/&(?:#(\d+)|(\w+));/gu, (all, code: string | undefined, name: string) =>
    code === undefined ? (named[name] ?? all) : String.fromCodePoint(Number(code)),
  );
}
