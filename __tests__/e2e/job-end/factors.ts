import { writeFileSync } from 'node:fs';

/** A step's inputs and environment, as far as a table is about them; an undefined one is not given. */
export interface Given {
  readonly inputs: Readonly<Record<string, string | undefined>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What main is run with, and where else the end of the job could be led. */
export interface Place {
  readonly token: string;
  /** The service without the proxy. */
  readonly direct: string;
  /** The path of the file that `ca_certificate` names. */
  readonly caFile: string;
  /** A service, a proxy, a folder and a CA that main does not use. */
  readonly elsewhere: {
    readonly endpoint: string;
    readonly proxy: string;
    readonly folder: string;
    readonly caCertificate: string;
    readonly token: string;
  };
}

/** What a later step does to it. */
export type Change = 'changed' | 'removed' | 'emptied';

/** {@link Change}, all of them. */
export const changes: readonly Change[] = ['changed', 'removed', 'emptied'];

/** Something that a step between main and the end of the job can meddle with: a row of the table. */
export interface Factor {
  readonly name: string;
  /** What main is run with, beside what all are. */
  readonly main?: (place: Place) => Partial<Given>;
  /** What the end of the job is run with, beside what main was; or the meddling itself. */
  readonly meddle: (change: Change, place: Place) => Partial<Given>;
  /** Whether nothing may be sent then. */
  readonly isCredential?: boolean;
}

function input(name: string, changed: (place: Place) => string): Factor['meddle'] {
  return (change, place) => ({ inputs: { [name]: value(change, changed(place)) } });
}

function variable(name: string, changed: (place: Place) => string): Factor['meddle'] {
  return (change, place) => ({ env: { [name]: value(change, changed(place)) } });
}

function value(change: Change, changed: string): string | undefined {
  return change === 'changed' ? changed : change === 'removed' ? undefined : '';
}

/** What main takes its region from where it is told by another variable. */
const withoutRegion = { CORALOGIX_REGION: undefined };

/** The rows of the table. */
export const factors: readonly Factor[] = [
  {
    name: '`endpoint`',
    main: ({ direct }) => ({ inputs: { endpoint: direct } }),
    meddle: input('endpoint', ({ elsewhere }) => elsewhere.endpoint),
  },
  {
    name: 'CORALOGIX_DOMAIN',
    main: () => ({ env: { ...withoutRegion, CORALOGIX_DOMAIN: 'eu1.coralogix.com' } }),
    meddle: variable('CORALOGIX_DOMAIN', () => 'us1.coralogix.com'),
  },
  { name: 'CORALOGIX_REGION', meddle: variable('CORALOGIX_REGION', () => 'US1') },
  {
    name: 'HTTPS_PROXY',
    meddle: variable('HTTPS_PROXY', ({ elsewhere }) => elsewhere.proxy),
  },
  { name: 'NO_PROXY', meddle: variable('NO_PROXY', () => '*') },
  {
    name: 'the file of `ca_certificate`',
    meddle: (change: Change, { caFile, elsewhere }: Place): Partial<Given> => {
      if (change === 'removed') return { inputs: { ca_certificate: `${caFile}.removed` } };
      writeFileSync(caFile, change === 'emptied' ? '' : elsewhere.caCertificate);
      return {};
    },
  },
  { name: 'RUNNER_TEMP', meddle: variable('RUNNER_TEMP', ({ elsewhere }) => elsewhere.folder) },
  {
    name: '`api_key`',
    isCredential: true,
    meddle: input('api_key', ({ elsewhere }) => elsewhere.token),
  },
  {
    name: 'CORALOGIX_API_KEY',
    main: ({ token }) => ({
      inputs: { api_key: undefined },
      env: { CORALOGIX_API_KEY: token },
    }),
    isCredential: true,
    meddle: variable('CORALOGIX_API_KEY', ({ elsewhere }) => elsewhere.token),
  },
  { name: 'CORALOGIX_TEAM_ID', meddle: variable('CORALOGIX_TEAM_ID', () => '1') },
  { name: '`timeout_seconds`', meddle: input('timeout_seconds', () => 'soon') },
  { name: '`github_token`', meddle: input('github_token', () => 'ghs_a b') },
  {
    name: 'GITHUB_API_URL',
    meddle: variable('GITHUB_API_URL', ({ elsewhere }) => elsewhere.endpoint),
  },
];
