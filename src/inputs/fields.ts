import { quoteUnlessSecret } from '../core/credential-like.ts';
import { parseDuration } from '../core/duration.ts';
import { nearest } from '../core/nearest.ts';
import { ok, wrong, type Result, type Wrong } from '../core/result.ts';
import { unquoted } from '../core/text.ts';
import { defaultOf, type InputName, type InputRecord } from './declared.ts';
import { readKeyIds } from './key-ids.ts';

// GitHub's six spellings: those of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#1032-tag-resolution).
const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
};

/**
 * Inputs whose text counts as it stands, also with quotes around it: it may be part of a name. A
 * credential has quotes at both ends by mistake only; whoever reads one takes those off.
 */
const verbatim: ReadonlySet<string> = new Set([
  ...['name', 'new_name', 'environment', 'ca_certificate', 'access_policy'],
  ...['api_key', 'github_token', 'stored_value'],
]);

/** The texts of inputs, each read as what it is. Nothing is thrown, and nothing is sent. */
export class Fields {
  readonly #record: InputRecord;

  /** @param record the texts */
  constructor(record: InputRecord) {
    this.#record = record;
  }

  /** The process's environment variables. */
  get environment(): InputRecord['environment'] {
    return this.#record.environment;
  }

  /** The text, or undefined when neither the input nor its environment variable is given. */
  text(name: InputName, variable?: string): string | undefined {
    const input = this.#record.inputs[name];
    const fallback = variable === undefined ? '' : (this.environment[variable]?.trim() ?? '');
    const given = input === '' ? fallback : input;
    const text = verbatim.has(name) ? given : unquoted(given);
    return text === '' ? undefined : text;
  }

  /**
   * The text of an input that says something by being blank: undefined when it is as `action.yml` has it
   * where the workflow gives nothing. The runner hands over the same for a blank input and one without
   * a default, so such an input has a default that nobody gives.
   */
  textOrBlank(name: InputName): string | undefined {
    const input = this.#record.inputs[name];
    return input === defaultOf(name) ? undefined : input;
  }

  /** The input's name for messages, with the environment variable if the text comes from that. */
  source(name: InputName, variable?: string): string {
    const isInput = variable === undefined || this.#record.inputs[name] !== '';
    const isMissing = this.text(name, variable) === undefined;
    return isInput || isMissing ? `\`${name}\`` : `\`${name}\` (from ${variable})`;
  }

  /** Like {@link text}; missing is a problem, and `why` says what the input is for. */
  required(name: InputName, why: string, variable?: string): Result<string> {
    const found = this.text(name, variable);
    return found === undefined ? missing(name, why, variable) : ok(found);
  }

  /** True or false in one of GitHub's six spellings; undefined when not given. */
  optionalBoolean(name: InputName): Result<boolean | undefined> {
    const found = this.text(name) ?? defaultOf(name);
    if (found === undefined) return ok(undefined);
    const value = Object.hasOwn(booleans, found) ? booleans[found] : undefined;
    return value === undefined
      ? wrong(`\`${name}\` is ${quoteUnlessSecret(found)}: it must be true or false.`)
      : ok(value);
  }

  /** {@link optionalBoolean} of an input with a default. */
  boolean(name: InputName): Result<boolean> {
    const read = this.optionalBoolean(name);
    return read.ok ? ok(read.value ?? false) : read;
  }

  /** One of a closed set of words, in lower case; in any case where that is said. */
  choice<const Word extends string>(
    name: InputName,
    words: readonly Word[],
    { anyCase = false } = {},
  ): Result<Word> {
    const found = this.text(name) ?? defaultOf(name) ?? '';
    const wanted = anyCase ? found.toLowerCase() : found;
    const word = words.find((each) => each === wanted);
    if (word !== undefined) return ok(word);
    const meant = nearest(found, words);
    const question = meant === undefined ? '' : ` Did you mean \`${meant}\`?`;
    return wrong(
      `\`${name}\` is ${quoteUnlessSecret(found)}: it must be one of ${words.join(', ')}.${question}`,
    );
  }

  /** A length of time, in milliseconds; undefined when not given. */
  duration(name: InputName): Result<number | undefined> {
    const text = this.text(name);
    if (text === undefined) return ok(undefined);
    const read = parseDuration(text);
    return read.ok ? read : wrong(...read.problems.map((problem) => `\`${name}\`: ${problem}`));
  }

  /** A whole number, in decimal digits; `why` says what the input is for, where it has no default. */
  integer(
    name: InputName,
    { least, most, ...more }: { least: number; most: number; variable?: string; why?: string },
  ): Result<number> {
    const read = this.optionalInteger(name, { least, most, ...more });
    if (!read.ok) return read;
    return read.value === undefined
      ? missing(name, more.why ?? 'it is needed here', more.variable)
      : ok(read.value);
  }

  /** {@link integer}; undefined when not given. */
  optionalInteger(
    name: InputName,
    { least, most, variable }: { least: number; most: number; variable?: string },
  ): Result<number | undefined> {
    const found = this.text(name, variable) ?? defaultOf(name);
    if (found === undefined) return ok(undefined);
    const value = /^\d{1,15}$/u.test(found) ? Number(found) : NaN;
    if (value >= least && value <= most) return ok(value);
    return wrong(
      `${this.source(name, variable)} is ${quoteUnlessSecret(found)}: it must be a whole number from ${least} to ${most}.`,
    );
  }

  /** Keys' ids, as `key-ids.ts` reads them: each once, in lower case; undefined when not given. */
  keyIds(): Result<readonly string[] | undefined> {
    const found = this.text('key_id');
    return found === undefined ? ok(undefined) : readKeyIds(found);
  }

  /**
   * A credential: printable ASCII without blanks, as a header takes it. No message quotes it.
   */
  credential(name: InputName, why: string, variable?: string): Result<string> {
    const given = this.required(name, why, variable);
    if (!given.ok) return given;
    const read = ok(unquoted(given.value));
    const source = this.source(name, variable);
    if (/[\r\n]/u.test(read.value)) {
      return wrong(
        `${source} holds a line break: it must be one line. Look at how the secret was stored.`,
      );
    }
    if (/^bearer\s/iu.test(read.value)) {
      return wrong(`${source} must be the key alone, without "Bearer" in front of it.`);
    }
    if (!/^[\x21-\x7e]{1,4096}$/u.test(read.value)) {
      return wrong(
        `${source} holds blanks or characters that no key has. Look at how the secret was stored.`,
      );
    }
    return read;
  }
}

function missing(name: InputName, why: string, variable: string | undefined): Wrong {
  const or = variable === undefined ? '' : ` (or the environment variable ${variable})`;
  return wrong(`\`${name}\`${or} is missing: ${why}.`);
}
