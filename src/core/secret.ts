import { inspect } from 'node:util';

/**
 * A credential that cannot be printed by accident: every way of turning it into text gives `***`.
 * Only `reveal()` hands the text out, so a search for that word finds all places where it goes.
 */
export class Secret {
  readonly #text: string;

  /** @param text the credential in clear */
  constructor(text: string) {
    this.#text = text;
  }

  /** The credential in clear: for its mask command, its output, its header and its encryption. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}
