import type { Account } from './account.ts';

/**
 * From where an assumption is taken, as long as nobody has observed it (docs/observations.json):
 * `documented`, the vendor's document or published code says so; `inferred`, concluded from those.
 */
export type Mark = 'documented' | 'inferred';

/** What a probe saw. */
export interface Sight {
  /** In the words of {@link Probe.expected}, or others of that kind; never a text of the service. */
  readonly seen: string;
  /** Figures, or what the service said, cleaned. */
  readonly detail?: string;
}

/** An assumption about the service, and how to ask the service about it. */
export interface Probe {
  /** Never given to another assumption: `K` and a number for keys, `I` for the ingestion. */
  readonly id: string;
  /** The assumption, as a sentence. */
  readonly assumption: string;
  readonly mark: Mark;
  /** A URL, `proto`, or whence it was concluded. */
  readonly source: string;
  /** What {@link ask} sees when the assumption holds: any of these. */
  readonly expected: readonly string[];
  /** Whether what was measured is worth telling, although it agrees. */
  readonly isMeasured?: true;
  /** What in the action rests on it. */
  readonly restsOn: string;
  /** Whether the action does no harm when the assumption is wrong, and what happens then. */
  readonly ifWrong: { readonly isSafe: boolean; readonly then: string };
  /**
   * Asks the service.
   *
   * @throws `Undetermined` when no answer to the question can be had
   */
  readonly ask: (account: Account) => Promise<Sight>;
}

/** Assumptions that belong together. */
export interface ProbeGroup {
  readonly title: string;
  readonly probes: readonly Probe[];
}

/** Makes a {@link ProbeGroup}. */
export function group(title: string, probes: readonly Probe[]): ProbeGroup {
  return { title, probes };
}

const marks: readonly string[] = ['documented', 'inferred'] satisfies readonly Mark[];

/**
 * Refuses an assumption that lacks its number, sentence, mark, source or what rests on it.
 *
 * @throws Error that names each, and what it lacks
 */
export function checkProbes(groups: readonly ProbeGroup[]): void {
  const problems: string[] = [];
  const ids = new Set<string>();
  for (const probe of groups.flatMap(({ probes }) => probes)) {
    const { id, assumption, mark, source, expected, restsOn, ifWrong } = probe;
    const name = id === '' ? `"${assumption}"` : id;
    if (!/^[A-Z]\d{2,3}$/u.test(id)) problems.push(`${name} has no number.`);
    if (ids.has(id)) problems.push(`${name} is there twice.`);
    ids.add(id);
    if (!/^\p{Lu}.+\.$/u.test(assumption)) problems.push(`${name} is no sentence.`);
    if (!marks.includes(mark)) problems.push(`${name} has no mark (${marks.join(' or ')}).`);
    if (source.trim() === '') problems.push(`${name} has no source.`);
    if (expected.length === 0) problems.push(`${name} expects nothing.`);
    if (restsOn.trim() === '') problems.push(`${name} does not say what rests on it.`);
    if (ifWrong.then.trim() === '')
      problems.push(`${name} does not say what happens if it is wrong.`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
