import { longestStepMs } from '../core/clock.ts';
import { all, ok, type Result } from '../core/result.ts';
import { Secret } from '../core/secret.ts';
import { readCertificates } from '../network/certificates.ts';
import type { Connection, IngestionConnection } from '../network/connection.ts';
import type { Endpoint } from '../network/endpoint.ts';
import { parseIngestionEndpoint } from '../network/ingestion-endpoint.ts';
import { parseEndpoint, placedBy } from '../network/service-endpoint.ts';
import { findProxy } from '../network/proxy.ts';
import type { Inputs } from './inputs.ts';

/** What every operation needs besides what it is asked to do. */
export interface StepSettings {
  readonly connection: Connection;
  /** How to reach the ingestion; undefined where nothing says where that is. */
  readonly ingestion: IngestionConnection | undefined;
  /** Undefined when none is given: then nothing on GitHub can be read or stored. */
  readonly githubToken: Secret | undefined;
  /** The whole step's budget, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether to write a job summary. */
  readonly summary: boolean;
}

/**
 * Reads what every operation needs.
 *
 * @param inputs the step's inputs
 */
export function readSettings(inputs: Inputs): Result<StepSettings> {
  const ingestion = readIngestionPlace(inputs);
  const settings = all({
    connection: readConnection(inputs),
    // Where nobody asks for it, it is as well if it is not known.
    ingestion:
      inputs.text('ingestion_endpoint') === undefined && !ingestion.ok ? ok(undefined) : ingestion,
    githubToken:
      inputs.text('github_token') === undefined
        ? ok(undefined)
        : inputs.credential('github_token', 'it is needed here'),
    seconds: inputs.integer('timeout_seconds', { least: 1, most: longestStepMs / 1000 }),
    summary: inputs.boolean('summary'),
  });
  if (!settings.ok) return settings;
  const { connection, ingestion: place, githubToken, seconds, summary } = settings.value;
  const { extraCertificates } = connection;
  return ok({
    connection,
    ingestion: place === undefined ? undefined : { ...place, extraCertificates },
    githubToken: githubToken === undefined ? undefined : new Secret(githubToken),
    timeoutMs: seconds * 1000,
    summary,
  });
}

function readConnection(inputs: Inputs): Result<Connection> {
  const apiKey = inputs.credential(
    'api_key',
    'it is your Coralogix management key, with the `ApiKeys` preset, and best kept in a secret. A secret that does not exist is empty, and so is each one for a pull request from a fork or from Dependabot',
    'CORALOGIX_API_KEY',
  );
  const endpoint = readEndpoint(inputs);
  const certificates = inputs.text('ca_certificate');
  const connection = all({
    apiKey,
    endpoint,
    extraCertificates: certificates === undefined ? ok(undefined) : readCertificates(certificates),
    proxy: endpoint.ok ? findProxy(endpoint.value, inputs.environment, 'grpc') : ok(undefined),
  });
  if (!connection.ok) return connection;
  return ok({
    ...connection.value,
    placedBy: placedBy(whereabouts(inputs)),
    apiKey: new Secret(connection.value.apiKey),
  });
}

/**
 * Where the service is.
 *
 * @param inputs the step's inputs
 */
export function readEndpoint(inputs: Inputs): Result<Endpoint> {
  return parseEndpoint(whereabouts(inputs));
}

/**
 * Where the ingestion is, and the way there.
 *
 * @param inputs the step's inputs
 */
export function readIngestionPlace(
  inputs: Inputs,
): Result<Omit<IngestionConnection, 'extraCertificates'>> {
  const ingestionEndpoint = inputs.text('ingestion_endpoint');
  const place = parseIngestionEndpoint({ ...whereabouts(inputs), ingestionEndpoint });
  if (!place.ok) return place;
  const { endpoint } = place.value;
  const proxy = findProxy(endpoint, inputs.environment, 'grpc', 'ingestion_endpoint');
  return proxy.ok ? ok({ ...place.value, proxy: proxy.value }) : proxy;
}

/** Explicit inputs beat the environment, whichever of the two each of them names. */
function whereabouts(inputs: Inputs): Parameters<typeof parseEndpoint>[0] {
  const endpoint = inputs.text('endpoint');
  const region = inputs.text('region');
  const domain = inputs.text('domain');
  if (endpoint !== undefined || region !== undefined || domain !== undefined) {
    return { endpoint, region, domain };
  }
  return {
    endpoint,
    region: inputs.text('region', 'CORALOGIX_REGION'),
    domain: inputs.text('domain', 'CORALOGIX_DOMAIN'),
    isFromEnvironment: true,
  };
}
