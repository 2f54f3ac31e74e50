import type { Measured } from './measure.ts';
import { phaseNames, type PhaseName, type Phases } from './phases.ts';
import type { Section, Table } from './section.ts';
import { spread, type Spread } from './statistics.ts';

/** The action may take so many times as long as the raw client. */
const mostRatio = 2;

/** What is started, as the reader knows it. */
const subjects = {
  empty: '`node -e 0`',
  floor: 'raw `node:http2` client: create, one root',
  floorUsualRoots: 'the same with the usual roots besides',
  create: 'action: `create`',
  createFromEvent: 'action: `create`, with a name from the event',
  get: 'action: `get` by id',
  failure: 'action: `operation` missing',
  createFillingCache: 'action: `create`, filling a compile cache',
  createWithCache: 'action: `create`, with a warm compile cache',
} as const;

export type Subject = keyof typeof subjects;

/** What one round measured. The share of the phases is measured apart, so that the measuring does not slow the others down. */
export type Round = Readonly<Record<Subject, Measured>> & { readonly phases: Phases };

/** What came of the rounds. */
export function coldStartSection(rounds: readonly Round[]): Section {
  const wall = spreads(rounds, ({ wallMs }) => wallMs);
  const cpu = spreads(rounds, ({ cpuMs }) => cpuMs);
  const ratios = {
    wall: wall.create.median / wall.floor.median,
    cpu: cpu.create.median / cpu.floor.median,
  };
  return {
    figures: {
      rounds: rounds.length,
      wallMs: wall,
      cpuMs: cpu,
      ratios,
      phases: phaseFigures(rounds),
    },
    tables: [startTable(rounds.length, wall, cpu), phaseTable(rounds)],
    goals: [
      {
        what: '`create` over TLS, cold, compared with the raw client',
        limit: `at most ${mostRatio.toFixed(1)} times`,
        measured: `${ratios.wall.toFixed(2)} times the time, ${ratios.cpu.toFixed(2)} times the processor time`,
        isMet: ratios.wall <= mostRatio,
      },
    ],
  };
}

type Spreads = Readonly<Record<Subject, Spread>>;

function spreads(rounds: readonly Round[], value: (measured: Measured) => number): Spreads {
  const names = Object.keys(subjects) as Subject[];
  return Object.fromEntries(
    names.map((name) => [name, spread(rounds.map((round) => value(round[name])))]),
  ) as Spreads;
}

function startTable(rounds: number, wall: Spreads, cpu: Spreads): Table {
  const of = ({ median, low, high }: Spread): string =>
    `${median.toFixed(0)} (${low.toFixed(0)}–${high.toFixed(0)})`;
  const names = Object.keys(subjects) as Subject[];
  return {
    title: 'Cold start',
    note: `Whole processes on Node 24 against the emulator on loopback, over TLS: medians of ${rounds} rounds, with quartiles, and as multiples of the raw client. Cold: nothing is compiled beforehand, and no connection is kept. The files have been read from the disk before. The action keeps no compile cache; the last two rows only show what one would do.`,
    headings: ['process', 'time, ms', '× raw client', 'processor time, ms', '× raw client'],
    rows: names.map((name) => [
      subjects[name],
      of(wall[name]),
      (wall[name].median / wall.floor.median).toFixed(2),
      of(cpu[name]),
      (cpu[name].median / cpu.floor.median).toFixed(2),
    ]),
  };
}

const phaseTitles: Readonly<Record<PhaseName, string>> = {
  node: 'Node itself: its start, its end',
  load: 'load: the action’s code, its inputs, grpc-js',
  connect: 'connect: TCP, TLS, HTTP/2; the codec is loaded meanwhile',
  call: 'call: request and answer',
  report: 'report: masks, outputs, log, summary',
};

function phaseFigures(rounds: readonly Round[]): object {
  return Object.fromEntries(phaseNames.map((name) => [name, phaseSpread(rounds, name)]));
}

function phaseSpread(
  rounds: readonly Round[],
  name: PhaseName,
): { readonly wallMs: Spread; readonly cpuMs: Spread } {
  return {
    wallMs: spread(rounds.map(({ phases }) => phases[name].wallMs)),
    cpuMs: spread(rounds.map(({ phases }) => phases[name].cpuMs)),
  };
}

function phaseTable(rounds: readonly Round[]): Table {
  const measured = phaseNames.map((name) => ({ name, ...phaseSpread(rounds, name) }));
  const sum = measured.reduce((total, { wallMs }) => total + wallMs.median, 0);
  return {
    title: 'Phases of `create`',
    note: 'Medians of runs of their own, as watching them costs a few milliseconds.',
    headings: ['phase', 'time, ms', 'share', 'processor time, ms'],
    rows: measured.map(({ name, wallMs, cpuMs }) => [
      phaseTitles[name],
      wallMs.median.toFixed(0),
      `${((100 * wallMs.median) / sum).toFixed(0)} %`,
      cpuMs.median.toFixed(0),
    ]),
  };
}
