import { holdsCredential, quoteUnlessSecret } from '../core/credential-like.ts';
import { ok, wrong, type Result } from '../core/result.ts';

/** Why a name that holds a credential is refused, to follow the input's name. */
export const looksSecret =
  'holds what looks like a key or a token, so it is not repeated here, and no key is to be named so. Names are no place for secrets: they are shown in logs.';

/**
 * Refuses a name that nobody could read or address again.
 *
 * @param input which input gives it
 * @param text  the name that a key is to get
 */
export function checkNewName(input: 'name' | 'new_name', text: string): Result<string> {
  if (holdsCredential(text)) return wrong(`\`${input}\` ${looksSecret}`);
  if (/\p{Cc}|\p{Zl}|\p{Zp}|\p{Cs}/u.test(text)) {
    return wrong(
      `\`${input}\` is ${quoteUnlessSecret(text, 120)}: a key's name must be one line without control characters.`,
    );
  }
  if (text.length > mostNameLength) {
    return wrong(
      `\`${input}\` has ${text.length} characters (${quoteUnlessSecret(text, 30)}): ${mostNameLength} are enough.`,
    );
  }
  return ok(text);
}

// The service publishes no limit. Git's own limit for a branch is about 250 bytes.
const mostNameLength = 1000;
