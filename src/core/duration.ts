import { ok, wrong, type Result } from './result.ts';
import { quoteUnlessSecret } from './credential-like.ts';

/** Lengths of time as a workflow gives them: `90m`, `12h`, `30d`. */

const units: Readonly<Record<string, number>> = {
  m: 60 * 1000,
  h: 60 * 60 * 1000,
  d: 24 * 60 * 60 * 1000,
};

/** Two years: what is to last longer is not to end. */
const mostDays = 730;

/**
 * Reads a length of time.
 *
 * @param text a whole number and a unit: `m` minutes, `h` hours, `d` days
 * @returns milliseconds, or why it is none; more than nothing, and two years at most
 */
export function parseDuration(text: string): Result<number> {
  const [, number = '', unit = ''] = /^(\d+)([mhd])$/u.exec(text) ?? [];
  const milliseconds = Number(number) * (units[unit] ?? Number.NaN);
  if (Number.isNaN(milliseconds)) {
    return wrong(
      `${quoteUnlessSecret(text)} is no length of time: it must be a whole number and m, h or d, such as 90m, 12h or 30d.`,
    );
  }
  if (milliseconds === 0)
    return wrong(`${quoteUnlessSecret(text)} is no time at all: the least is 1m.`);
  if (milliseconds > mostDays * (units['d'] ?? 0)) {
    return wrong(`${quoteUnlessSecret(text)} is too long: two years, ${mostDays}d, are the most.`);
  }
  return ok(milliseconds);
}

/**
 * A length of time in the words of an input: `36h`, `2d`.
 *
 * @param milliseconds what {@link parseDuration} gave
 */
export function durationText(milliseconds: number): string {
  const unit = ['d', 'h', 'm'].find((each) => milliseconds % (units[each] ?? 1) === 0) ?? 'm';
  return `${Math.round(milliseconds / (units[unit] ?? 1))}${unit}`;
}
