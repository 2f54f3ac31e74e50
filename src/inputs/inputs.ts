import { holdsCredential, quoteUnlessSecret } from '../core/credential-like.ts';
import { parseDuration } from '../core/duration.ts';
import { nearest } from '../core/nearest.ts';
import { ok, wrong, type Result, type Wrong } from '../core/result.ts';
import { parseRepository } from '../names/github-names.ts';
import { createMatcher, type NameMatcher } from '../names/matcher.ts';
import { isOpenable } from '../names/open-part.ts';
import {
  fill,
  fillIn,
  goneProblems,
  openPlaceholders,
  parseTemplate,
  type PlaceholderValues,
  type Template,
} from '../names/template.ts';
import { defaultOf, type InputName, type InputRecord } from './declared.ts';
import { readKeyIds } from './key-ids.ts';
import { unquoted } from '../core/text.ts';

/** Gives what stands for the placeholders of a name template: reads the event, so only when asked. */
export type ReadPlaceholders = (environment: string | undefined) => PlaceholderValues;

// GitHub's six spellings: those of YAML 1.2's core schema (https://yaml.org/spec/1.2.2/#1032-tag-resolution).
const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  True: true,
  TRUE: true,
  false: false,
  False: false,
  FALSE: false,
};

/** The numbers that a team can have: `Owner.team_id` is a uint32 on the wire. */
export const teamRange = { least: 1, most: 4_294_967_295, variable: 'CORALOGIX_TEAM_ID' } as const;

/**
 * Inputs whose text counts as it stands, also with quotes around it: it may be part of a name. A
 * credential has quotes at both ends by mistake only; whoever reads one takes those off.
 */
const verbatim: ReadonlySet<string> = new Set([
  ...['name', 'new_name', 'environment', 'ca_certificate', 'access_policy'],
  ...['api_key', 'github_token', 'stored_value'],
]);

interface FilledTemplate {
  readonly template: Template;
  readonly values: PlaceholderValues;
}

/** The step's inputs, each read as what it is. Nothing is thrown, and nothing is sent. */
export class Inputs {
  readonly #record: InputRecord;
  readonly #readPlaceholders: ReadPlaceholders;
  #template: Result<FilledTemplate> | undefined;

  /**
   * @param record           the texts
   * @param readPlaceholders called when there is a placeholder in `name`, and that is read
   */
  constructor(record: InputRecord, readPlaceholders: ReadPlaceholders = () => noValues) {
    this.#record = record;
    this.#readPlaceholders = readPlaceholders;
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

  /** `name`, a template, filled in; undefined when not given. */
  exactName(): Result<string | undefined> {
    if (this.text('name') === undefined) return ok(undefined);
    const read = this.nameTemplate();
    return read.ok ? aboutName(fill(read.value.template, read.value.values)) : read;
  }

  /** Whether a key that is to last may be made under `name`, or why not: what it is for is gone. */
  checkNameLasts(): Result<undefined> {
    const read = this.nameTemplate();
    const problems = read.ok ? goneProblems(read.value.template, read.value.values) : [];
    return problems.length === 0 ? ok(undefined) : aboutName(wrong(...problems));
  }

  /** `name`, a template, read the other way round. */
  nameMatcher(): Result<NameMatcher> {
    if (this.text('name') === undefined) {
      return wrong(
        '`name` is missing: `prune` needs the template of the names, for instance `my-app/{branch}`.',
      );
    }
    const read = this.nameTemplate();
    return read.ok ? aboutName(createMatcher(read.value.template, read.value.values)) : read;
  }

  /**
   * `name`, a template, read the other way round, if it leaves something open: an environment that the step
   * names is that one. Undefined where nothing is open.
   */
  openName(): Result<NameMatcher | undefined> {
    const read = this.nameTemplate();
    if (!read.ok) return read;
    const isNamed = this.text('environment') !== undefined;
    const { values } = read.value;
    const template = isNamed
      ? fillIn(read.value.template, 'environment', values)
      : read.value.template;
    const isOpen = openPlaceholders(template).some(isOpenable);
    return isOpen ? aboutName(createMatcher(template, values)) : ok(undefined);
  }

  /** `name` as a template, with what stands for its placeholders. An empty one when not given. */
  nameTemplate(): Result<FilledTemplate> {
    this.#template ??= this.#readTemplate();
    return this.#template;
  }

  #readTemplate(): Result<FilledTemplate> {
    const text = this.text('name') ?? '';
    if (holdsCredential(text)) return wrong(`\`name\` ${looksSecret}`);
    const parsed = aboutName(parseTemplate(text));
    if (!parsed.ok) return parsed;
    const template = parsed.value;
    const isOpen = openPlaceholders(template).length > 0;
    if (!isOpen) return ok({ template, values: noValues });
    const values = this.#readPlaceholders(this.text('environment'));
    return ok({ template, values: { ...values, ...this.#secretRepository() } });
  }

  /** Where a secret is stored in another repository, that one is meant by the names of the repository. */
  #secretRepository(): Partial<PlaceholderValues> {
    const repository = parseRepository(this.text('secret_repository') ?? '');
    if (repository === undefined) return {};
    const { owner, repo } = repository;
    return {
      repository: { value: `${owner}/${repo}` },
      owner: { value: owner },
      repo: { value: repo },
    };
  }
}

const looksSecret =
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

function missing(name: InputName, why: string, variable: string | undefined): Wrong {
  const or = variable === undefined ? '' : ` (or the environment variable ${variable})`;
  return wrong(`\`${name}\`${or} is missing: ${why}.`);
}

/** A problem with what is in the input `name`, told as such. */
function aboutName<T>(result: Result<T>): Result<T> {
  return result.ok ? result : wrong(...result.problems.map((problem) => `\`name\`: ${problem}`));
}

// The service publishes no limit. Git's own limit for a branch is about 250 bytes.
const mostNameLength = 1000;

const none = { missing: 'no event was read' } as const;
const noValues: PlaceholderValues = {
  repository: none,
  owner: none,
  repo: none,
  branch: none,
  pull_request: none,
  environment: none,
  run_id: none,
};
