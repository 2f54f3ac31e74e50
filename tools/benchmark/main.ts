import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { projectFolder } from '../job-runner/action-file.ts';
import { bulk } from './bulk.ts';
import { coldStart } from './cold-start.ts';
import { parseCommandLine, usage, type CommandLine } from './command-line.ts';
import { download } from './download.ts';
import { listSizes } from './list-sizes.ts';
import { describeMachine, machine } from './machine.ts';
import { goalTable, plainTable, withMeasurements, type Measurements } from './page.ts';
import { roundTrips } from './round-trips.ts';
import type { BenchOptions, Section } from './section.ts';

/** The parts, in their order. */
const parts: Readonly<Record<string, (options: BenchOptions) => Promise<Section>>> = {
  coldStart,
  roundTrips,
  bulk,
  listSizes,
  download,
};

/**
 * `npm run bench`: measures the committed action on this machine, in one run, and prints how it
 * compares with what the runtime allows.
 */
async function bench({ rounds, json, write }: CommandLine): Promise<void> {
  const of = machine();
  console.log(`Measured on: ${describeMachine(of)}. ${rounds} rounds.`);
  const progress = (message: string): void => {
    console.error(`… ${message}`);
  };
  const sections = new Map<string, Section>();
  for (const [name, measure] of Object.entries(parts)) {
    const section = await measure({ rounds, progress });
    sections.set(name, section);
    for (const table of section.tables) console.log(plainTable(table));
  }
  const all = [...sections.values()];
  console.log(plainTable(goalTable(all.flatMap(({ goals }) => goals))));
  if (json !== undefined) {
    const figures = [...sections].map(([name, section]) => [name, section.figures] as const);
    const goals = all.flatMap((section) => section.goals);
    const report = { machine: of, rounds, ...Object.fromEntries(figures), goals };
    await writeFile(json, `${JSON.stringify(report, undefined, 2)}\n`);
  }
  if (write) await writeDocument({ machine: of, rounds, sections: all });
}

async function writeDocument(measurements: Measurements): Promise<void> {
  const path = join(projectFolder(), 'docs', 'performance.md');
  const document = withMeasurements(await readFile(path, 'utf8'), measurements);
  const style = await resolveConfig(path);
  await writeFile(path, await format(document, { ...style, parser: 'markdown' }));
}

try {
  const command = parseCommandLine(process.argv.slice(2));
  if (command === undefined) console.log(usage);
  else await bench(command);
} catch (thrown) {
  console.error(thrown instanceof Error ? thrown.message : String(thrown));
  process.exitCode = 1;
}
