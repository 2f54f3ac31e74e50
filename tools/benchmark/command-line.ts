import { parseArgs } from 'node:util';

/** What `npm run bench` was asked for. */
export interface CommandLine {
  readonly rounds: number;
  /** Where the figures go as JSON; nowhere when undefined. */
  readonly json: string | undefined;
  /** Whether to put the tables into the document. */
  readonly write: boolean;
}

/** Fewer would be no measurement. */
const fewestRounds = 15;

/** What `--help` says. */
export const usage = `Usage: npm run bench -- [options]

  --rounds NUMBER   how often what is short is measured (at least, and by default, ${fewestRounds})
  --json FILE       also write all figures there
  --write           put the tables into docs/performance.md
  --help            this text`;

/**
 * Reads the arguments of the command line.
 *
 * @param args without the program's own name
 * @returns undefined when help was asked for
 * @throws Error with a sentence for the reader
 */
export function parseCommandLine(args: readonly string[]): CommandLine | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: String(fewestRounds) },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  const rounds = /^\d{1,4}$/u.test(values.rounds) ? Number(values.rounds) : NaN;
  if (!(rounds >= fewestRounds)) {
    throw new Error(`--rounds must be a whole number from ${fewestRounds} to 9999.`);
  }
  return { rounds, json: values.json, write: values.write };
}
