/**
 * The commands that a step gives to the runner by printing a line: `::name key=value,…::text`, and
 * the older `##[name key=value;…]text`. Parsed as the runner does (actions/runner,
 * ActionCommand.cs), so that a line which the runner would obey is never taken for plain text here.
 */

/** A line that the runner obeys. */
export interface Command {
  /** As written; the runner ignores case. */
  readonly name: string;
  /** Keys in lower case, values unescaped. */
  readonly properties: Readonly<Record<string, string>>;
  /** What the command is about, unescaped. */
  readonly text: string;
}

/** Names that the runner obeys; it treats a line with any other as plain text. */
export const commandNames: ReadonlySet<string> = new Set([
  'add-mask',
  'add-matcher',
  'add-path',
  'debug',
  'echo',
  'endgroup',
  'error',
  'group',
  'notice',
  'remove-matcher',
  'save-state',
  'set-env',
  'set-output',
  'stop-commands',
  'warning',
]);

// What .NET's TrimStart takes for white space: JavaScript's \s, and U+0085, but not U+FEFF.
const leadingSpace = /^(?:(?!\ufeff)[\s\u0085])+/u;

/**
 * Reads a line as a command.
 *
 * @param line  a line without its line break
 * @param names the names that are commands now, in lower case
 * @returns undefined when the line is plain text
 */
export function parseCommand(line: string, names: ReadonlySet<string>): Command | undefined {
  return parseColons(line, names) ?? parseHashes(line, names);
}

function parseColons(line: string, names: ReadonlySet<string>): Command | undefined {
  const trimmed = line.replace(leadingSpace, '');
  const end = trimmed.indexOf('::', 2);
  if (!trimmed.startsWith('::') || end < 0) return undefined;
  const [name, rest] = nameAndRest(trimmed.slice(2, end));
  if (!names.has(name.toLowerCase())) return undefined;
  return {
    name,
    properties: parseProperties(rest.trim(), ',', (value) =>
      unescape(value, ['\r', '\n', ':', ',', '%']),
    ),
    text: unescape(trimmed.slice(end + 2), ['\r', '\n', '%']),
  };
}

function parseHashes(line: string, names: ReadonlySet<string>): Command | undefined {
  const start = line.indexOf('##[');
  const end = start < 0 ? -1 : line.indexOf(']', start);
  if (end < 0) return undefined;
  const [name, rest] = nameAndRest(line.slice(start + 3, end));
  if (!names.has(name.toLowerCase())) return undefined;
  const unescapeAll = (value: string): string => unescape(value, [';', '\r', '\n', ']', '%']);
  return {
    name,
    properties: parseProperties(rest, ';', unescapeAll),
    text: unescapeAll(line.slice(end + 1)),
  };
}

function nameAndRest(head: string): readonly [string, string] {
  const space = head.indexOf(' ');
  return space < 0 ? [head, ''] : [head.slice(0, space), head.slice(space + 1)];
}

function parseProperties(
  text: string,
  separator: string,
  unescapeValue: (value: string) => string,
): Readonly<Record<string, string>> {
  const properties: Record<string, string> = {};
  for (const pair of text.split(separator)) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, equals);
    const value = pair.slice(equals + 1);
    if (equals > 0 && value !== '') properties[key.toLowerCase()] = unescapeValue(value);
  }
  return properties;
}

/** Replaces `%0A` and the like, in the order given; `%25` must come last. */
function unescape(text: string, characters: readonly string[]): string {
  return characters.reduce((result, character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    return result.replaceAll(`%${code}`, character);
  }, text);
}
