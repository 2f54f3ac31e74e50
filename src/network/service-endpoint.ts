import { quoteUnlessSecret } from '../core/credential-like.ts';
import { all, ok, wrong, type Result } from '../core/result.ts';
import {
  credentialsIn,
  isCredential,
  isHostName,
  parseAddress,
  secureAt,
  type Endpoint,
} from './endpoint.ts';
import { domainOf, regionNamed, regionNames } from './regions.ts';
import { unquoted } from '../core/text.ts';

/**
 * Where the vendor's service listens: at `api.<domain>:443`, by
 * https://coralogix.com/docs/integrations/coralogix-endpoints/, and over PrivateLink at
 * `api.private.<domain>`, by
 * https://coralogix.com/docs/integrations/aws/aws-privatelink/endpoints-deployment.
 */

/** What the user said about where the service is; each as given, undefined when not given. */
export interface EndpointInputs {
  readonly region: string | undefined;
  readonly domain: string | undefined;
  readonly endpoint: string | undefined;
  /** Whether region and domain come from CORALOGIX_REGION and CORALOGIX_DOMAIN, for messages. */
  readonly isFromEnvironment?: boolean;
}

/**
 * Finds where the service listens. `endpoint` beats the other two, which have to agree.
 *
 * @param inputs what the user said
 */
export function parseEndpoint(inputs: EndpointInputs): Result<Endpoint> {
  if (inputs.endpoint !== undefined) return parseAddress(inputs.endpoint, '`endpoint`');
  const source = (input: 'region' | 'domain'): string => sourceOf(input, inputs);
  const { region, domain } = inputs;
  if (region !== undefined && domain !== undefined) {
    const both = all({
      byRegion: fromRegion(region, source('region')),
      byDomain: fromDomain(domain, source('domain')),
    });
    if (!both.ok) return both;
    const { byRegion, byDomain } = both.value;
    return byRegion.host === byDomain.host
      ? ok(byRegion)
      : wrong(
          `${source('region')} is ${quoteUnlessSecret(region)}, which is at ${byRegion.host}, and ${source('domain')} is ${quoteUnlessSecret(domain)}, which is at ${byDomain.host}: give one of them.`,
        );
  }
  if (region !== undefined) return fromRegion(region, source('region'));
  if (domain !== undefined) return fromDomain(domain, source('domain'));
  return wrong(
    `No \`region\` is given (nor CORALOGIX_REGION), and no \`domain\` or \`endpoint\` either. Set \`region\` to one of ${regionNames.join(', ')}.`,
  );
}

/**
 * What the user said with where the service is, for messages.
 *
 * @param inputs what the user said
 */
export function placedBy(inputs: EndpointInputs): string {
  if (inputs.endpoint !== undefined) return '`endpoint`';
  return sourceOf(inputs.region === undefined ? 'domain' : 'region', inputs);
}

function sourceOf(input: 'region' | 'domain', { isFromEnvironment }: EndpointInputs): string {
  return isFromEnvironment === true
    ? `\`${input}\` (from CORALOGIX_${input.toUpperCase()})`
    : `\`${input}\``;
}

/** By its name, or by its domain: people paste that here, too. */
function fromRegion(text: string, source: string): Result<Endpoint> {
  const found = regionNamed(unquoted(text));
  if (found !== undefined) return ok(secureAt(`api.${found.domain}`));
  if (isCredential(text)) return credentialsIn(source);
  const host = hostIn(text);
  if (host !== undefined) return ok(atDomain(host));
  return wrong(
    `${source} is ${quoteUnlessSecret(text)}, which is no Coralogix region. It is one of ${regionNames.join(', ')}.`,
  );
}

/** By its domain, or by its name: people paste that here, too. */
function fromDomain(text: string, source: string): Result<Endpoint> {
  if (isCredential(text)) return credentialsIn(source);
  const found = regionNamed(unquoted(text));
  const host = found?.domain ?? hostIn(text);
  if (host !== undefined) return ok(atDomain(host));
  return wrong(
    `${source} is ${quoteUnlessSecret(text)}, which is no domain name. It looks like eu2.coralogix.com.`,
  );
}

function atDomain(host: string): Endpoint {
  // PrivateLink: `api.private.<domain>` is a host of its own, and so is that of ingestion beside it.
  const link = /^(?:(?:api|ingress)\.)?private\.(?<domain>.+)$/u.exec(host)?.groups?.['domain'];
  if (link !== undefined) return secureAt(`api.private.${link}`);
  // What the vendor's pages, SDKs and senders put before the domain, also where it was put twice.
  const bare = host.replace(/^(?:(?:api|ng-api-grpc|ng-api-http|ingress|dashboard)\.)+/u, '');
  return secureAt(`api.${domainOf(bare)}`);
}

/**
 * The host name in what people paste: a domain, a host with the port of TLS, the address of their
 * browser. Undefined when there is none in it.
 */
function hostIn(text: string): string | undefined {
  const bare = unquoted(text)
    .toLowerCase()
    .replace(/^https?:\/\//u, '')
    .replace(/[/?#].*$/su, '')
    .replace(/:443$/u, '');
  return !/\s/u.test(unquoted(text)) && isHostName(bare) && bare.includes('.') ? bare : undefined;
}
