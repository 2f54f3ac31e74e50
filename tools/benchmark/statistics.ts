/** Where measured values lie. */
export interface Spread {
  readonly median: number;
  /** A quarter of the values is not above this. */
  readonly low: number;
  /** A quarter of the values is not below this. */
  readonly high: number;
}

/**
 * Tells where values lie.
 *
 * @param values at least one, in any order
 */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
  };
}

/** Between two values it takes the share of each. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('There are no values.');
  return below + (above - below) * (place - Math.floor(place));
}
