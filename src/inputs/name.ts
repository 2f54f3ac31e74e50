import { createMatcher, type NameMatcher } from '../names/matcher.ts';
import {
  fill,
  goneProblems,
  openPlaceholders,
  parseTemplate,
  type PlaceholderValues,
} from '../names/template.ts';
import type { Fields } from './fields.ts';

/** Reads the `name` input, which is a template. */
export interface Names {
  /** The name, filled in; undefined when none is given or something is wrong. */
  exact(): string | undefined;
  /** Why no key that is to last may be made under this name. */
  gone(): readonly string[];
  /** The template read backwards, for `prune`. */
  backwards(): NameMatcher | undefined;
}

/**
 * Prepares the reading of the `name` input.
 *
 * @param fields collects what is wrong
 * @param readValues gives what stands for the placeholders; called only when there is one, since it
 *               reads the event
 */
export function prepareNames(
  fields: Fields,
  readValues: (environmentInput: string | undefined) => PlaceholderValues,
): Names {
  const text = fields.text('name');
  const gone = (): readonly string[] => [];
  if (text === undefined) return { exact: () => undefined, gone, backwards: () => missing(fields) };
  const parsed = parseTemplate(text);
  if (!parsed.ok) {
    // Told once, however often the name is asked for.
    for (const problem of parsed.problems) fields.problem(`\`name\`: ${problem}`);
    return { exact: () => undefined, gone, backwards: () => undefined };
  }
  const template = parsed.value;
  const values =
    openPlaceholders(template).length === 0 ? noValues : readValues(fields.text('environment'));
  return {
    exact() {
      const filled = fill(template, values);
      if (filled.ok) return filled.value;
      for (const problem of filled.problems) fields.problem(`\`name\`: ${problem}`);
      return undefined;
    },
    gone: () => goneProblems(template, values).map((problem) => `\`name\`: ${problem}`),
    backwards() {
      const read = createMatcher(template, values);
      if (read.ok) return read.value;
      for (const problem of read.problems) fields.problem(`\`name\`: ${problem}`);
      return undefined;
    },
  };
}

function missing(fields: Fields): undefined {
  return fields.problem(
    '`name` is missing: `prune` needs the template of the names, for instance `my-app/{branch}`.',
  );
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
