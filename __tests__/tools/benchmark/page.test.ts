import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { parseCommandLine } from '../../../tools/benchmark/command-line.ts';
import {
  goalTable,
  plainTable,
  withMeasurements,
  type Measurements,
} from '../../../tools/benchmark/page.ts';
import type { Section } from '../../../tools/benchmark/section.ts';

const section: Section = {
  figures: {},
  tables: [
    {
      title: 'Start',
      note: 'A note.',
      headings: ['process', 'time, ms'],
      rows: [
        ['`node`', '7'],
        ['action', '123'],
      ],
    },
  ],
  goals: [{ what: 'start', limit: 'at most 2', measured: '3', isMet: false }],
};
const measurements: Measurements = {
  machine: {
    processor: 'A processor',
    processors: 2,
    memoryGb: 8,
    system: 'linux x64',
    node: 'v24.0.0',
    packages: { '@grpc/grpc-js': '1.0.0' },
  },
  rounds: 15,
  sections: [section],
};

test('the tables take the place of those that the document holds, and nothing else changes', async () => {
  const document = await readFile(new URL('../../../docs/performance.md', import.meta.url), 'utf8');
  const once = withMeasurements(document, measurements);
  expect(once).toContain('| action | 123 |');
  expect(once).toContain('A processor, 2 processors, 8 GB, linux x64; Node v24.0.0');
  expect(withMeasurements(once, measurements)).toBe(once);
  const [before = ''] = document.split('<!-- Made by');
  const [, after = ''] = document.split('<!-- End of');
  expect(once.startsWith(before)).toBe(true);
  expect(once.endsWith(after)).toBe(true);
});

test('a document without a place for the tables is refused', () => {
  expect(() => withMeasurements('# Nothing\n', measurements)).toThrow('no place');
});

test('a figure that is missed stands out', () => {
  expect(goalTable(section.goals).rows).toEqual([['start', 'at most 2', '3', '**no**']]);
});

test('a table as text has its columns below each other, without marks', () => {
  const [table] = section.tables;
  if (table === undefined) throw new Error('no table');
  expect(plainTable(table).split('\n').slice(1)).toEqual([
    'Start',
    'A note.',
    'process   time, ms',
    '──────────────────',
    'node             7',
    'action         123',
    '',
  ]);
});

test('it measures at least 15 rounds', () => {
  expect(parseCommandLine([])).toEqual({ rounds: 15, json: undefined, write: false });
  expect(parseCommandLine(['--rounds', '20', '--json', 'x.json', '--write'])).toEqual({
    rounds: 20,
    json: 'x.json',
    write: true,
  });
  for (const rounds of ['14', '0', '1.5', 'many', '']) {
    expect(() => parseCommandLine(['--rounds', rounds])).toThrow('whole number from 15');
  }
  expect(parseCommandLine(['--help'])).toBeUndefined();
});
