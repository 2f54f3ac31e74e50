import { startEmulatorProcess, type EmulatorProcess } from './emulator-process.ts';
import { measureStep, type Measured } from './measure.ts';
import type { BenchOptions, Section } from './section.ts';
import { spread, type Spread } from './statistics.ts';

const sizes = [100, 1000, 10_000, 20_000] as const;
const mostPeakMb = 150;

/** Each takes a second or more, and the figures hardly vary. */
const mostRounds = 5;

interface Size {
  readonly keys: number;
  readonly wallMs: Spread;
  readonly cpuMs: Spread;
  readonly peakMb: Spread;
}

/** Measures how time and memory grow with the number of keys. */
export async function listSizes({ rounds, progress }: BenchOptions): Promise<Section> {
  const emulators = new Map<number, EmulatorProcess>();
  const measured = new Map<number, Measured[]>();
  try {
    for (const keys of sizes) {
      emulators.set(keys, await startEmulatorProcess('--seed', String(keys)));
    }
    const repeats = Math.min(rounds, mostRounds);
    for (let round = 1; round <= repeats; round += 1) {
      progress(`long lists: round ${round} of ${repeats}`);
      for (const [keys, emulator] of emulators) {
        const one = await measureStep(emulator, { operation: 'list' });
        measured.set(keys, [...(measured.get(keys) ?? []), one]);
      }
    }
  } finally {
    for (const emulator of emulators.values()) await emulator.stop();
  }
  return section([...measured].map(([keys, all]) => sizeOf(keys, all)));
}

function sizeOf(keys: number, all: readonly Measured[]): Size {
  return {
    keys,
    wallMs: spread(all.map(({ wallMs }) => wallMs)),
    cpuMs: spread(all.map(({ cpuMs }) => cpuMs)),
    peakMb: spread(all.map(({ peakMb }) => peakMb)),
  };
}

function section(measured: readonly Size[]): Section {
  const [smallest] = measured;
  const largest = measured.at(-1);
  if (smallest === undefined || largest === undefined) throw new Error('No list was measured.');
  const perThousand = ({ keys, cpuMs }: Size): string =>
    keys === smallest.keys
      ? ''
      : (((cpuMs.median - smallest.cpuMs.median) / (keys - smallest.keys)) * 1000).toFixed(0);
  return {
    figures: { sizes: measured },
    tables: [
      {
        title: 'Long lists',
        note: 'A `list` of all keys: every value masked, every key in the file, a summary. The time includes the emulator’s, the processor time is the action’s alone. The fourth column tells whether it grows evenly: what each thousand keys beyond the first hundred add.',
        headings: [
          'keys',
          'time, ms',
          'processor time, ms',
          'ms per 1,000 more',
          'peak memory, MB',
        ],
        rows: measured.map((size) => [
          size.keys.toLocaleString('en'),
          size.wallMs.median.toFixed(0),
          size.cpuMs.median.toFixed(0),
          perThousand(size),
          size.peakMb.median.toFixed(0),
        ]),
      },
    ],
    goals: [
      {
        what: `Peak memory of a list of ${largest.keys.toLocaleString('en')} keys`,
        limit: `below ${mostPeakMb} MB`,
        measured: `${largest.peakMb.median.toFixed(0)} MB`,
        isMet: largest.peakMb.median < mostPeakMb,
      },
    ],
  };
}
