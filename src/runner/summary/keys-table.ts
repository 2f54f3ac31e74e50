import { code, fold, safe, joined, mark, prose, type Html } from './html.ts';

/** What a row shows of a key. */
export interface KeyRow {
  readonly name: string;
  readonly id: string;
  readonly is?: string;
  readonly active?: boolean;
  readonly hashed?: boolean;
  readonly accessPolicy?: string | undefined;
  /** Whether it should be looked at. */
  readonly isWrong?: boolean;
}

/** In a table nothing breaks a long word, and what stands beside it must still be seen. In characters. */
const longestName = 72;
/** People read no more rows than this. */
const mostRows = 100;
/** So many more are told by their names, as far as they fit. */
const mostNames = 400;
/** GitHub takes 1 MiB a step: names of the worst kind must not use it up. In UTF-16 units of ASCII. */
const mostNamesLength = 128 * 1024;

/**
 * Keys as a table, in the order given. Long lists degrade in steps: a hundred rows, then names alone, then
 * a number.
 */
export function keysTable(keys: readonly KeyRow[]): Html {
  if (keys.length === 0) return safe``;
  const shown = keys.slice(0, mostRows);
  // Where none has one, there is nothing to show.
  const columns = [
    { title: '', of: markOf, isShown: shown.some(({ isWrong }) => isWrong === true) },
    { title: 'Name', of: ({ name }: KeyRow) => code(name, longestName), isShown: true },
    { title: 'State', of: stateOf, isShown: shown.some(({ is }) => is !== undefined) },
    { title: 'Active', of: activeOf, isShown: shown.some(hasActive) },
    { title: 'Hashed', of: hashedOf, isShown: shown.some(({ hashed }) => hashed === true) },
    { title: 'Access policy', of: policyOf, isShown: shown.some(hasPolicy) },
    { title: 'Id', of: ({ id }: KeyRow) => code(id), isShown: true },
  ].filter(({ isShown }) => isShown);
  const head = joined(columns.map(({ title }) => safe`<th>${prose(title)}</th>`));
  const rows = shown.map(
    (key) => safe`<tr>${joined(columns.map(({ of }) => safe`<td>${of(key)}</td>`))}</tr>`,
  );
  return safe`<table><tr>${head}</tr>${joined(rows)}</table>\n${rest(keys.slice(mostRows))}`;
}

/** What the table has no room for. */
function rest(keys: readonly KeyRow[]): Html {
  if (keys.length === 0) return safe``;
  const names: Html[] = [];
  let length = 0;
  for (const { name, id } of keys.slice(0, mostNames)) {
    const told = code(name === '' ? id : name);
    length += told.length;
    if (length > mostNamesLength) break;
    names.push(told);
  }
  const left = keys.length - names.length;
  const more = left === 0 ? safe`` : safe`<p>${left} are left out here.</p>\n`;
  return fold(safe`And ${keys.length} more.`, safe`<p>${joined(names, ', ')}</p>\n${more}`);
}

function markOf({ isWrong }: KeyRow): Html {
  return isWrong === true ? mark.look : safe``;
}

function stateOf({ is }: KeyRow): Html {
  return prose(is ?? '');
}

/** A state says it, too, and better. */
function hasActive({ is, active }: KeyRow): boolean {
  return is === undefined && active !== undefined;
}

function activeOf({ active }: KeyRow): Html {
  return yesOrNo(active);
}

function hashedOf({ hashed }: KeyRow): Html {
  return yesOrNo(hashed);
}

function hasPolicy({ accessPolicy = '' }: KeyRow): boolean {
  return accessPolicy !== '';
}

function policyOf(key: KeyRow): Html {
  return yesOrNo('accessPolicy' in key ? hasPolicy(key) : undefined);
}

/** Nothing where nobody knows. */
export function yesOrNo(value: boolean | undefined): Html {
  return value === undefined ? safe`` : value ? safe`yes` : safe`no`;
}
