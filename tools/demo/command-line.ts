import { parseArgs } from 'node:util';

/** What `npm run demo` was asked for. */
export type DemoCommand =
  | { readonly kind: 'help' }
  /** Whether every operation is shown by itself, too. */
  | { readonly kind: 'play'; readonly all: boolean };

/** What `--help` says. */
export const usage = `Usage: npm run demo -- [options]

  --all    show every operation by itself, too, with its inputs, outputs and summary
  --help   this text

NO_COLOR=1 leaves out the colours.`;

/**
 * Reads the arguments of the command line.
 *
 * @param args without the program's own name
 * @throws Error with a sentence for the reader
 */
export function parseDemoCommand(args: readonly string[]): DemoCommand {
  const { values } = parseArgs({
    args: [...args],
    options: { all: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  return values.help === true ? { kind: 'help' } : { kind: 'play', all: values.all ?? false };
}
