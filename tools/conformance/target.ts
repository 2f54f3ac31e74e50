import { readFile } from 'node:fs/promises';
import { startEmulator } from '../emulator/index.ts';
import type { Connection } from './client.ts';
import type { Place } from './connection.ts';

/**
 * The service that is asked. Only this file knows which one it is: to the probes, the emulator and
 * Coralogix are the same.
 */
export interface Target extends Connection {
  /** For the reader. */
  readonly name: string;
  /** Where its keys send telemetry to; undefined when that is not known. */
  readonly ingestion: Place | undefined;
  /** Whether what is seen is seen of Coralogix, and so worth keeping. */
  readonly isCoralogix: boolean;
  /** Whether there may be keys of others, so that somebody has to agree first. */
  readonly isShared: boolean;
  readonly teamId: number;
  /** A team that the caller may not act for. */
  readonly otherTeamId: number;
  /** A caller who may do nothing; undefined if there is none at hand. */
  readonly powerlessToken: string | undefined;
  /** A caller of another team; undefined if there is none at hand. */
  readonly otherTeamToken: string | undefined;
  /** The longest wait for a read to show a write, in milliseconds. */
  readonly waitMs: number;
  /** Whether to ask also what can leave a key behind that no later run would find. */
  readonly isRiskTaken: boolean;
  close(): Promise<void>;
}

