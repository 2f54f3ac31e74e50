import { BlockList, isIP, isIPv6 } from 'node:net';
import { all, ok, wrong, type Result, type Wrong } from '../core/result.ts';
import { holdsCredential, isUuid, quoteUnlessSecret } from '../core/credential-like.ts';
import { parseUrl } from '../core/text.ts';
import { domainOf, regionNamed, regionNames } from './regions.ts';

/** Where the service listens. */
export interface Endpoint {
  /** Host name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** False for plain text, which is allowed to a loopback address only. */
  readonly secure: boolean;
  /** Whether the host is this machine: never reached through a proxy. */
  readonly loopback: boolean;
}

/** What the user said about where the service is; each as given, undefined when not given. */
export interface EndpointInputs {
  readonly region: string | undefined;
  readonly domain: string | undefined;
  readonly endpoint: string | undefined;
  /** Whether region and domain come from CORALOGIX_REGION and CORALOGIX_DOMAIN, for messages. */
  readonly isFromEnvironment?: boolean;
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/**
 * Whether a host is this machine, decided on the parsed address; the name `localhost` counts, too.
 *
 * @param host a host name or an address without brackets
 */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const family = isIP(host);
  return family !== 0 && loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * Finds where the service listens. `endpoint` beats the other two, which have to agree.
 *
 * @param inputs what the user said
 */
export function parseEndpoint(inputs: EndpointInputs): Result<Endpoint> {
  if (inputs.endpoint !== undefined) return fromEndpoint(inputs.endpoint);
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

/** Without the blanks and the quotes that were copied with it. */
function unquoted(text: string): string {
  return text
    .trim()
    .replace(/^(["'])(.*)\1$/su, '$2')
    .trim();
}

function fromEndpoint(text: string): Result<Endpoint> {
  const endpoint = unquoted(text);
  if (isCredential(endpoint)) return credentialsIn('`endpoint`');
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//iu.test(endpoint) ? endpoint : `https://${endpoint}`;
  const told = `\`endpoint\` is ${quoteUnlessSecret(endpoint)}; it must be host[:port] or https://host[:port]`;
  // The URL parser passes over line breaks and tabs, and a host is not to be glued from two lines.
  const url = /[\s\p{Cc}]/u.test(endpoint) ? undefined : parseUrl(withScheme);
  if (url === undefined) return wrong(`${told}.`);
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    return wrong(`${told}, with nothing after it.`);
  }
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  if (!isHostName(host) && isIP(host) === 0) return wrong(`${told}.`);
  if (url.port === '0') return wrong(`${told}; port 0 leads nowhere.`);
  if (schemes.includes(host))
    return wrong(`${told}; ${quoteUnlessSecret(host)} cannot be a host here.`);
  switch (url.protocol) {
    case 'https:':
      return ok(secureAt(host, url.port === '' ? 443 : Number(url.port)));
    case 'http:':
      if (!isLoopback(host)) {
        return wrong(
          `\`endpoint\` is ${quoteUnlessSecret(endpoint)}: plain text goes to a loopback address only, since the API key would be readable on the way. Use https://.`,
        );
      }
      return ok({
        // The name could be made to lead elsewhere, and plain text must not: take the address.
        host: host === 'localhost' ? '127.0.0.1' : host,
        port: url.port === '' ? 80 : Number(url.port),
        secure: false,
        loopback: true,
      });
    default:
      return wrong(`${told}.`);
  }
}

// What grpc-js takes for the kind of an address, and what follows for the address: `unix:443` is a file.
const schemes: readonly string[] = ['dns', 'ipv4', 'ipv6', 'unix', 'unix-abstract', 'xds'];

/** No host name has an `@`: what stands before it may be a password. Nor is one a key, old or new. */
function isCredential(text: string): boolean {
  return text.includes('@') || holdsCredential(text) || isUuid(text);
}

/** No message quotes it. */
function credentialsIn(source: string): Wrong {
  return wrong(
    `${source} holds a user name or a password, a key or a token; it must name the host only.`,
  );
}

function isHostName(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/iu.test(label))
  );
}

function secureAt(host: string, port = 443): Endpoint {
  return { host, port, secure: true, loopback: isLoopback(host) };
}

/**
 * `host:port`, with brackets around an IPv6 address.
 *
 * @param endpoint where the service listens
 */
export function authority(endpoint: Pick<Endpoint, 'host' | 'port'>): string {
  const host = isIPv6(endpoint.host) ? `[${endpoint.host}]` : endpoint.host;
  return `${host}:${endpoint.port}`;
}
