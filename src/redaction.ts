/**
 * The secrets that this process knows, as text that nobody may read. The runner masks a secret only where
 * it stands whole and in one of the forms that it knows; a message that quotes one, and is then cut,
 * decoded or escaped, would show a part of it, or another form. So it is taken out before all that.
 */

const secrets = new Set<string>();

// Anything shorter is a word that a sentence may need.
const leastLength = 6;

/**
 * Notes a secret.
 *
 * @param text the secret in clear
 * @returns whether it was not noted before
 */
export function conceal(text: string): boolean {
  const { size } = secrets;
  secrets.add(text);
  return secrets.size > size;
}

/**
 * A text with `***` in the place of every secret.
 *
 * @param text any text, as it came
 */
export function redact(text: string): string {
  const found = [...secrets].filter((each) => each.length >= leastLength && text.includes(each));
  // One may be a part of another.
  found.sort((a, b) => b.length - a.length);
  return found.reduce((left, each) => left.replaceAll(each, '***'), text);
}
