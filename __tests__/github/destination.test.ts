import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/core/failure.ts';
import { checkDestination } from '../../src/github/destination.ts';

const github = 'https://api.github.com';

function failureFor(apiUrl: string, environment: Readonly<Record<string, string>>): Failure {
  try {
    checkDestination(apiUrl, environment);
  } catch (thrown) {
    if (thrown instanceof Failure) return thrown;
  }
  throw new Error('not refused');
}

describe('the way to GitHub', () => {
  test.each([
    [github, {}],
    ['https://ghes.example.com/api/v3', { NODE_TLS_REJECT_UNAUTHORIZED: '1' }],
    // A server of a test, where there is nothing to verify.
    ['http://127.0.0.1:8080', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
    ['http://[::1]:8080/api/v3', {}],
    [github, { https_proxy: 'http://user:p%40ss@proxy.example.com:3128' }],
    [github, { https_proxy: ' ' }],
    [github, { https_proxy: 'socks5://proxy.example.com', no_proxy: 'example.com, github.com' }],
    [github, { https_proxy: '10.0.0.1:3128' }],
    [github, { https_proxy: 'proxy.example.com:3128' }],
    ['http://127.0.0.1:8080', { https_proxy: 'socks5://proxy.example.com' }],
  ])('%s with %j may be taken', (apiUrl, environment) => {
    expect(() => {
      checkDestination(apiUrl, environment);
    }).not.toThrow();
  });

  test.each(['http://ghes.example.com/api/v3', 'http://10.0.0.1', 'nonsense'])(
    '%s would show the token on the way',
    (apiUrl) => {
      expect(failureFor(apiUrl, {})).toMatchObject({ kind: 'github' });
    },
  );

  test('is refused where anybody could answer', () => {
    const { kind, message } = failureFor(github, { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(kind).toBe('github');
    expect(message).toContain('NODE_TLS_REJECT_UNAUTHORIZED is 0');
  });

  test.each([
    ['https_proxy', 'socks5://proxy.example.com:1080'],
    ['HTTPS_PROXY', 'http://user:pa/ss@proxy.example.com:3128'],
    ['https_proxy', 'http://proxy.example.com:99999'],
  ])('is not taken directly because %s is %s, which nobody can use', (variable, value) => {
    const { kind, message } = failureFor(github, { [variable]: value });
    expect(kind).toBe('proxy');
    expect(message).toContain(variable);
    expect(message).not.toContain('pa/ss');
  });

  test('leads through the proxy that the environment names for it, or through none', () => {
    const HTTPS_PROXY = 'http://proxy.example.com';
    expect(checkDestination(github, { HTTPS_PROXY })?.variable).toBe('HTTPS_PROXY');
    expect(checkDestination(github, {})).toBeUndefined();
    expect(checkDestination(github, { HTTPS_PROXY, no_proxy: 'github.com' })).toBeUndefined();
  });
});
