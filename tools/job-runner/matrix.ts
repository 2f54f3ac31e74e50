import { type Contexts, valueOf } from './expressions.ts';
import { isRecord } from './yaml-values.ts';

/** One combination of a matrix; null in a job without one. */
export type Combination = Readonly<Record<string, unknown>> | null;

/**
 * The combinations of a job's matrix, in the order in which GitHub makes them.
 *
 * @param matrix   `strategy.matrix`: lists by name, or an expression for them
 * @param contexts for expressions: `github`, `needs`, `vars`, `inputs`
 * @throws Error for `include` and `exclude`, which are not modelled
 */
export function combinations(matrix: unknown, contexts: Contexts): readonly Combination[] {
  if (matrix === undefined) return [null];
  const lists = evaluated(matrix, contexts);
  if (!isRecord(lists)) throw new Error('The matrix is not a mapping.');
  return Object.entries(lists).reduce<readonly Readonly<Record<string, unknown>>[]>(
    (made, [name, values]) => {
      if (name === 'include' || name === 'exclude' || !Array.isArray(values)) {
        throw new Error(`Only simple lists are modelled in a matrix, not "${name}".`);
      }
      return made.flatMap((one) => values.map((value: unknown) => ({ ...one, [name]: value })));
    },
    [{}],
  );
}

function evaluated(value: unknown, contexts: Contexts): unknown {
  if (typeof value === 'string') return valueOf(value, contexts);
  if (Array.isArray(value)) return value.map((item: unknown) => evaluated(item, contexts));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, evaluated(v, contexts)]));
}
