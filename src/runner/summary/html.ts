import { oneLine } from '../../core/text.ts';

/**
 * The summary is HTML without an empty line, so that nothing in it is read as Markdown. Only the functions
 * here make {@link Html} of a text, so that none gets in unescaped.
 */
declare const isHtml: unique symbol;

/** Safe HTML. */
export type Html = string & { readonly [isHtml]: true };

/**
 * What a glance should see; words always say it, too. Not in a template: the bundle is ASCII, and what stands
 * in a tagged template cannot be written otherwise.
 */
export const mark = {
  done: '✅' as Html,
  dryRun: '🔎' as Html,
  look: '⚠️' as Html,
  failed: '❌' as Html,
} as const;

/** A name is shown to this length, in characters; services allow more. */
const longestName = 120;
const longestSentence = 1000;

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/**
 * A line as text: no tag, no entity, no emphasis. The runner masks secrets here, too, as they are and with
 * the entities above. So the characters that keys and tokens are made of stay as they are: in HTML, `_` and
 * `/` mean nothing.
 *
 * @param line what `oneLine` gave, or a part of it
 */
function escape(line: string): string {
  // In one pass: a second one would escape the escapes of the first.
  return line.replace(
    /[&<>"'`*~[\](){}#@!|\\]/gu,
    (character) => named[character] ?? `&#${character.charCodeAt(0)};`,
  );
}

/** An input's name, or a value of one, as our own sentences quote it. */
const ownWord = /`([a-z][a-z_]*(?:: [a-z0-9_]+)?)`/gu;

/**
 * What GitHub makes links of in text that is HTML already: mentions, numbers of issues, addresses. A tag in
 * the middle of one keeps it text. Nothing else is cut, as a mask of the runner finds no text with a tag in it.
 * https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
 */
const linkable = /@|#|:\/\//gu;

/**
 * A sentence, which may quote text from outside: inputs look as in a workflow, and nothing becomes a link.
 *
 * @param text any text
 */
export function prose(text: string, max = longestSentence): Html {
  const line = oneLine(text, max);
  let html = '';
  let from = 0;
  for (const { index, 0: all, 1: word = '' } of line.matchAll(ownWord)) {
    html += `${unlinked(line.slice(from, index))}<code>${escape(word)}</code>`;
    from = index + all.length;
  }
  return (html + unlinked(line.slice(from))) as Html;
}

/** Of a line that is one already. */
function unlinked(line: string): string {
  let html = '';
  let from = 0;
  for (const { index, 0: found } of line.matchAll(linkable)) {
    const half = Math.ceil(found.length / 2);
    html += escape(line.slice(from, index + half));
    html += `<span>${escape(found.slice(half))}</span>`;
    from = index + found.length;
  }
  return html + escape(line.slice(from));
}

/**
 * A name or an id, as it is. GitHub makes no links in `<code>`.
 *
 * @param text any text
 * @param max  cut after this many characters
 */
export function code(text: string, max = longestName): Html {
  return (text === '' ? '' : `<code>${escape(oneLine(text, max))}</code>`) as Html;
}

/**
 * Names or ids: the first few, and how many more there are.
 *
 * @param most how many to show
 */
export function codes(texts: readonly string[], most: number): Html {
  const more = texts.length - most;
  const shown = texts.slice(0, most).map((text) => code(text));
  return joined([...shown, ...(more > 0 ? [safe`and ${more} more`] : [])], ', ');
}

/**
 * HTML that holds other HTML. Whatever else stands in it is ours.
 *
 * @param parts  our own HTML
 * @param inside what is safe already
 */
export function safe(parts: TemplateStringsArray, ...inside: readonly (Html | number)[]): Html {
  return parts.reduce((whole, part, index) => `${whole}${inside[index - 1] ?? ''}${part}`) as Html;
}

/** Several of them, one after the other. */
export function joined(parts: readonly Html[], between = ''): Html {
  return parts.filter((part) => part !== '').join(between) as Html;
}

/** A table of a few facts: a row for each, in this order. */
export function facts(rows: readonly (readonly [what: string, told: Html])[]): Html {
  const shown = rows.filter(([, told]) => told !== '');
  if (shown.length === 0) return safe``;
  const lines = shown.map(([what, told]) => safe`<tr><th>${prose(what)}</th><td>${told}</td></tr>`);
  return safe`<table>${joined(lines)}</table>\n`;
}

/** Something that opens when it is wanted. */
export function fold(title: Html, inside: Html): Html {
  return safe`<details><summary>${title}</summary>\n${inside}</details>\n`;
}

/**
 * A link, whose address is built from what the runner says.
 *
 * @param base the server, such as `https://github.com`
 * @param path segments, which are encoded here
 * @param text what is shown
 * @returns the text alone where the address is none of the web
 */
export function link(base: string, path: readonly string[], text: Html): Html {
  const url = `${base}/${path.map(encodeURIComponent).join('/')}`;
  if (!/^https?:\/\/[a-z0-9.-]+(?::\d+)?\/[\w./%-]*$/iu.test(url)) return text;
  return safe`<a href="${url as Html}">${text}</a>`;
}
