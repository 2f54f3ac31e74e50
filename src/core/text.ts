import { redact } from './redaction.ts';

/**
 * Text from outside (key names, server messages, branch names) made safe to print. It may hold line
 * breaks and `::`, which the runner would execute as a command; escape sequences, which a terminal
 * would obey; bidirectional controls, which make a reader see another text than is there.
 */

/** Longest text of a stranger that is shown in one piece, in characters. */
const longest = 500;

// Control characters, line and paragraph separators, zero-width and bidirectional controls, tags,
// fillers, surrogates without their other half: all that a reader cannot see or a program may obey.
// But for the two that choose between the plain and the coloured form of a sign, and hide nothing.
const unprintable = /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{DI}]/gu;

const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * One printable line: what cannot be seen is written as an escape (`\n`, `\u202e`), and what the
 * runner would take for a command (`##[`, `::` at the start) is broken up. Secrets are `***`.
 *
 * @param text any text, also with halves of surrogate pairs in it
 * @param max  cut after this many characters; the cut is shown as `…`
 */
export function oneLine(text: string, max: number = longest): string {
  // Secrets go before the cut, which could leave a part of one. Then the cut, before the work, so that
  // a text of any length costs the same; a character is at most two units.
  const whole = redact(text);
  const head = whole.length > max * 2 ? whole.slice(0, max * 2) : whole;
  const escaped = Array.from(head)
    .slice(0, max)
    .join('')
    .replace(unprintable, escapeCharacter)
    .replaceAll('##[', '##\\[')
    .replace(/^(\s*):(?=:)/u, '$1\\:');
  const isCut = whole.length > head.length || Array.from(head).length > max;
  return isCut ? `${escaped}…` : escaped;
}

function escapeCharacter(character: string): string {
  const known = escapes[character];
  if (known !== undefined) return known;
  const code = character.codePointAt(0) ?? 0;
  const digits = code.toString(16);
  return code > 0xffff ? `\\u{${digits}}` : `\\u${digits.padStart(4, '0')}`;
}

/**
 * A name in quotes, on one line.
 *
 * @param text any text
 * @param max  cut after this many characters
 */
export function quote(text: string, max = 120): string {
  return `"${oneLine(text, max)}"`;
}

/**
 * `1 key`, `2 keys`.
 *
 * @param count how many
 * @param noun  the word for one; the plural takes an `s`
 */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/**
 * `3 s`: so long that it is surely over.
 *
 * @param milliseconds a length of time
 */
export function seconds(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 1000)} s`;
}

/**
 * A list for a sentence: the first few, and how many more there are.
 *
 * @param items what to list
 * @param most  how many to name
 */
export function listed(items: readonly string[], most = 10): string {
  const named = items.slice(0, most).join(', ');
  return items.length > most ? `${named} and ${items.length - most} more` : named;
}

/**
 * The message of whatever was thrown, on one line. For errors whose text cannot hold a secret.
 *
 * @param thrown what a `catch` caught
 */
export function messageOf(thrown: unknown): string {
  return oneLine(thrown instanceof Error ? thrown.message : String(thrown));
}

/**
 * The code of whatever was thrown, such as `ENOENT`.
 *
 * @param thrown what a `catch` caught
 */
export function codeOf(thrown: unknown): string {
  const code =
    typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? oneLine(code, 40) : 'unknown error';
}

/**
 * A URL, or undefined where the text is none. `URL.canParse` says yes to some long texts that the
 * constructor then refuses, so the constructor is asked.
 *
 * @param text any text
 * @param base what it is relative to, where it may be
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/**
 * Without the blanks and the quotes around it: YAML and shells take them off, a form field or the
 * settings of a repository does not.
 *
 * @param text as it was pasted
 */
export function unquoted(text: string): string {
  const bare = text.trim();
  return /^(["'`])(.*)\1$/su.exec(bare)?.[2]?.trim() ?? bare;
}
