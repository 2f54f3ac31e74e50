import { parseProxy } from '../network/proxy.ts';
import { isLoopback } from '../network/endpoint.ts';
import { Failure } from '../core/failure.ts';
import { parseUrl } from '../core/text.ts';

/**
 * The way to GitHub, which GitHub's own client finds by itself, from the environment. What it would take
 * without a word, and a secret must not go over, is refused here first.
 */

type Environment = Readonly<Record<string, string | undefined>>;

/** The root of the REST interface, by the variable that GitHub's client goes by. */
export function apiUrlIn(environment: Environment): string {
  const url = environment['GITHUB_API_URL'] ?? '';
  return url === '' ? 'https://api.github.com' : url;
}

/**
 * Makes sure that the token and the secrets go to GitHub and to nobody else.
 *
 * @param apiUrl      the root of the REST interface
 * @param environment the process's variables
 * @throws Failure `github`, or `proxy`
 */
export function checkDestination(apiUrl: string, environment: Environment): void {
  const url = parseUrl(apiUrl);
  const host = url?.hostname.replace(/^\[|\]$/gu, '') ?? '';
  if (url === undefined || (url.protocol !== 'https:' && !isLoopback(host))) {
    throw new Failure(
      'github',
      'GITHUB_API_URL is no https:// address, so nothing is sent to it.',
      {
        hint: 'The token would be readable on the way. The runner sets this variable: look for a step that changes it.',
        effect: 'none',
      },
    );
  }
  if (url.protocol === 'https:' && environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0') {
    throw new Failure(
      'github',
      'NODE_TLS_REJECT_UNAUTHORIZED is 0, so anybody could answer in the place of GitHub.',
      {
        hint: 'Remove it. Where GitHub has a certificate of your own authority, name that in NODE_EXTRA_CA_CERTS.',
        effect: 'none',
      },
    );
  }
  const variable = proxyVariable(environment);
  if (variable === undefined || isLoopback(host) || isExcepted(host, environment)) return;
  const value = environment[variable]?.trim() ?? '';
  const proxy = parseProxy(variable, value);
  // GitHub's client goes directly where it cannot read the value.
  if (!proxy.ok) throw new Failure('proxy', proxy.problems.join(' '), { effect: 'none' });
  // Of `proxy.example.com:3128` it takes the host for a scheme, and finds no host.
  if ((parseUrl(value) ?? parseUrl(`http://${value}`))?.hostname === '') {
    throw new Failure(
      'proxy',
      `The environment variable ${variable} names a proxy without http:// before it, which GitHub's client passes over. Write http:// before it.`,
      { effect: 'none' },
    );
  }
}

/** Whether GitHub's client makes an exception for the host, by its own rules. */
function isExcepted(host: string, environment: Environment): boolean {
  const list = environment['no_proxy'] ?? environment['NO_PROXY'] ?? '';
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some(
      (entry) =>
        entry === '*' ||
        host === entry ||
        host.endsWith(entry.startsWith('.') ? entry : `.${entry}`),
    );
}

/** A hint that names the proxy, where one is in the way to GitHub. */
export function proxyInUse(environment: Environment): string | undefined {
  const variable = proxyVariable(environment);
  return variable === undefined
    ? undefined
    : `Check the proxy that ${variable} names, and that it lets GitHub through; or name GitHub in no_proxy.`;
}

function proxyVariable(environment: Environment): string | undefined {
  return ['https_proxy', 'HTTPS_PROXY'].find((name) => (environment[name]?.trim() ?? '') !== '');
}
