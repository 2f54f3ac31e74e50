import { BlockList, isIP, isIPv6 } from 'node:net';
import { ok, wrong, type Result, type Wrong } from '../core/result.ts';
import { parseUrl } from '../core/text.ts';
import type { Endpoint } from './endpoint.ts';

/** The proxy that a connection goes through. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** `user:password`, decoded; undefined when the proxy asks for none. A secret. */
  readonly credentials: string | undefined;
  /** The environment variable that it came from, for messages. */
  readonly variable: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

// The order of grpc-js, in either case: a runner's administrator may have set any of them.
const proxyVariables = ['grpc_proxy', 'https_proxy', 'http_proxy'];
const exceptVariables = ['no_grpc_proxy', 'no_proxy'];

/**
 * Finds the proxy for an endpoint in the environment. A value that the transport could not use is a
 * problem and not a direct connection: who sets a proxy means it.
 *
 * @param endpoint    where the service listens
 * @param environment the process's variables
 * @returns undefined for a direct connection; else the proxy, or a sentence on what is wrong
 */
export function findProxy(endpoint: Endpoint, environment: Environment): Result<Proxy | undefined> {
  const direct = ok(undefined);
  if (endpoint.loopback) return direct;
  const variable = firstSet(proxyVariables, environment);
  if (variable === undefined) return direct;
  const except = firstSet(exceptVariables, environment);
  if (except !== undefined && isExcepted(endpoint, environment[except] ?? '')) return direct;
  if (isIPv6(endpoint.host)) {
    // grpc-js asks for it without the brackets, which a proxy must refuse.
    return wrong(
      `The environment variable ${variable} names a proxy, through which \`endpoint\` cannot be an IPv6 address: give a host name, or name the address in no_proxy.`,
    );
  }
  return parseProxy(variable, environment[variable]?.trim() ?? '');
}

function firstSet(names: readonly string[], environment: Environment): string | undefined {
  return names
    .flatMap((name) => [name, name.toUpperCase()])
    .find((name) => (environment[name]?.trim() ?? '') !== '');
}

/**
 * Reads the value of a variable that names a proxy.
 *
 * @param variable which one, for messages
 * @param text     its value
 */
export function parseProxy(variable: string, text: string): Result<Proxy> {
  // The value may hold a password: no message quotes it.
  const unusable = (what: string): Wrong =>
    wrong(
      `The environment variable ${variable} ${what}. It must look like http://proxy.example.com:3128.`,
    );
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `http://${text}`;
  const url = parseUrl(withScheme);
  if (url === undefined) return unusable('holds no URL');
  if (url.protocol !== 'http:') {
    return unusable(
      `names a proxy of the kind ${url.protocol}//, which cannot be used: only http:// can`,
    );
  }
  if (url.hostname === '') return unusable('names no host');
  if (url.port === '0') return unusable('names port 0, which leads nowhere');
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') {
    // A password with a / ? or # in it that is not escaped ends up here, its beginning as the port.
    return unusable(
      'holds more than a host and a port (is a character of the password not escaped?)',
    );
  }
  if ((url.username === '') !== (url.password === '')) {
    // grpc-js drops the password of nobody, and sends a user without the colon that belongs behind.
    return unusable('holds a user name without a password, or the other way round');
  }
  let credentials: string | undefined;
  if (url.username !== '') {
    try {
      credentials = decodeURIComponent(`${url.username}:${url.password}`);
    } catch {
      return unusable('holds a user name or password with a broken % escape');
    }
  }
  return ok({
    host: url.hostname.replace(/^\[|\]$/gu, ''),
    port: url.port === '' ? 80 : Number(url.port),
    credentials,
    variable,
  });
}

/**
 * Whether `no_proxy` names the endpoint: `*`, a host, a domain (`example.com`, `.example.com`,
 * `*.example.com`, `*example.com`: itself and all below), an address, a block of addresses, each
 * with an optional port. Blanks and empty entries mean nothing.
 */
function isExcepted(endpoint: Endpoint, list: string): boolean {
  return list
    .split(/[\s,]+/u)
    .filter((entry) => entry !== '')
    .some((entry) => matches(endpoint, entry.toLowerCase()));
}

function matches(endpoint: Endpoint, entry: string): boolean {
  const { name, port } = splitPort(entry);
  if (port !== undefined && port !== endpoint.port) return false;
  if (name === '*') return true;
  const host = endpoint.host.toLowerCase();
  const family = isIP(host);
  if (family !== 0) return isInBlock(host, family, name);
  const domain = name.replace(/^\*?\.?/u, '');
  return host === domain || host.endsWith(`.${domain}`);
}

function splitPort(entry: string): { name: string; port: number | undefined } {
  const bracketed = /^\[([^\]]+)\](?::(\d+))?$/u.exec(entry);
  const plain = isIP(entry) === 6 ? null : /^([^:]+):(\d+)$/u.exec(entry);
  const found = bracketed ?? plain;
  if (found === null) return { name: entry, port: undefined };
  const [, name = '', port] = found;
  return { name, port: port === undefined ? undefined : Number(port) };
}

function isInBlock(host: string, family: number, block: string): boolean {
  // An address alone is a block of one.
  const [address = '', bits = family === 4 ? '32' : '128'] = block.split('/');
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  if (isIP(address) !== family || !/^\d{1,3}$/u.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const blocks = new BlockList();
  blocks.addSubnet(address, Number(bits), kind);
  return blocks.check(host, kind);
}
