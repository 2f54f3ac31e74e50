import { textAt } from '../core/json-path.ts';
import { redact } from '../core/redaction.ts';
import { oneLine } from '../core/text.ts';

/** What stands in a page and is not read by a person. */
const unseen = /<(script|style|head)\b[^>]*>.*?<\/\1>|<!--.*?-->/gisu;

/**
 * GitHub's own words in an answer that refuses: the message of its JSON, or the text of a page, which is
 * what its front and some of its rules answer with.
 *
 * @param body as parsed; a text when it is no JSON
 * @returns one line; empty when there are none
 */
export function wordsIn(body: unknown): string {
  if (typeof body !== 'string') return oneLine(textAt(body, 'message') ?? '', mostCharacters);
  // Secrets first: the cut would leave a part of one, which no mask knows.
  const text = redact(body)
    .slice(0, mostOfPage)
    .replace(unseen, ' ')
    .replace(/<[^>]{0,2000}>/gu, ' ')
    .replaceAll(/&(?:#39|apos|#x27);/giu, "'")
    .replaceAll(/&(?:quot|#34);/giu, '"')
    .replaceAll(/&nbsp;/giu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  return isPage(body) ? oneLine(text, mostCharacters) : '';
}

/** Whether an answer is a page for people. */
export function isPage(body: unknown): boolean {
  return typeof body === 'string' && /^\s*<(?:!doctype html|html|head|body|h1|p)\b/iu.test(body);
}

/** The longest of its known messages has 230. */
const mostCharacters = 300;

/** So much of a page holds what it has to say. */
const mostOfPage = 16 * 1024;
