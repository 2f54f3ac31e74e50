import { emptyRequestAnswers, gatewayBehaviours } from './behaviour.ts';
import type { IngestionOptions } from './index.ts';

/** The options of the command line that are the ingestion's, as `parseArgs` takes them. */
export const ingestionArguments = {
  'ingestion-port': { type: 'string' },
  'new-keys-accepted-after': { type: 'string' },
  'retired-keys-refused-after': { type: 'string' },
  'empty-requests': { type: 'string' },
  'ingestion-quota': { type: 'string' },
  'ingestion-rejects': { type: 'string' },
  'ingestion-json': { type: 'boolean' },
  'ingestion-gateway': { type: 'string' },
  'ingestion-gateway-times': { type: 'string' },
} as const;

/** What `--help` says of them. */
export const ingestionUsage = `  --ingestion-port NUMBER           where telemetry is sent to (default: any free port)
  --new-keys-accepted-after MS      it accepts a new key only after so many milliseconds
  --retired-keys-refused-after MS   it accepts an inactive or deleted key for so long
  --empty-requests HOW              ${emptyRequestAnswers.join(', ')}
  --ingestion-quota NUMBER          so many records a team may send
  --ingestion-rejects NUMBER        it rejects so many records of each request, and says so
  --ingestion-json                  it takes JSON, too
  --ingestion-gateway HOW           ${gatewayBehaviours.join(', ')}
  --ingestion-gateway-times NUMBER  only so many requests meet that (default: all)`;

/** The values of {@link ingestionArguments} that were given. */
type Values = {
  readonly [Name in keyof typeof ingestionArguments]?:
    ((typeof ingestionArguments)[Name]['type'] extends 'boolean' ? boolean : string) | undefined;
};

/**
 * Reads the ingestion's options.
 *
 * @param values    what was given
 * @param readCount reads a whole number up to a limit, and throws when it is none
 * @returns undefined when none was given
 * @throws Error with a sentence for the reader
 */
export function readIngestion(
  values: Values,
  readCount: (option: string, text: string, most?: number) => number,
): IngestionOptions | undefined {
  const count = (
    name: Exclude<keyof Values, 'ingestion-json'>,
    most?: number,
  ): number | undefined => {
    const text = values[name];
    return text === undefined ? undefined : readCount(`--${name}`, text, most);
  };
  const choice = <Choice extends string>(
    name: Exclude<keyof Values, 'ingestion-json'>,
    choices: readonly Choice[],
  ): Choice | undefined => {
    const text = values[name];
    const known = choices.find((each) => each === text);
    if (text === undefined || known !== undefined) return known;
    throw new Error(`--${name} must be one of ${choices.join(', ')}.`);
  };
  const rejected = count('ingestion-rejects');
  const given = {
    port: count('ingestion-port', 65_535),
    newKeysAcceptedAfterMs: count('new-keys-accepted-after'),
    retiredKeysRefusedAfterMs: count('retired-keys-refused-after'),
    emptyRequests: choice('empty-requests', emptyRequestAnswers),
    quota: count('ingestion-quota'),
    partialSuccess:
      rejected === undefined ? undefined : { rejected, message: 'records were rejected' },
    acceptsJson: values['ingestion-json'],
    gateway: choice('ingestion-gateway', gatewayBehaviours),
    gatewayTimes: count('ingestion-gateway-times'),
  };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return present.length === 0 ? undefined : Object.fromEntries(present);
}
