import { BlockList, isIP, isIPv6 } from 'node:net';
import { ok, wrong, type Result, type Wrong } from '../core/result.ts';
import { holdsCredential, isUuid, quoteUnlessSecret } from '../core/credential-like.ts';
import { parseUrl, unquoted } from '../core/text.ts';

/** Where a server listens. */
export interface Endpoint {
  /** Host name or address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** False for plain text, which is allowed to a loopback address only. */
  readonly secure: boolean;
  /** Whether the host is this machine: never reached through a proxy. */
  readonly loopback: boolean;
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
 * Reads the address of a server: `host[:port]`, `https://host[:port]`, or `http://` to this machine.
 *
 * @param text   as it was given
 * @param source the input that it comes from, for messages
 */
export function parseAddress(text: string, source: string): Result<Endpoint> {
  const endpoint = unquoted(text);
  if (isCredential(endpoint)) return credentialsIn(source);
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//iu.test(endpoint) ? endpoint : `https://${endpoint}`;
  const told = `${source} is ${quoteUnlessSecret(endpoint)}; it must be host[:port] or https://host[:port]`;
  // The URL parser passes over line breaks and tabs, and a host is not to be glued from two lines.
  const url = /[\s\p{Cc}]/u.test(endpoint) ? undefined : parseUrl(withScheme);
  if (url === undefined) return wrong(`${told}.`);
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    return wrong(`${told}, with nothing after it.`);
  }
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  if (!isHostName(host) && isIP(host) === 0) return wrong(`${told}.`);
  if (url.port === '0') return wrong(`${told}; port 0 leads nowhere.`);
  if (schemes.includes(host)) {
    return wrong(`${told}; ${quoteUnlessSecret(host)} cannot be a host here.`);
  }
  switch (url.protocol) {
    case 'https:':
      return ok(secureAt(host, url.port === '' ? 443 : Number(url.port)));
    case 'http:':
      if (!isLoopback(host)) {
        return wrong(
          `${source} is ${quoteUnlessSecret(endpoint)}: plain text goes to a loopback address only, since the API key would be readable on the way. Use https://.`,
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

/**
 * Whether a text is none to be told. No host name has an `@`: what stands before it may be a password. Nor
 * is one a key, old or new.
 *
 * @param text what should be a host
 */
export function isCredential(text: string): boolean {
  return text.includes('@') || holdsCredential(text) || isUuid(text);
}

/**
 * What is wrong with that. No message quotes it.
 *
 * @param source the input that it comes from
 */
export function credentialsIn(source: string): Wrong {
  return wrong(
    `${source} holds a user name or a password, a key or a token; it must name the host only.`,
  );
}

/**
 * Whether a text could be a host's name: RFC 1123, section 2.1, and underscores, which are in use.
 *
 * @param text without a scheme, a port and a path
 */
export function isHostName(text: string): boolean {
  return (
    text.length <= 253 &&
    text.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/iu.test(label))
  );
}

/**
 * A server that speaks TLS.
 *
 * @param host a name, or an address without brackets
 * @param port 443 where it is not given
 */
export function secureAt(host: string, port = 443): Endpoint {
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
