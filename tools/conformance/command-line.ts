import { parseArgs } from 'node:util';
import type { TargetOptions } from './target.ts';

/** What `npm run conformance` was asked for. */
export interface CommandLine {
  readonly target: TargetOptions;
  /** Do not ask before a service is touched that others use. */
  readonly yes: boolean;
  /** Where the result goes as JSON; nowhere when undefined. */
  readonly json: string | undefined;
  /** Whether to put the assumptions, and what was seen on Coralogix, into docs/. */
  readonly write: boolean;
}

/** What `--help` says. */
export const usage = `Usage: npm run conformance -- [options]

Asks a service about everything that this project assumes of it (docs/service.md): the emulator, or
Coralogix if CORALOGIX_API_KEY, CORALOGIX_REGION or CORALOGIX_DOMAIN, and CORALOGIX_TEAM_ID are set.

There it makes keys under a prefix of its own, at most five at a time, and deletes them again. With
them it sends exports without records to the ingestion, which stores nothing.
One run at a time in a team: what an earlier one left behind is deleted first.

  --emulator        an emulator of its own, whatever the environment says
  --yes             do not ask before keys are made in an account
  --json FILE       write the result there
  --write           write the assumptions, and what was seen on Coralogix, into docs/
  --wait SECONDS    how long to wait for a read to show a write (default: 60; with the emulator 3)
  --take-risk       ask also what could leave a key behind that no later run finds, if it is killed
  --endpoint HOST:PORT, --ca-file FILE
                    another address than the region's, and whom it is trusted by
  --ingestion-endpoint HOST:PORT
                    where keys send to, if that does not follow from the region
  --help            this text

Asked only if these are set, too: CORALOGIX_POWERLESS_API_KEY, a key that may not manage keys;
CORALOGIX_OTHER_TEAM_API_KEY and CORALOGIX_OTHER_TEAM_ID, of another team.`;

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
      emulator: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      wait: { type: 'string' },
      'take-risk': { type: 'boolean', default: false },
      endpoint: { type: 'string' },
      'ingestion-endpoint': { type: 'string' },
      'ca-file': { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  for (const name of ['endpoint', 'ingestion-endpoint'] as const) {
    const text = values[name];
    if (text !== undefined && !/^[\w.-]+:\d{1,5}$/u.test(text)) {
      throw new Error(`--${name} must be HOST:PORT.`);
    }
  }
  return {
    target: {
      emulator: values.emulator,
      endpoint: values.endpoint,
      ingestionEndpoint: values['ingestion-endpoint'],
      caFile: values['ca-file'],
      takeRisk: values['take-risk'],
      waitMs: values.wait === undefined ? undefined : 1000 * seconds(values.wait),
    },
    yes: values.yes,
    json: values.json,
    write: values.write,
  };
}

function seconds(text: string): number {
  const number = /^\d{1,3}$/u.test(text) ? Number(text) : NaN;
  if (number <= 600) return number;
  throw new Error('--wait must be a whole number of seconds from 0 to 600.');
}
