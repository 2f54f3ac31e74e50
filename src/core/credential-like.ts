import { quote } from './text.ts';

/**
 * What looks like a credential that was pasted into the wrong place. No message repeats it: the log of
 * a public repository is public, and nobody has told the runner to mask what stands there.
 */

/**
 * How credentials begin: the vendor's keys; GitHub's tokens
 * (https://github.blog/engineering/behind-githubs-new-authentication-token-formats/); JSON Web Tokens,
 * which begin with `{"` in base64; PEM, as RFC 7468 has it.
 */
const beginnings =
  /(?<![a-z0-9])(?:(?:cxtp|cxup|gh[oprsu]|github_pat)_[a-z0-9]{4}|eyJ[a-z0-9_-]{8})|-----BEGIN/iu;

/** Letters and digits in one piece, longer than any word, number or part of a host's name. */
const longToken = /[A-Za-z0-9_+=]{24,}/gu;

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/iu;

/**
 * Whether a text begins, or holds something that begins, as credentials do.
 *
 * @param text any text
 */
export function holdsCredential(text: string): boolean {
  return beginnings.test(text);
}

/**
 * Whether a text has the shape of an id, which is that of the vendor's older keys, too.
 *
 * @param text any text
 */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/**
 * A text from an input that takes a word, a number, a host or a place, for a message: in quotes, or no
 * more than its length where it may be a credential.
 *
 * @param text any text
 * @param max  where a long text is nothing to wonder at: cut after this many characters
 */
export function quoteUnlessSecret(text: string, max?: number): string {
  const isOdd = max === undefined && text.length > longestWord;
  return isOdd || mayBeSecret(text) ? `a text of ${text.length} characters` : quote(text, max);
}

/**
 * Whether a text may be, or hold, a credential of any kind. A name may look so, too.
 *
 * @param text any text
 */
export function mayBeSecret(text: string): boolean {
  return holdsCredential(text) || isUuid(text) || hasLongToken(text);
}

function hasLongToken(text: string): boolean {
  return (text.match(longToken) ?? []).some((each) => /\d/u.test(each) && /[a-z]/iu.test(each));
}

// The longest host name of the vendor's, with a team's name before it, is shorter.
const longestWord = 120;
