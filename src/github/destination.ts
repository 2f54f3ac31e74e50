import { isLoopback } from '../network/endpoint.ts';
import { findProxy, type Proxy } from '../network/proxy.ts';
import { Failure } from '../core/failure.ts';
import { parseUrl } from '../core/text.ts';

/**
 * The way to GitHub. What GitHub's own client would take without a word, and a secret must not go over,
 * is refused here first.
 */

type Environment = Readonly<Record<string, string | undefined>>;

/** The root of the REST interface, by the variable that GitHub's client goes by. */
export function apiUrlIn(environment: Environment): string {
  const url = environment['GITHUB_API_URL'] ?? '';
  // The name could be made to lead elsewhere, and plain text must not: take the address.
  const addressed = url.replace(/^http:\/\/localhost(?=[:/]|$)/iu, 'http://127.0.0.1');
  return addressed === '' ? 'https://api.github.com' : addressed;
}

/**
 * Makes sure that the token and the secrets go to GitHub and to nobody else.
 *
 * @param apiUrl      the root of the REST interface
 * @param environment the process's variables
 * @returns the proxy to go through; undefined for a direct connection
 * @throws Failure `github`, or `proxy`
 */
export function checkDestination(apiUrl: string, environment: Environment): Proxy | undefined {
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
  const port = Number(url.port === '' ? 443 : url.port);
  const proxy = findProxy({ host, port, loopback: isLoopback(host) }, environment, 'https');
  if (!proxy.ok) throw new Failure('proxy', proxy.problems.join(' '), { effect: 'none' });
  return proxy.value;
}
