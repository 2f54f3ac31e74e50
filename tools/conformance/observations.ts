import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './run.ts';

/** What was last seen of an assumption on Coralogix itself. */
export interface Observation {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly verdict: 'agrees' | 'differs';
  /** With the figures, where it was measured. */
  readonly seen: string;
}

/** The last observation, by the assumption's number; none for one that nobody has observed. */
export type Observations = Readonly<Record<string, Observation | undefined>>;

// The same two levels up from tools/conformance and from build/conformance.
const observationsPath = fileURLToPath(new URL('../../docs/observations.json', import.meta.url));

export async function readObservations(path = observationsPath): Promise<Observations> {
  return JSON.parse(await readFile(path, 'utf8')) as Observations;
}

/**
 * The observations after a run on Coralogix: what it could not determine stays as it was.
 *
 * @param date when it was, as YYYY-MM-DD
 */
export function afterRun(
  before: Observations,
  outcomes: readonly Outcome[],
  date: string,
): Observations {
  const seen = outcomes.flatMap((outcome) => {
    const { probe, verdict, detail } = outcome;
    if (verdict === 'undetermined') return [];
    const isTold = probe.isMeasured === true && detail !== undefined;
    const seen = isTold ? `${outcome.seen} (${detail})` : outcome.seen;
    return [[probe.id, { date, verdict, seen }] as const];
  });
  const all: Observations = { ...before, ...Object.fromEntries(seen) };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export async function writeObservations(
  observations: Observations,
  path = observationsPath,
): Promise<void> {
  await writeFile(path, `${JSON.stringify(observations, null, 2)}\n`);
}
