import { quoteUnlessSecret } from '../core/credential-like.ts';
import { ok, wrong, type Result } from '../core/result.ts';
import { parseAddress, type Endpoint } from './endpoint.ts';
import { regionAt } from './regions.ts';
import { parseEndpoint, placedBy, type EndpointInputs } from './service-endpoint.ts';

/**
 * Where telemetry goes: to `ingress.<domain>:443`, by
 * https://coralogix.com/docs/integrations/coralogix-endpoints/. Over PrivateLink that is a service apart
 * from the API's, `ingress.private.<domain>`, by
 * https://coralogix.com/docs/integrations/aws/aws-privatelink/endpoints-deployment: who reaches one need
 * not reach the other.
 */

/** What the user said about it, beside where the service is; undefined when not given. */
export interface IngestionInputs extends EndpointInputs {
  readonly ingestionEndpoint: string | undefined;
}

/** Where telemetry goes. */
export interface IngestionPlace {
  readonly endpoint: Endpoint;
  /** What the user said that with, for messages. */
  readonly placedBy: string;
}

/**
 * Finds where telemetry goes: what `ingestion_endpoint` says, else what follows from the rest. Nothing is
 * guessed from an `endpoint` that is not the vendor's, as a key would be sent to whoever that is; nor
 * does the key of a service on this machine leave it, whatever `region` says besides.
 *
 * @param inputs what the user said
 */
export function parseIngestionEndpoint(inputs: IngestionInputs): Result<IngestionPlace> {
  const { ingestionEndpoint, endpoint, region, domain } = inputs;
  if (ingestionEndpoint !== undefined) {
    const source = '`ingestion_endpoint`';
    const given = parseAddress(ingestionEndpoint, source);
    return given.ok ? ok({ endpoint: given.value, placedBy: source }) : given;
  }
  const management = parseEndpoint(inputs);
  if (!management.ok) return management;
  const { host, loopback } = management.value;
  // The host of the API tells more than a region besides: which one, and whether over PrivateLink.
  if (endpoint === undefined || isVendors(host)) return beside(inputs);
  const isPlaced = region !== undefined || domain !== undefined;
  if (isPlaced && !loopback) return beside({ ...inputs, endpoint: undefined });
  const ways = loopback ? '`ingestion_endpoint`' : '`ingestion_endpoint`, or `region` besides';
  return wrong(
    `\`ingestion_endpoint\` is not given, and from \`endpoint\`, which is ${quoteUnlessSecret(endpoint)}, it does not follow where telemetry goes. Give ${ways}.`,
  );
}

// What is before the domain in the hosts of the API: today's, PrivateLink's, and that of older SDKs.
const ofTheApi = /^(?:api|ng-api-grpc)\.(?<link>private\.)?(?<domain>.+)$/u;

function isVendors(host: string): boolean {
  return regionAt(ofTheApi.exec(host)?.groups?.['domain'] ?? '') !== undefined;
}

/** What is beside the API. */
function beside(inputs: EndpointInputs): Result<IngestionPlace> {
  const api = parseEndpoint(inputs);
  return api.ok ? ok({ endpoint: ingestionBeside(api.value), placedBy: placedBy(inputs) }) : api;
}

/** The host of ingestion beside that of the API. */
function ingestionBeside({ host }: Endpoint): Endpoint {
  const { link = '', domain = host } = ofTheApi.exec(host)?.groups ?? {};
  return {
    host: `ingress.${link}${regionAt(domain)?.domain ?? domain}`,
    port: 443,
    secure: true,
    loopback: false,
  };
}