/** What of the command line tells where to go. */
export interface TargetOptions {
  /** The emulator, whatever the environment says. */
  readonly emulator: boolean;
  /** `host:port` in place of the region's. */
  readonly endpoint: string | undefined;
  /** `host:port` of the ingestion, in place of what follows from the region. */
  readonly ingestionEndpoint: string | undefined;
  /** A CA's certificate as a PEM file, trusted in place of the system's. */
  readonly caFile: string | undefined;
  readonly takeRisk: boolean;
  readonly waitMs: number | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Source: https://coralogix.com/docs/integrations/coralogix-endpoints/ */
const domains: Readonly<Record<string, string>> = {
  EU1: 'eu1.coralogix.com',
  EU2: 'eu2.coralogix.com',
  US1: 'us1.coralogix.com',
  US2: 'us2.coralogix.com',
  US3: 'us3.coralogix.com',
  AP1: 'ap1.coralogix.com',
  AP2: 'ap2.coralogix.com',
  AP3: 'ap3.coralogix.com',
  GOV1: 'gov1.coralogixgov.us',
};

/** The vendor's own tests wait that long for a read to show a write. */
const patienceMs = 60_000;

/** The largest number that `team_id` can hold: no team has it. */
const noTeam = 0xffff_ffff;

/**
 * Finds out where to go: to Coralogix if the environment has a key, a region and a team, to an emulator
 * of its own if it has none of them, or if that was asked for.
 *
 * @throws Error with a sentence for the reader
 */
export async function openTarget(options: TargetOptions, env: Environment): Promise<Target> {
  const given = ['CORALOGIX_API_KEY', 'CORALOGIX_REGION', 'CORALOGIX_DOMAIN', 'CORALOGIX_TEAM_ID'];
  const isAsked = given.some((name) => (env[name] ?? '') !== '') || options.endpoint !== undefined;
  return options.emulator || !isAsked ? ownEmulator(options) : foreignService(options, env);
}

async function ownEmulator({ waitMs = 3000 }: TargetOptions): Promise<Target> {
  const emulator = await startEmulator();
  return {
    name: 'an emulator of its own',
    isCoralogix: false,
    isShared: false,
    endpoint: new URL(emulator.endpoint).host,
    ingestion: {
      endpoint: new URL(emulator.ingestion.endpoint).host,
      caCertificate: emulator.caCertificate,
      isPlain: false,
    },
    caCertificate: emulator.caCertificate,
    isPlain: false,
    token: emulator.tokens.admin,
    teamId: emulator.teamId,
    otherTeamId: emulator.teamId + 1,
    powerlessToken: emulator.tokens.powerless,
    otherTeamToken: emulator.tokens.otherTeam,
    waitMs,
    isRiskTaken: true,
    close: () => emulator.stop(),
  };
}

async function foreignService(options: TargetOptions, env: Environment): Promise<Target> {
  const text = (name: string): string | undefined => {
    const trimmed = env[name]?.trim();
    return trimmed === '' ? undefined : trimmed;
  };
  const problems: string[] = [];
  const token = text('CORALOGIX_API_KEY') ?? '';
  if (!isToken(token)) problems.push('CORALOGIX_API_KEY is missing, or is no key.');
  const [powerlessToken, otherTeamToken] = [
    'CORALOGIX_POWERLESS_API_KEY',
    'CORALOGIX_OTHER_TEAM_API_KEY',
  ].map((name) => {
    const other = text(name);
    if (other !== undefined && !isToken(other)) problems.push(`${name} is no key.`);
    return other;
  });
  const teamId = Number(text('CORALOGIX_TEAM_ID'));
  if (!isTeam(teamId)) problems.push('CORALOGIX_TEAM_ID is missing, or is no number of a team.');
  const otherTeamId = Number(text('CORALOGIX_OTHER_TEAM_ID') ?? noTeam);
  if (!isTeam(otherTeamId) || otherTeamId === teamId) {
    problems.push('CORALOGIX_OTHER_TEAM_ID is no number of another team.');
  }
  const endpoint = options.endpoint ?? regionsEndpoint(text);
  if (endpoint === undefined) {
    problems.push(
      `CORALOGIX_DOMAIN or CORALOGIX_REGION is missing or unknown (${Object.keys(domains).join(', ')}).`,
    );
  }
  if (problems.length > 0 || endpoint === undefined) {
    throw new Error(
      `${problems.join('\n')}\nWithout an account: npm run conformance -- --emulator`,
    );
  }
  const caCertificate =
    options.caFile === undefined ? undefined : await readFile(options.caFile, 'utf8');
  const telemetry = options.ingestionEndpoint ?? ingestionBeside(endpoint);
  return {
    name: endpoint,
    isCoralogix: isVendors(endpoint) && (telemetry === undefined || isVendors(telemetry)),
    isShared: true,
    endpoint,
    ingestion:
      telemetry === undefined ? undefined : { endpoint: telemetry, caCertificate, isPlain: false },
    caCertificate,
    isPlain: false,
    token,
    teamId,
    otherTeamId,
    powerlessToken,
    otherTeamToken,
    waitMs: options.waitMs ?? patienceMs,
    isRiskTaken: options.takeRisk,
    close: () => Promise.resolve(),
  };
}

const isVendors = (endpoint: string): boolean =>
  /\.(?:coralogix(?:sg)?\.(?:com|us|in)|coralogixgov\.us):443$/u.test(endpoint);

/**
 * The host of the ingestion is named like that of the API, also over PrivateLink:
 * https://coralogix.com/docs/integrations/coralogix-endpoints/. Undefined for one that is not the
 * vendor's: a key is sent to nobody who was not named.
 */
const ingestionBeside = (endpoint: string): string | undefined =>
  isVendors(endpoint) && endpoint.startsWith('api.')
    ? endpoint.replace(/^api/u, 'ingress')
    : undefined;

/** Bytes that a header cannot carry would end in an error of grpc-js whose text holds the key. */
const isToken = (text: string): boolean => /^[\x21-\x7e]+$/u.test(text);

const isTeam = (id: number): boolean => Number.isInteger(id) && id > 0 && id <= noTeam;

function regionsEndpoint(text: (name: string) => string | undefined): string | undefined {
  const domain = text('CORALOGIX_DOMAIN') ?? domains[text('CORALOGIX_REGION')?.toUpperCase() ?? ''];
  if (domain === undefined || !/^[a-z\d.-]+$/iu.test(domain)) return undefined;
  return `${domain.startsWith('api.') ? '' : 'api.'}${domain.toLowerCase()}:443`;
}
