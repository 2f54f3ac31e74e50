import { BlockList, isIP, isIPv6 } from 'node:net';
import { ok, wrong, type Result, type Wrong } from '../core/result.ts';
import { parseUrl } from '../core/text.ts';
import { authority, type Endpoint } from './endpoint.ts';

/** The proxy that a connection goes through. */
export interface Proxy {
  readonly host: string;
  readonly port: number;
  /** `user:password`, decoded; undefined when the proxy asks for none. A secret. */
  readonly credentials: string | undefined;
  /** The environment variable that it came from, for messages. */
  readonly variable: string;
}

/** Where a connection is to lead. */
type Target = Pick<Endpoint, 'host' | 'port' | 'loopback'>;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Which variables name a proxy, and which the exceptions from it, the first that is set in either case:
 * for a connection over TLS those that curl reads (https://everything.curl.dev/usingcurl/proxies/env.html),
 * and before them, for gRPC, those that only gRPC libraries read
 * (https://github.com/grpc/grpc-node/blob/master/doc/environment_variables.md). `http_proxy` is for http://:
 * grpc-js would fall back on it, and curl and GitHub's client do not. docs/self-hosted.md has all rules.
 */
const variables = {
  grpc: { proxy: ['grpc_proxy', 'https_proxy'], except: ['no_grpc_proxy', 'no_proxy'] },
  https: { proxy: ['https_proxy'], except: ['no_proxy'] },
} as const;

/**
 * Finds the proxy for a host in the environment: one reading for Coralogix and for GitHub, whose clients
 * read these variables each in a way of its own and are told instead. A value that they could not use is
 * a problem and not a direct connection: who sets a proxy means it.
 *
 * @param target      where the connection is to lead
 * @param environment the process's variables
 * @param protocol    whose variables are read
 * @param input       what the target was given with, for messages
 * @returns undefined for a direct connection; else the proxy, or a sentence on what is wrong
 */
export function findProxy(
  target: Target,
  environment: Environment,
  protocol: keyof typeof variables,
  input: 'endpoint' | 'ingestion_endpoint' = 'endpoint',
): Result<Proxy | undefined> {
  const direct = ok(undefined);
  if (target.loopback) return direct;
  const variable = firstSet(variables[protocol].proxy, environment);
  if (variable === undefined) return direct;
  const except = firstSet(variables[protocol].except, environment);
  if (except !== undefined && isExcepted(target, environment[except] ?? '')) return direct;
  if (protocol === 'grpc' && isIPv6(target.host)) {
    // grpc-js asks for it without the brackets, which a proxy must refuse.
    return wrong(
      `The environment variable ${variable} names a proxy, through which \`${input}\` cannot be an IPv6 address: give a host name, or name the address in no_proxy.`,
    );
  }
  return parseProxy(variable, environment[variable]?.trim() ?? '');
}

/**
 * The proxy as a URL, with its password: for the variables that the clients go by, and nowhere else.
 *
 * @param proxy what {@link findProxy} found
 */
export function proxyUrl(proxy: Proxy): string {
  const url = new URL(`http://${authority(proxy)}`);
  const [user = '', ...password] = (proxy.credentials ?? '').split(':');
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password.join(':'));
  return url.href;
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
function isExcepted(target: Target, list: string): boolean {
  return list
    .split(/[\s,]+/u)
    .filter((entry) => entry !== '')
    .some((entry) => matches(target, entry.toLowerCase()));
}

function matches(target: Target, entry: string): boolean {
  const { name, port } = splitPort(entry);
  if (port !== undefined && port !== target.port) return false;
  if (name === '*') return true;
  const host = target.host.toLowerCase();
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
