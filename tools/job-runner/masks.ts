/**
 * The values that a job's log must not show. Each is hidden in the forms that the runner knows
 * (actions/runner, HostContext.cs and ValueEncoders.cs): as it is, in base64 at each of the three
 * alignments, and escaped for a command line, an expression, JSON, a URI and XML.
 */
export class Masks {
  readonly #values = new Set<string>();
  /** All forms by how they begin, so that a text is read once however many there are. */
  readonly #forms = new Map<string, Set<string>>();

  /** @param secrets values that are known before the first line, as secrets are */
  constructor(secrets: Iterable<string> = []) {
    for (const secret of secrets) this.add(secret.trim());
  }

  /** Hides a value from now on; of one with several lines also each line. */
  add(value: string): void {
    for (const part of [value, ...value.split(/[\r\n]+/u)]) {
      if (part === '' || this.#values.has(part)) continue;
      this.#values.add(part);
      for (const form of formsOf(part)) {
        const head = form.slice(0, headLength);
        this.#forms.set(head, (this.#forms.get(head) ?? new Set()).add(form));
      }
    }
  }

  /** The text with every form of every value replaced by `***`. */
  hide(text: string): string {
    let shown = '';
    let end = 0;
    for (const range of merged(this.#occurrences(text))) {
      shown += `${text.slice(end, range.start)}***`;
      end = range.end;
    }
    return shown + text.slice(end);
  }

  #occurrences(text: string): readonly Range[] {
    const found: Range[] = [];
    if (this.#forms.size === 0) return found;
    for (let start = 0; start < text.length; start += 1) {
      for (let length = 1; length <= headLength; length += 1) {
        // A head that is shorter belongs to a form that is no longer than it.
        for (const form of this.#forms.get(text.slice(start, start + length)) ?? []) {
          if (text.startsWith(form, start)) found.push({ start, end: start + form.length });
        }
      }
    }
    return found;
  }
}

/** How many characters of a form are looked up at once. */
const headLength = 4;

interface Range {
  readonly start: number;
  readonly end: number;
}

function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value, 'utf8');
  const forms = [
    value,
    // What follows a prefix of other lengths in one base64 text lands on another alignment.
    ...[0, 1, 2].map((shift) =>
      bytes.subarray(bytes.length > shift ? shift : 0).toString('base64'),
    ),
    value.replaceAll('"', '\\"'),
    value.replaceAll("'", "''"),
    JSON.stringify(value).slice(1, -1),
    uriForm(value),
    xmlForm(value),
  ];
  const isQuoted = value.length > 8 && value.startsWith('"') && value.endsWith('"');
  return (isQuoted ? [...forms, value.slice(1, -1)] : forms).filter((form) => form !== '');
}

function uriForm(value: string): string {
  // encodeURIComponent refuses a half of a surrogate pair, and lets five characters through.
  const encoded = encodeURIComponent(value.replace(/\p{Cs}/gu, '\ufffd'));
  return encoded.replace(
    /[!'()*]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function xmlForm(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

/** Ranges, by their start, that touch or overlap become one, which shows as a single `***`. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = [];
  for (const range of ranges) {
    const last = result.at(-1);
    if (last !== undefined && range.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else {
      result.push(range);
    }
  }
  return result;
}
