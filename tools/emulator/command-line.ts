import { parseArgs } from 'node:util';
import { parseFaultRule } from './fault-json.ts';
import type { EmulatorOptions } from './index.ts';
import type { DiscloseValues } from './store.ts';
import { ingestionArguments, ingestionUsage, readIngestion } from './ingestion/command-line.ts';

/** What `npm run emulator` was asked for. */
export type CommandLine =
  | { readonly kind: 'help' }
  | {
      readonly kind: 'start';
      readonly options: EmulatorOptions;
      /** How many keys there are from the start. */
      readonly seed: number;
      /** Where the CA's certificate goes; a new temporary folder when undefined. */
      readonly caFile: string | undefined;
      /** Whether to say how to connect to a program instead of to a person. */
      readonly json: boolean;
      /** Whether no line is printed for each call. */
      readonly quiet: boolean;
    };

/** What `--help` says. */
export const usage = `Usage: npm run emulator -- [options]

  --port NUMBER       listen on this port (default: any free one)
  --plain             no TLS
  --disclose-values WHEN
                      on_create (default): only the reply of create carries a key's value;
                      always: reads do, too, unless the key is hashed
  --read-lag MS       reads lag writes by so many milliseconds
  --write-lag MS      update and delete do not find a key that is so new (default: as --read-lag)
  --unique-names      refuse a name that another key has
  --delay MS          every call takes so many milliseconds longer
  --rate-limit NUMBER take so many calls a second, and refuse the others (default: all are taken)
  --fault JSON        let a call fail; may be repeated (see tools/emulator/README.md)
  --seed NUMBER       start with so many keys
  --ca-file PATH      write the CA's certificate there (default: a temporary folder)
  --json              say how to connect as one line of JSON, and nothing after it
  --quiet             print no line for each call
  --help              this text

Of the ingestion, which is on a port of its own:

${ingestionUsage}`;

/**
 * Reads the arguments of the command line.
 *
 * @param args without the program's own name
 * @throws Error with a sentence for the reader
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: { type: 'string' },
      plain: { type: 'boolean' },
      'disclose-values': { type: 'string', default: 'on_create' },
      'read-lag': { type: 'string' },
      'write-lag': { type: 'string' },
      'unique-names': { type: 'boolean' },
      delay: { type: 'string' },
      'rate-limit': { type: 'string' },
      fault: { type: 'string', multiple: true },
      seed: { type: 'string' },
      'ca-file': { type: 'string' },
      json: { type: 'boolean' },
      quiet: { type: 'boolean', short: 'q' },
      ...ingestionArguments,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return { kind: 'help' };
  const ingestion = readIngestion(values, count);
  return {
    kind: 'start',
    options: {
      port: count('--port', values.port, 65_535),
      tls: values.plain === true ? 'plain' : 'trusted',
      discloseValues: disclosure(values['disclose-values']),
      readLagMs: count('--read-lag', values['read-lag']),
      writeLagMs: count('--write-lag', values['write-lag'] ?? values['read-lag']),
      uniqueNames: values['unique-names'] ?? false,
      delayMs: count('--delay', values.delay),
      ...(values['rate-limit'] === undefined
        ? {}
        : { rateLimit: count('--rate-limit', values['rate-limit']) }),
      faults: (values.fault ?? []).map(parseFault),
      ...(ingestion === undefined ? {} : { ingestion }),
    },
    seed: count('--seed', values.seed, 1_000_000),
    caFile: values['ca-file'],
    json: values.json ?? false,
    quiet: values.quiet ?? false,
  };
}

function count(option: string, text = '0', most = 2 ** 31 - 1): number {
  const number = /^\d+$/u.test(text) ? Number(text) : NaN;
  if (number <= most) return number;
  throw new Error(`${option} must be a whole number from 0 to ${most}.`);
}

function disclosure(text: string): DiscloseValues {
  if (text === 'on_create' || text === 'always') return text;
  throw new Error('--disclose-values must be on_create or always.');
}

function parseFault(json: string): ReturnType<typeof parseFaultRule> {
  try {
    return parseFaultRule(json);
  } catch (thrown) {
    throw new Error(`--fault cannot be used. ${(thrown as Error).message}`, { cause: thrown });
  }
}
