import { readCertificates } from '../network/certificates.ts';
import { parseEndpoint, type Parsed } from '../network/endpoint.ts';
import { findProxy } from '../network/proxy.ts';
import type { Connection } from '../core/request.ts';
import { Secret } from '../core/secret.ts';
import type { Fields, RawInputs } from './fields.ts';

/**
 * Reads how to reach the service.
 *
 * @param fields collects what is wrong
 * @param raw    for the environment: the vendor's variables, and the proxy
 * @returns undefined when something is wrong
 */
export function readConnection(fields: Fields, raw: RawInputs): Connection | undefined {
  const apiKey = fields.credential(
    'api_key',
    'it is your Coralogix management key, with the `ApiKeys` preset, and best kept in a secret. A secret that does not exist is empty, and so is each one for a pull request from a fork or from Dependabot',
    'CORALOGIX_API_KEY',
  );
  const endpoint = unwrap(fields, parseEndpoint(whereabouts(fields)));
  const certificates = fields.text('ca_certificate');
  const extraCertificates =
    certificates === undefined ? undefined : unwrap(fields, readCertificates(certificates));
  if (endpoint === undefined) return undefined;
  const proxy = unwrap(fields, findProxy(endpoint, raw.environment));
  if (apiKey === undefined) return undefined;
  return { endpoint, proxy, extraCertificates, apiKey: new Secret(apiKey) };
}

/** Explicit inputs beat the environment, whichever of the two each of them names. */
function whereabouts(fields: Fields): Parameters<typeof parseEndpoint>[0] {
  const endpoint = fields.text('endpoint');
  const region = fields.text('region');
  const domain = fields.text('domain');
  if (endpoint !== undefined || region !== undefined || domain !== undefined) {
    return { endpoint, region, domain };
  }
  return {
    endpoint,
    region: fields.text('region', 'CORALOGIX_REGION'),
    domain: fields.text('domain', 'CORALOGIX_DOMAIN'),
    isFromEnvironment: true,
  };
}

function unwrap<T>(fields: Fields, parsed: Parsed<T>): T | undefined {
  return parsed.ok ? parsed.value : fields.problem(parsed.problem);
}
