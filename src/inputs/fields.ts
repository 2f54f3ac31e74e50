import { listed, oneLine, quote } from '../core/text.ts';
import { declaredInputs, type Declared, type InputName } from './declared.ts';

/** The texts that the runner hands over. */
export interface RawInputs {
  /** The input's text without blanks around it; empty when not given. */
  readonly input: (name: InputName) => string;
  /** The process's environment variables. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

// GitHub's six spellings: those of YAML 1.2's core schema.
const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
};

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;

/**
 * Reads inputs one by one and collects what is wrong with them, so that all of it can be told at
 * once. A reader that finds a problem returns undefined; nothing is thrown.
 */
export class Fields {
  readonly problems: string[] = [];
  readonly #raw: RawInputs;

  constructor(raw: RawInputs) {
    this.#raw = raw;
  }

  /** Notes a problem: a sentence that names the input. */
  problem(sentence: string): undefined {
    this.problems.push(sentence);
    return undefined;
  }

  /** The text, or undefined when neither the input nor its environment variable is given. */
  text(name: InputName, variable?: string): string | undefined {
    const input = this.#raw.input(name);
    if (input !== '') return input;
    const fallback = variable === undefined ? '' : (this.#raw.environment[variable]?.trim() ?? '');
    return fallback === '' ? undefined : fallback;
  }

  /** The input's name for messages, with the environment variable if the text comes from that. */
  source(name: InputName, variable?: string): string {
    const isInput = variable === undefined || this.#raw.input(name) !== '';
    const isMissing = this.text(name, variable) === undefined;
    return isInput || isMissing ? `\`${name}\`` : `\`${name}\` (from ${variable})`;
  }

  /** Like {@link text}; missing is a problem, and `why` says what the input is for. */
  required(name: InputName, why: string, variable?: string): string | undefined {
    const found = this.text(name, variable);
    if (found !== undefined) return found;
    const or = variable === undefined ? '' : ` (or the environment variable ${variable})`;
    return this.problem(`\`${name}\`${or} is missing: ${why}.`);
  }

  /** True or false in one of GitHub's six spellings. */
  boolean(name: InputName): boolean | undefined {
    const found = this.text(name) ?? this.#default(name);
    if (found === undefined) return undefined;
    const value = Object.hasOwn(booleans, found) ? booleans[found] : undefined;
    return value ?? this.problem(`\`${name}\` is ${quote(found)}: it must be true or false.`);
  }

  /** One of a closed set of words. */
  choice<const Word extends string>(name: InputName, words: readonly Word[]): Word | undefined {
    const found = this.text(name) ?? this.#default(name);
    const word = words.find((each) => each === found);
    return (
      word ??
      this.problem(`\`${name}\` is ${quote(found ?? '')}: it must be one of ${words.join(', ')}.`)
    );
  }

  /** A whole number, in decimal digits. */
  integer(
    name: InputName,
    { least, most, variable }: { least: number; most: number; variable?: string },
  ): number | undefined {
    const found = this.text(name, variable) ?? this.#default(name);
    if (found === undefined) return undefined;
    const value = /^\d{1,15}$/u.test(found) ? Number(found) : NaN;
    if (value >= least && value <= most) return value;
    return this.problem(
      `${this.source(name, variable)} is ${quote(found)}: it must be a whole number from ${least} to ${most}.`,
    );
  }

  /**
   * Keys' ids: one a line, or separated by commas or blanks, or the JSON array that the output `key_ids`
   * is. Each once, in lower case.
   */
  keyIds(): readonly string[] | undefined {
    const found = this.text('key_id');
    if (found === undefined) return undefined;
    const ids = found.split(/[\s,[\]"]+/u).filter((each) => each !== '');
    const wrong = ids.filter((id) => !uuid.test(id));
    if (ids.length === 0) return this.problem('`key_id` holds no id.');
    if (wrong.length > 0) {
      return this.problem(
        `\`key_id\` must be a UUID such as c8d84762-9aff-4f90-93ef-1762757e0c2c, and ${listed(
          wrong.map(idOrLength),
          3,
        )} ${wrong.length === 1 ? 'is' : 'are'} not.`,
      );
    }
    return [...new Set(ids.map((id) => id.toLowerCase()))];
  }

  /**
   * A credential: printable ASCII without blanks, as a header takes it. No message quotes it.
   */
  credential(name: InputName, why: string, variable?: string): string | undefined {
    const found = this.required(name, why, variable);
    if (found === undefined) return undefined;
    const source = this.source(name, variable);
    if (/[\r\n]/u.test(found)) {
      return this.problem(
        `${source} holds a line break: it must be one line. Look at how the secret was stored.`,
      );
    }
    if (/^bearer\s/iu.test(found)) {
      return this.problem(`${source} must be the key alone, without "Bearer" in front of it.`);
    }
    if (!/^[\x21-\x7e]{1,4096}$/u.test(found)) {
      return this.problem(
        `${source} holds blanks or characters that no key has. Look at how the secret was stored.`,
      );
    }
    return found;
  }

  /** Refuses a name that nobody could read or address again. */
  newName(name: InputName, text: string | undefined): string | undefined {
    if (text === undefined) return undefined;
    if (/\p{Cc}|\p{Zl}|\p{Zp}|\p{Cs}/u.test(text)) {
      return this.problem(
        `\`${name}\` is ${quote(text)}: a key's name must be one line without control characters.`,
      );
    }
    if (text.length > mostNameLength) {
      return this.problem(
        `\`${name}\` has ${text.length} characters (${oneLine(text, 30)}): ${mostNameLength} are enough.`,
      );
    }
    return text;
  }

  #default(name: InputName): string | undefined {
    const declared: Declared = declaredInputs[name];
    return declared.default;
  }
}

/** What stands where an id should. Longer than an id, it may be a secret that was put there by mistake. */
function idOrLength(text: string): string {
  return text.length > longestId ? `a text of ${text.length} characters` : quote(text);
}

// A UUID, with some slips of the keyboard.
const longestId = 40;

// The service publishes no limit. Git's own limit for a branch is about 250 bytes.
const mostNameLength = 1000;
