import { looksStamped } from './stamp.ts';
import type { OpenPlaceholder } from '../core/ports.ts';
import { ok, wrong, type Result } from '../core/result.ts';
import { quoteUnlessSecret } from '../core/credential-like.ts';
import {
  comparable,
  isBranchName,
  isEnvironmentName,
  isPullRequestNumber,
} from './github-names.ts';
import { findOpen, whatIsOpen } from './open-part.ts';
import {
  join,
  written,
  type Part,
  type Placeholder,
  type PlaceholderValues,
  type Template,
} from './template.ts';

/**
 * Templates read backwards, for `prune` and `list`: from a key's name to the branch, pull request or
 * environment that it was made for; or, with `*` in place of those, to whatever stands there. A name that
 * fits by accident costs somebody a working key, so the rules are strict, and say what to write instead.
 */

/** A name template read backwards: what stands in a name where the template is open. */
export interface NameMatcher {
  /** The template as it was given. */
  readonly text: string;
  /** Which placeholder is open; undefined where `*` is, for which GitHub has nothing to say. */
  readonly open: OpenPlaceholder | undefined;
  /**
   * What stands where the template is open, or undefined when the name does not fit. A name with a stamp
   * never does: it is given without it.
   */
  capture(name: string): string | undefined;
}

/** How much fixed text must tell our keys from those of others, in letters and digits. */
const leastFixed = 3;

// A name of a repository or an application can hold `-`, `_` and `.`, so that `shop-{branch}` would
// also take `shop-api-main` for a branch of `shop`. It can hold none of these.
const separators = '/ : @ # = |';

const openable: Readonly<Record<OpenPlaceholder, (text: string) => boolean>> = {
  branch: isBranchName,
  pull_request: isPullRequestNumber,
  environment: isEnvironmentName,
};

/**
 * Turns a template round.
 *
 * The rules:
 * - Exactly one of `{branch}`, `{pull_request}`, `{environment}` is in it, once, or one `*`; no
 *   `{run_id}`, which differs for every run.
 * - In front of it stands `{repository}`, or at least three letters or digits besides the owner's
 *   name, which all repositories of the owner share.
 * - Right before it stands one of `/ : @ # = |`, and before `{pull_request}`, which captures
 *   nothing but digits, anything that is neither letter nor digit.
 * - Right after it stands nothing, or something that is neither letter nor digit.
 *
 * With those, a name can be read in one way only. What is captured must be a name that git or
 * GitHub would accept, and a name with a stamp never fits. What is captured is given in the form in
 * which GitHub compares: an environment in lower case.
 *
 * @param template what `parseTemplate` made
 * @param values   for `{repository}`, `{owner}`, `{repo}`; those of the open ones are not looked at
 * @returns the matcher, or every problem with the template
 */
export function createMatcher(template: Template, values: PlaceholderValues): Result<NameMatcher> {
  const name = quoteUnlessSecret(template.text, 120);
  const found = findOpen(template.parts);
  if ('problem' in found) return wrong(`${name} ${found.problem}`);
  const { open, before, after } = found;

  const unfilled = [...before, ...after].flatMap((part) =>
    part.kind === 'placeholder' ? missing(part.placeholder, values) : [],
  );
  if (unfilled.length > 0) return wrong(...new Set(unfilled));

  const prefix = join(before, values);
  const suffix = join(after, values);
  const problems = [
    ...(looksStamped(prefix + suffix) ? ['holds a stamp, which no template has.'] : []),
    ...fixedTextProblems(before, values, open),
    ...separatorProblems(prefix, suffix, open),
  ].map((problem) => `${name} ${problem}`);
  if (problems.length > 0) return wrong(...problems);

  const isCaptured = open === undefined ? isOneText : openable[open];
  const capture = (candidate: string): string | undefined => {
    if (candidate.length < prefix.length + suffix.length) return undefined;
    if (!candidate.startsWith(prefix) || !candidate.endsWith(suffix)) return undefined;
    if (looksStamped(candidate)) return undefined;
    const captured = candidate.slice(prefix.length, candidate.length - suffix.length);
    if (!isCaptured(captured)) return undefined;
    return open === undefined ? captured : comparable(open, captured);
  };
  return ok({ text: template.text, open, capture });
}

/** What may stand for `*`. No name that was chosen begins or ends with a blank. */
function isOneText(text: string): boolean {
  return text !== '' && text === text.trim();
}

function missing(placeholder: Placeholder, values: PlaceholderValues): readonly string[] {
  if (placeholder === 'run_id') {
    return ['{run_id} differs for every run, so the keys of other runs cannot be found by it.'];
  }
  const value = values[placeholder];
  return 'missing' in value
    ? [`${written(placeholder)} cannot be filled in: ${value.missing}.`]
    : [];
}

function fixedTextProblems(
  before: readonly Part[],
  values: PlaceholderValues,
  open: OpenPlaceholder | undefined,
): readonly string[] {
  // Nothing else is so surely ours as the full name of the repository.
  if (before.some((part) => part.kind === 'placeholder' && part.placeholder === 'repository')) {
    return [];
  }
  const prefix = join(before, values);
  const owner = 'value' in values.owner ? values.owner.value : '';
  const rest = prefix.slice(owner.length);
  const startsWithOwner =
    prefix.toLowerCase().startsWith(owner.toLowerCase()) && !/^[\p{L}\p{M}\p{N}]/u.test(rest);
  const own = startsWithOwner ? rest : prefix;
  if ((own.match(/[\p{L}\p{N}]/gu) ?? []).length >= leastFixed) return [];
  return [
    `could match keys of others: in front of ${whatIsOpen(open)} it needs {repository}, or at least ` +
      `${leastFixed} letters or digits besides the owner's name.`,
  ];
}

function separatorProblems(
  prefix: string,
  suffix: string,
  open: OpenPlaceholder | undefined,
): readonly string[] {
  const problems: string[] = [];
  const last = prefix.trimEnd().slice(-1);
  if (open === 'pull_request') {
    if (/[\p{L}\p{M}\p{N}]$/u.test(prefix)) {
      problems.push(`needs a separator, such as - or /, right before ${whatIsOpen(open)}.`);
    }
  } else if (prefix !== '' && !separators.split(' ').includes(last)) {
    problems.push(
      `could match keys of others: right before ${whatIsOpen(open)} it needs one of ${separators}, ` +
        `because "shop-" also begins the names of "shop-api-main".`,
    );
  }
  if (/^[\p{L}\p{M}\p{N}]/u.test(suffix)) {
    problems.push(`needs a separator, such as - or /, right after ${whatIsOpen(open)}.`);
  }
  return problems;
}
