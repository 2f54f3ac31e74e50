import { quoteUnlessSecret } from '../core/credential-like.ts';
import { ok, wrong, type Result } from '../core/result.ts';
import { listed } from '../core/text.ts';

/**
 * Name templates: `my-app/{branch}`. What stands between braces is filled in from the event; `{{`
 * and `}}` stand for one literal brace each. Everything else is taken as it is.
 */

/** What can be filled in. */
export const placeholders = [
  'repository',
  'owner',
  'repo',
  'branch',
  'pull_request',
  'environment',
  'run_id',
] as const;

/** One of {@link placeholders}. */
export type Placeholder = (typeof placeholders)[number];

/** A piece of a template: text to take as it is, or a placeholder. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly placeholder: Placeholder };

/** A template that was understood. */
export interface Template {
  /** As it was given. */
  readonly text: string;
  readonly parts: readonly Part[];
}

/** What stands for a placeholder, or why nothing can. */
export type PlaceholderValue =
  | {
      readonly value: string;
      /** Given where it no longer exists: the rest of a sentence that says since when. */
      readonly gone?: string;
    }
  /** The rest of a sentence: `{branch} cannot be filled in: <missing>.` */
  | { readonly missing: string };

/** A value, or the reason why there is none, for every placeholder. */
export type PlaceholderValues = Readonly<Record<Placeholder, PlaceholderValue>>;

/** A name may well be long. */
const longestShown = 120;

// Literal braces first, so that `{{branch}}` is text. What remains of braces is a mistake.
const token = /\{\{|\}\}|\{([^{}]*)\}|[{}]/gu;

/**
 * Reads a template.
 *
 * @param text as the `name` input gives it
 * @returns the template, or every problem with it
 */
export function parseTemplate(text: string): Result<Template> {
  const parts: Part[] = [];
  const unknown: string[] = [];
  let hasLoneBrace = false;
  let literal = '';
  let end = 0;
  for (const match of text.matchAll(token)) {
    literal += text.slice(end, match.index);
    end = match.index + match[0].length;
    const [found, inner] = match;
    if (found === '{{' || found === '}}') literal += found.charAt(0);
    else if (inner === undefined) hasLoneBrace = true;
    else if (!isPlaceholder(inner)) unknown.push(quoteUnlessSecret(found));
    else {
      if (literal !== '') parts.push({ kind: 'text', text: literal });
      literal = '';
      parts.push({ kind: 'placeholder', placeholder: inner });
    }
  }
  literal += text.slice(end);
  if (literal !== '') parts.push({ kind: 'text', text: literal });

  const help = `What can stand there: ${listed(placeholders.map(written))}. Write {{ and }} for literal braces.`;
  const problems: string[] = [];
  if (unknown.length > 0) {
    const them = unknown.length === 1 ? 'no placeholder' : 'no placeholders';
    const verb = unknown.length === 1 ? 'is' : 'are';
    problems.push(
      `${listed(unknown)} in ${quoteUnlessSecret(text, longestShown)} ${verb} ${them}. ${help}`,
    );
  }
  if (hasLoneBrace) {
    const once = problems.length === 0 ? ` ${help}` : '';
    problems.push(`${quoteUnlessSecret(text, longestShown)} holds a lone brace.${once}`);
  }
  return problems.length > 0 ? wrong(...problems) : ok({ text, parts });
}

/**
 * The placeholders of a template, each once, in order.
 *
 * @param template what {@link parseTemplate} made
 */
export function openPlaceholders(template: Template): readonly Placeholder[] {
  return [
    ...new Set(
      template.parts.flatMap((part) => (part.kind === 'placeholder' ? [part.placeholder] : [])),
    ),
  ];
}

/**
 * Fills a template in.
 *
 * @param template what {@link parseTemplate} made
 * @param values   a value or a reason for each placeholder
 * @returns the name, or one problem for each placeholder that has no value
 */
export function fill(template: Template, values: PlaceholderValues): Result<string> {
  const problems = openPlaceholders(template).flatMap((placeholder) => {
    const value = values[placeholder];
    return 'missing' in value
      ? [`${written(placeholder)} cannot be filled in: ${value.missing}.`]
      : [];
  });
  if (problems.length > 0) return wrong(...problems);
  return ok(join(template.parts, values));
}

/**
 * A template in which one of the placeholders is filled in, if it has a value.
 *
 * @param template    what {@link parseTemplate} made
 * @param placeholder which
 * @param values      a value or a reason for each placeholder
 */
export function fillIn(
  template: Template,
  placeholder: Placeholder,
  values: PlaceholderValues,
): Template {
  const value = values[placeholder];
  if ('missing' in value) return template;
  return {
    text: template.text,
    parts: template.parts.map((part) =>
      part.kind === 'placeholder' && part.placeholder === placeholder
        ? { kind: 'text', text: value.value }
        : part,
    ),
  };
}

/**
 * Why no key that is to last may be made under a name. A workflow for every push runs for the one
 * that deletes a branch, too: it would make the key anew that another has just retired.
 *
 * @param template what {@link parseTemplate} made
 * @param values   a value or a reason for each placeholder
 * @returns one problem for each placeholder that stands for something that is gone
 */
export function goneProblems(template: Template, values: PlaceholderValues): readonly string[] {
  return openPlaceholders(template).flatMap((placeholder) => {
    const value = values[placeholder];
    if ('missing' in value || value.gone === undefined) return [];
    return [
      `${written(placeholder)} is ${quoteUnlessSecret(value.value, longestShown)}, but ${value.gone}: no key is made for it, since ` +
        "nothing would retire that. Put `if: github.event_name != 'delete' && !github.event.deleted` on the job.",
    ];
  });
}

/**
 * Puts parts together; a placeholder without a value leaves nothing.
 *
 * @param parts  of a template
 * @param values what stands for the placeholders
 */
export function join(parts: readonly Part[], values: PlaceholderValues): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = values[part.placeholder];
      return 'value' in value ? value.value : '';
    })
    .join('');
}

/**
 * A placeholder as it is written in a template.
 *
 * @param placeholder its name
 */
export function written(placeholder: Placeholder): string {
  return `{${placeholder}}`;
}

function isPlaceholder(text: string): text is Placeholder {
  return (placeholders as readonly string[]).includes(text);
}
