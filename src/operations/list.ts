import { all, ok, type Result } from '../core/result.ts';
import { plural, quote } from '../core/text.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { Operation } from './operation.ts';

/** Reads the keys, all or those whose name matches. */
export interface ListRequest {
  readonly operation: 'list';
  /** A name in which `*` stands for any text; all keys when undefined. */
  readonly name: string | undefined;
}

/** @param inputs the step's inputs */
export function readList(inputs: Inputs): Result<ListRequest> {
  return all({ operation: ok('list'), name: inputs.exactName() });
}

/** Reads the Send-Your-Data keys that the caller owns, all or those whose name matches. */
export const list: Operation<ListRequest> = async ({ name }, { keys }) => {
  const all = await keys.list();
  const matches = name === undefined ? all : all.filter(matcher(name));
  const active = matches.filter((key) => key.active).length;
  const policies = matches.filter(({ accessPolicy = '' }) => accessPolicy !== '').length;
  const restricted = policies === 0 ? '' : `, ${policies} with an access policy`;
  const which = name === undefined ? '' : ` named ${quote(name)}`;
  return {
    sentence: `Found ${plural(matches.length, 'Send-Your-Data key')}${which}, ${active} of them active${restricted}.`,
    created: false,
    changed: false,
    keyIds: matches.map(({ id }) => id),
    keys: matches,
  };
};

/** In a pattern, `*` stands for any text; all else is compared exactly. */
function matcher(pattern: string): (key: { readonly name: string }) => boolean {
  if (!pattern.includes('*')) return ({ name }) => name === pattern;
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  const between = pieces.slice(1, -1);
  return ({ name }) => {
    if (name.length < first.length + last.length) return false;
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    // Greedily from the left: no backtracking, so no name can make it slow.
    let at = first.length;
    const end = name.length - last.length;
    for (const piece of between) {
      const found = name.indexOf(piece, at);
      if (found === -1 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}
