import { BlockList, isIP, isIPv6 } from 'node:net';
import { parseUrl, quote } from '../core/text.ts';

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

/** Either a value or one sentence that says what is wrong. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

interface Region {
  readonly name: string;
  /** Other names that the vendor's tools take for it. */
  readonly aliases: readonly string[];
  readonly domain: string;
  /** Domains of older documentation and SDKs. */
  readonly legacyDomains: readonly string[];
}

// The vendor's table of endpoints, with the names that its SDKs and older pages use.
const regions: readonly Region[] = [
  {
    name: 'EU1',
    aliases: ['EUROPE1'],
    domain: 'eu1.coralogix.com',
    legacyDomains: ['coralogix.com'],
  },
  { name: 'EU2', aliases: ['EUROPE2'], domain: 'eu2.coralogix.com', legacyDomains: [] },
  { name: 'US1', aliases: ['USA1'], domain: 'us1.coralogix.com', legacyDomains: ['coralogix.us'] },
  {
    name: 'US2',
    aliases: ['USA2'],
    domain: 'us2.coralogix.com',
    legacyDomains: ['cx498.coralogix.com'],
  },
  { name: 'US3', aliases: ['USA3'], domain: 'us3.coralogix.com', legacyDomains: [] },
  {
    name: 'AP1',
    aliases: ['APAC1'],
    domain: 'ap1.coralogix.com',
    legacyDomains: ['coralogix.in', 'app.coralogix.in'],
  },
  {
    name: 'AP2',
    aliases: ['APAC2'],
    domain: 'ap2.coralogix.com',
    legacyDomains: ['coralogixsg.com'],
  },
  { name: 'AP3', aliases: ['APAC3'], domain: 'ap3.coralogix.com', legacyDomains: [] },
  { name: 'GOV1', aliases: [], domain: 'gov1.coralogixgov.us', legacyDomains: [] },
];

/** The regions' names, as the `region` input takes them. */
export const regionNames: readonly string[] = regions.map((region) => region.name);

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
 * Finds where the service listens. `endpoint` beats the other two.
 *
 * @param inputs what the user said; at most one of `region` and `domain`
 */
export function parseEndpoint(inputs: EndpointInputs): Parsed<Endpoint> {
  if (inputs.endpoint !== undefined) return fromEndpoint(inputs.endpoint);
  if (inputs.region !== undefined && inputs.domain !== undefined) {
    return problem(
      'Both `region` and `domain` (or CORALOGIX_REGION and CORALOGIX_DOMAIN) are given: they say the same thing, so give one of them.',
    );
  }
  const source = (input: 'region' | 'domain'): string =>
    inputs.isFromEnvironment === true
      ? `\`${input}\` (from CORALOGIX_${input.toUpperCase()})`
      : `\`${input}\``;
  if (inputs.region !== undefined) return fromRegion(inputs.region, source('region'));
  if (inputs.domain !== undefined) return fromDomain(inputs.domain, source('domain'));
  return problem(
    `No \`region\` is given (nor CORALOGIX_REGION), and no \`domain\` or \`endpoint\` either. Set \`region\` to one of ${regionNames.join(', ')}.`,
  );
}

function fromRegion(region: string, source: string): Parsed<Endpoint> {
  const wanted = region.toUpperCase();
  const found = regions.find((each) => each.name === wanted || each.aliases.includes(wanted));
  if (found === undefined) {
    return problem(
      `${source} is ${quote(region)}, which is no Coralogix region. It is one of ${regionNames.join(', ')}.`,
    );
  }
  return atApi(found.domain);
}

function fromDomain(domain: string, source: string): Parsed<Endpoint> {
  if (domain.includes('@')) return credentialsIn(source);
  const bare = domain
    .toLowerCase()
    .replace(/^https?:\/\//u, '')
    .replace(/\/+$/u, '');
  if (!isHostName(bare) || !bare.includes('.')) {
    return problem(
      `${source} is ${quote(domain)}, which is no domain name. It looks like eu2.coralogix.com; for a name like EU2 there is \`region\`.`,
    );
  }
  // PrivateLink: `api.private.<domain>` is a host of its own and is used as it stands.
  if (bare.startsWith('api.private.')) return secureAt(bare);
  if (bare.startsWith('private.')) return atApi(bare);
  const host = bare.replace(/^(?:(?:api|ng-api-grpc)\.)+/u, '');
  const known = regions.find((each) => each.domain === host || each.legacyDomains.includes(host));
  return atApi(known?.domain ?? host);
}

function fromEndpoint(endpoint: string): Parsed<Endpoint> {
  if (endpoint.includes('@')) return credentialsIn('`endpoint`');
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//iu.test(endpoint) ? endpoint : `https://${endpoint}`;
  const wrong = `\`endpoint\` is ${quote(endpoint)}; it must be host[:port] or https://host[:port]`;
  // The URL parser passes over line breaks and tabs, and a host is not to be glued from two lines.
  const url = /[\s\p{Cc}]/u.test(endpoint) ? undefined : parseUrl(withScheme);
  if (url === undefined) return problem(`${wrong}.`);
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    return problem(`${wrong}, with nothing after it.`);
  }
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  if (!isHostName(host) && isIP(host) === 0) return problem(`${wrong}.`);
  if (url.port === '0') return problem(`${wrong}; port 0 leads nowhere.`);
  if (schemes.includes(host)) return problem(`${wrong}; ${quote(host)} cannot be a host here.`);
  switch (url.protocol) {
    case 'https:':
      return secureAt(host, url.port === '' ? 443 : Number(url.port));
    case 'http:':
      if (!isLoopback(host)) {
        return problem(
          `\`endpoint\` is ${quote(endpoint)}: plain text goes to a loopback address only, since the API key would be readable on the way. Use https://.`,
        );
      }
      return {
        ok: true,
        value: {
          // The name could be made to lead elsewhere, and plain text must not: take the address.
          host: host === 'localhost' ? '127.0.0.1' : host,
          port: url.port === '' ? 80 : Number(url.port),
          secure: false,
          loopback: true,
        },
      };
    default:
      return problem(`${wrong}.`);
  }
}

// What grpc-js takes for the kind of an address, and what follows for the address: `unix:443` is a file.
const schemes: readonly string[] = ['dns', 'ipv4', 'ipv6', 'unix', 'unix-abstract', 'xds'];

/** No host name has an `@`. What stands before it may be a password: no message quotes it. */
function credentialsIn(source: string): Parsed<never> {
  return problem(`${source} holds a user name or a password; it must name the host only.`);
}

function isHostName(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/iu.test(label))
  );
}

function atApi(domain: string): Parsed<Endpoint> {
  return secureAt(`api.${domain}`);
}

function secureAt(host: string, port = 443): Parsed<Endpoint> {
  return { ok: true, value: { host, port, secure: true, loopback: isLoopback(host) } };
}

function problem(text: string): Parsed<never> {
  return { ok: false, problem: text };
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
