import { holdsCredential } from '../core/credential-like.ts';
import { ok, wrong, type Result } from '../core/result.ts';
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
import type { InputRecord } from './declared.ts';
import { Fields } from './fields.ts';
import { looksSecret } from './new-name.ts';

/** Gives what stands for the placeholders of a name template: reads the event, so only when asked. */
export type ReadPlaceholders = (environment: string | undefined) => PlaceholderValues;

/** The numbers that a team can have: `Owner.team_id` is a uint32 on the wire. */
export const teamRange = { least: 1, most: 4_294_967_295, variable: 'CORALOGIX_TEAM_ID' } as const;

interface FilledTemplate {
  readonly template: Template;
  readonly values: PlaceholderValues;
}

/** The step's inputs: {@link Fields}, and `name`, a template, which is filled in with what the event tells. */
export class Inputs extends Fields {
  readonly #readPlaceholders: ReadPlaceholders;
  #template: Result<FilledTemplate> | undefined;

  /**
   * @param record           the texts
   * @param readPlaceholders called when there is a placeholder in `name`, and that is read
   */
  constructor(record: InputRecord, readPlaceholders: ReadPlaceholders = () => noValues) {
    super(record);
    this.#readPlaceholders = readPlaceholders;
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
        '`name` is missing: `prune` needs the template of the names, for instance `my-app/branch/{branch}`.',
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

/** A problem with what is in the input `name`, told as such. */
function aboutName<T>(result: Result<T>): Result<T> {
  return result.ok ? result : wrong(...result.problems.map((problem) => `\`name\`: ${problem}`));
}

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
