import { StringDecoder } from 'node:string_decoder';

/** Cuts a stream of bytes into lines where the runner does: at `\n`, `\r\n` and also at a lone `\r`. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  /** @returns the chunk's text */
  take(chunk: Buffer): string {
    const text = this.#decoder.write(chunk);
    const parts = (this.#rest + text).split(/\r\n|\n|\r(?!$)/u);
    this.#rest = parts.pop() ?? '';
    for (const line of parts) this.#onLine(line);
    return text;
  }

  /** @returns the text of what was left of a character */
  finish(): string {
    const text = this.#decoder.end();
    const last = (this.#rest + text).replace(/\r$/u, '');
    // A line break at the end begins no line, but an unfinished line is one.
    if (last !== '' || this.#rest !== '') this.#onLine(last);
    this.#rest = '';
    return text;
  }
}
