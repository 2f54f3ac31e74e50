import { describeMachine, type Machine } from './machine.ts';
import type { Goal, Section, Table } from './section.ts';

const begin = '<!-- Made by `npm run bench -- --write`; do not edit. -->';
const end = '<!-- End of what is made. -->';

/** What was measured, and on what. */
export interface Measurements {
  readonly machine: Machine;
  readonly rounds: number;
  readonly sections: readonly Section[];
}

/**
 * Puts the tables in the place of those that a document holds.
 *
 * @param document Markdown with a begin mark and an end mark
 * @throws Error when it has no such place
 */
export function withMeasurements(document: string, measurements: Measurements): string {
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from === -1 || to < from)
    throw new Error(`The document has no place for the tables: ${begin}`);
  return `${document.slice(0, from)}${begin}\n\n${markdown(measurements)}\n${document.slice(to)}`;
}

function markdown({ machine, rounds, sections }: Measurements): string {
  const parts = [
    `Measured on: ${describeMachine(machine)}. ${rounds} rounds.\n`,
    tableOf(goalTable(sections.flatMap(({ goals }) => goals))),
    ...sections.flatMap(({ tables }) => tables).map(tableOf),
  ];
  return parts.join('\n');
}

function tableOf({ title, note, headings, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  const rule = headings.map((_, index) => (index === 0 ? '---' : '---:'));
  return `## ${title}\n\n${note === '' ? '' : `${note}\n\n`}${line(headings)}${line(rule)}${rows.map(line).join('')}`;
}

/** What is to be kept, and whether it is. */
export function goalTable(goals: readonly Goal[]): Table {
  return {
    title: 'Goals',
    note: '',
    headings: ['figure', 'goal', 'measured', 'met'],
    rows: goals.map(({ what, limit, measured, isMet }) => [
      what,
      limit,
      measured,
      isMet ? 'yes' : '**no**',
    ]),
  };
}

/** A table as text, its columns below each other. */
export function plainTable({ title, note, headings, rows }: Table): string {
  const all = [headings, ...rows].map((row) => row.map((cell) => cell.replaceAll(/[`*]/gu, '')));
  const widths = headings.map((_, column) =>
    Math.max(...all.map((row) => row[column]?.length ?? 0)),
  );
  const lines = all.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('   '),
  );
  const [head = '', ...body] = lines;
  const rule = '─'.repeat(head.length);
  return [`\n${title}`, ...(note === '' ? [] : [note]), head, rule, ...body, ''].join('\n');
}
