import type { Observations } from './observations.ts';
import type { Outcome, RunResult } from './run.ts';
import type { Target } from './target.ts';

const signs = { agrees: 'agrees', differs: 'DIFFERS', undetermined: 'undetermined' } as const;

/** An outcome as a line for the reader; two where it is worth a closer look. */
export function outcomeLine({ probe, verdict, seen, detail }: Outcome): string {
  const more = detail === undefined || detail === '' ? '' : ` (${detail})`;
  const line = `  ${probe.id}  ${signs[verdict].padEnd(12)}  ${probe.assumption}`;
  if (verdict === 'agrees')
    return probe.expected.length > 1 || probe.isMeasured === true
      ? `${line} Seen: ${seen}${more}.`
      : line;
  if (verdict === 'undetermined') return `${line}\n       Not known: ${seen}.`;
  const { isSafe, then } = probe.ifWrong;
  return `${line}
       Seen: ${seen}${more}. Expected: ${probe.expected.join(' or ')}.
       On it rests ${probe.restsOn}. If it is wrong (${isSafe ? 'safe' : 'NOT SAFE'}): ${then}.`;
}

/** The last lines: how many, which differ, what is left behind. */
export function summary({ outcomes, sweptKeys, leftBehind }: RunResult): string {
  const ids = (verdict: Outcome['verdict']): readonly string[] =>
    outcomes.filter((outcome) => outcome.verdict === verdict).map(({ probe }) => probe.id);
  const some = (found: readonly string[]): string =>
    found.length === 0 ? '0' : `${found.length} (${found.join(', ')})`;
  return [
    `${ids('agrees').length} agree, ${some(ids('differs'))} differ, ${some(ids('undetermined'))} undetermined.`,
    ...(sweptKeys === 0 ? [] : [`Deleted ${sweptKeys} keys that an earlier run had left behind.`]),
    ...leftBehind,
  ].join('\n');
}

/** Whether there is nothing to look into. */
export function isGood({ outcomes, leftBehind }: RunResult): boolean {
  const isSeen = outcomes.some(({ verdict }) => verdict === 'agrees');
  return (
    isSeen && outcomes.every(({ verdict }) => verdict !== 'differs') && leftBehind.length === 0
  );
}

/**
 * All of it, for programs.
 *
 * @param date when it was, as YYYY-MM-DD
 */
export function resultAsJson(
  result: RunResult,
  { target, date, observations }: { target: Target; date: string; observations: Observations },
): string {
  const probes = result.outcomes.map(({ probe, verdict, seen, detail }) => ({
    id: probe.id,
    assumption: probe.assumption,
    mark: observations[probe.id] === undefined ? probe.mark : 'observed',
    source: probe.source,
    expected: probe.expected,
    seen,
    ...(detail === undefined ? {} : { detail }),
    verdict,
    rests_on: probe.restsOn,
    safe_if_wrong: probe.ifWrong.isSafe,
    if_wrong: probe.ifWrong.then,
  }));
  const service = target.isCoralogix ? 'coralogix' : target.isShared ? 'other' : 'emulator';
  const { sweptKeys, leftBehind } = result;
  const report = { date, service, probes, swept_keys: sweptKeys, left_behind: leftBehind };
  return `${JSON.stringify(report, null, 2)}\n`;
}
