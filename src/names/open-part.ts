import type { OpenPlaceholder } from '../core/ports.ts';
import { written, type Part, type Placeholder } from './template.ts';

/** Where a template is open when it is read backwards: at a placeholder, or at `*` in place of one. */

/** Stands for any text. */
const wildcard = '*';

const openables: readonly Placeholder[] = [
  'branch',
  'pull_request',
  'environment',
] satisfies readonly OpenPlaceholder[];

/** What is open, and the parts around it; or what is wrong with a template. */
type FoundOpen =
  | {
      readonly open: OpenPlaceholder | undefined;
      readonly before: readonly Part[];
      readonly after: readonly Part[];
    }
  | { readonly problem: string };

/**
 * Finds what a template leaves open.
 *
 * @param parts of the template
 */
export function findOpen(parts: readonly Part[]): FoundOpen {
  const all = parts.flatMap((part, index) =>
    part.kind === 'placeholder' && isOpenable(part.placeholder)
      ? [{ open: part.placeholder, index }]
      : [],
  );
  const [first, second] = all;
  const choice = '{branch}, {pull_request}, {environment}';
  const [pieces, ...more] = splitAtWildcards(parts);
  if (first === undefined && pieces === undefined) {
    return {
      problem: `leaves nothing open to prune by: it needs one of ${choice}, or ${wildcard} to go by time alone.`,
    };
  }
  if (first === undefined) {
    return more.length === 0 && pieces !== undefined
      ? { open: undefined, ...pieces }
      : { problem: `holds ${wildcard} more than once: it may be there once.` };
  }
  if (pieces !== undefined) {
    return {
      problem: `holds ${wildcard} beside ${written(first.open)}: it takes one of them, ${written(first.open)} to go by what GitHub has, or ${wildcard} to go by time alone.`,
    };
  }
  if (second !== undefined) {
    return {
      problem:
        first.open === second.open
          ? `holds ${written(first.open)} more than once: it can be read backwards only if it is there once.`
          : `leaves more than one open: exactly one of ${choice} can be read backwards.`,
    };
  }
  return {
    open: first.open,
    before: parts.slice(0, first.index),
    after: parts.slice(first.index + 1),
  };
}

/** What stands before and after each wildcard. */
function splitAtWildcards(
  parts: readonly Part[],
): readonly { readonly before: readonly Part[]; readonly after: readonly Part[] }[] {
  const literal = (text: string): Part => ({ kind: 'text', text });
  return parts.flatMap((part, index) => {
    if (part.kind !== 'text') return [];
    return [...part.text.matchAll(/\*/gu)].map(({ index: at }) => ({
      before: [...parts.slice(0, index), literal(part.text.slice(0, at))],
      after: [literal(part.text.slice(at + wildcard.length)), ...parts.slice(index + 1)],
    }));
  });
}

/** What is open as it is written in a template; undefined is `*`. */
export function whatIsOpen(open: OpenPlaceholder | undefined): string {
  return open === undefined ? wildcard : written(open);
}

/**
 * Whether a placeholder can be left open: GitHub can be asked what there is in its place.
 *
 * @param placeholder any
 */
export function isOpenable(placeholder: Placeholder): placeholder is OpenPlaceholder {
  return openables.includes(placeholder);
}
