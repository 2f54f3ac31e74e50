import type { StepLog } from './step-log.ts';

/** What the runner writes above a step's own output. */
export interface Heading {
  /** `Run …`. */
  readonly title: string;
  /** The variables that the workflow gives to the step. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Writes what a step is given, masked by what is masked so far.
 *
 * @param log    the step's log
 * @param parts  lines under the title (a script), and mappings by name (`with`, `env`)
 */
export function writeHeading(
  log: StepLog,
  parts: {
    readonly title: string;
    readonly lines?: readonly string[];
    readonly mappings: Readonly<Record<string, Readonly<Record<string, string>>>>;
  },
): void {
  log.write(`▼ ${parts.title}`);
  for (const line of parts.lines ?? []) log.write(line);
  for (const [name, values] of Object.entries(parts.mappings)) {
    const shown = Object.entries(values).filter(([, value]) => value !== '');
    if (shown.length > 0) log.write(`${name}:`);
    for (const [key, value] of shown) log.write(`  ${key}: ${value}`);
  }
}
