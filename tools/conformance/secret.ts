import { inspect } from 'node:util';

/** A key's value, as a reply has it. Whatever prints it by mistake prints no more than that there is one. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The value itself: to send it as a credential, and for nothing that is shown or written. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '[a value]';
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** What must not appear in any text: grows with every value that a reply discloses. */
export class Redaction {
  readonly #secrets = new Set<string>();

  add(...secrets: readonly string[]): void {
    for (const secret of secrets) if (secret !== '') this.#secrets.add(secret);
  }

  /**
   * A text of others as one short line that holds no secret.
   *
   * @param text what the service, or a library, said
   */
  apply(text: string): string {
    let clean = text;
    for (const secret of this.#secrets) clean = clean.replaceAll(secret, '***');
    // In a job's log, `##[` begins a command of GitHub's runner wherever it stands in a line.
    const line = clean
      .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .replaceAll('##[', '## [')
      .trim();
    return line.length > 200 ? `${line.slice(0, 200)}…` : line;
  }
}
