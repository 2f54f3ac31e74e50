import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { Observation, Observations } from './observations.ts';
import type { Probe, ProbeGroup } from './probe.ts';
import { sourceNames } from './probes/sources.ts';

// The same two levels up from tools/conformance and from build/conformance.
export const pagePath = fileURLToPath(new URL('../../docs/service.md', import.meta.url));

const begin = '<!-- What follows is written by: npm run conformance -- --emulator --write -->';
const end = '<!-- What comes before is generated. -->';

/**
 * The page with the tables of the assumptions as they are now.
 *
 * @param page         docs/service.md as it is
 * @param groups       all assumptions
 * @param observations what was last seen on Coralogix
 * @throws Error when the page has no place for them
 */
export async function pageWith(
  page: string,
  groups: readonly ProbeGroup[],
  observations: Observations,
): Promise<string> {
  // A checkout may have other line ends.
  const text = page.replaceAll('\r\n', '\n');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error('docs/service.md has no place for the assumptions.');
  const tables = groups.map((group) => tableOf(group, observations)).join('\n\n');
  const whole = `${text.slice(0, from)}${begin}\n\n${tables}\n\n${text.slice(to)}`;
  const options = (await resolveConfig(pagePath)) ?? {};
  return format(whole, { ...options, parser: 'markdown' });
}

/** Writes the tables into docs/service.md. */
export async function writePage(
  groups: readonly ProbeGroup[],
  observations: Observations,
): Promise<void> {
  const page = await readFile(pagePath, 'utf8');
  await writeFile(pagePath, await pageWith(page, groups, observations));
}

function tableOf({ title, probes }: ProbeGroup, observations: Observations): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const heads = [
    '',
    'assumption',
    'mark',
    'last observation',
    'what rests on it',
    'if it is wrong',
  ];
  return [
    `### ${title}`,
    '',
    row(heads),
    row(heads.map(() => '---')),
    ...probes.map((probe) => row(cellsOf(probe, observations[probe.id]))),
  ].join('\n');
}

function cellsOf(probe: Probe, observation: Observation | undefined): readonly string[] {
  const { isSafe, then } = probe.ifWrong;
  return [
    probe.id,
    inCell(probe.assumption),
    observation === undefined ? `${probe.mark}: ${linked(inCell(probe.source))}` : 'observed',
    observation === undefined ? 'never' : observationCell(probe, observation),
    inCell(probe.restsOn),
    `${isSafe ? 'safe' : '**not safe**'}: ${inCell(then)}`,
  ];
}

function observationCell(probe: Probe, { date, verdict, seen }: Observation): string {
  if (verdict === 'agrees')
    return `${date}: ${probe.expected.length > 1 || probe.isMeasured === true ? inCell(seen) : 'agrees'}`;
  return `${date}: **differs**, ${inCell(seen)}`;
}

const inCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/gu, ' ');

/** Addresses as links, by the names that the sources have. */
const linked = (source: string): string =>
  source.replaceAll(/https:\/\/[^\s;)]+/gu, (url) => `[${sourceNames[url] ?? url}](${url})`);
