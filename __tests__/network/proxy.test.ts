import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { Endpoint } from '../../src/network/endpoint.ts';
import { findProxy, type Proxy } from '../../src/network/proxy.ts';

type Environment = Readonly<Record<string, string>>;

const service: Endpoint = {
  host: 'api.eu2.coralogix.com',
  port: 443,
  secure: true,
  loopback: false,
};

function proxyOf(environment: Environment, endpoint = service): Proxy | undefined {
  const found = findProxy(endpoint, environment, 'grpc');
  if (!found.ok) throw new Error(found.problems.join('\n'));
  return found.value;
}

function problemOf(environment: Environment): string {
  const found = findProxy(service, environment, 'grpc');
  if (found.ok) throw new Error(`accepted: ${JSON.stringify(found.value)}`);
  return found.problems.join('\n');
}

describe('which variable holds', () => {
  test('none: the connection is direct', () => {
    expect(proxyOf({})).toBeUndefined();
    expect(proxyOf({ https_proxy: '', HTTPS_PROXY: '  ', all_proxy: 'x' })).toBeUndefined();
  });

  test.each([[['grpc_proxy', 'GRPC_PROXY', 'https_proxy', 'HTTPS_PROXY']]])(
    'the first of %j that is set, in either case',
    (order) => {
      for (const [index, variable] of order.entries()) {
        const later = order.slice(index);
        const environment = Object.fromEntries(
          later.map((each) => [each, `http://${each.replace('_', '-').toLowerCase()}.example.com`]),
        );
        expect(proxyOf(environment)?.variable).toBe(variable);
      }
    },
  );

  test('an empty one is as good as none', () => {
    expect(proxyOf({ grpc_proxy: ' ', HTTPS_PROXY: 'http://b.example.com:8080' })).toEqual({
      host: 'b.example.com',
      port: 8080,
      credentials: undefined,
      variable: 'HTTPS_PROXY',
    });
  });

  test('loopback is never proxied, not even when the value is broken', () => {
    const loopback = { ...service, host: '127.0.0.1', loopback: true };
    expect(proxyOf({ https_proxy: 'socks://broken' }, loopback)).toBeUndefined();
  });
});

describe('its value', () => {
  const all = { credentials: undefined, variable: 'https_proxy' };
  test.each([
    ['http://proxy.example.com:3128', { ...all, host: 'proxy.example.com', port: 3128 }],
    ['http://proxy.example.com:3128/', { ...all, host: 'proxy.example.com', port: 3128 }],
    ['http://proxy.example.com', { ...all, host: 'proxy.example.com', port: 80 }],
    ['proxy.example.com:3128', { ...all, host: 'proxy.example.com', port: 3128 }],
    [' HTTP://proxy.example.com ', { ...all, host: 'proxy.example.com', port: 80 }],
    ['http://[2001:db8::1]:3128', { ...all, host: '2001:db8::1', port: 3128 }],
    ['10.0.0.1:8080', { ...all, host: '10.0.0.1', port: 8080 }],
  ])('%j is understood', (value, expected) => {
    expect(proxyOf({ https_proxy: value })).toEqual(expected);
  });

  test('its credentials are decoded, colons and all', () => {
    const password = `${randomBytes(6).toString('hex')}:/@#?%é`;
    const url = `http://us%40er:${encodeURIComponent(password)}@proxy.example.com:3128`;
    expect(proxyOf({ https_proxy: url })?.credentials).toBe(`us@er:${password}`);
  });

  const secret = randomBytes(8).toString('hex');
  test.each([
    ['an https proxy', 'https://proxy.example.com:3128', /kind https:\/\/, which cannot be used/u],
    ['a socks proxy', 'socks5://proxy.example.com:1080', /kind socks5:\/\/, which cannot be used/u],
    ['no host', 'http://', /holds no URL/u],
    ['no number for a port', 'http://proxy.example.com:port', /holds no URL/u],
    ['two words', 'two words', /holds no URL/u],
    ['a socket', 'unix:/run/proxy.sock', /holds no URL|holds more than/u],
    ['a broken escape', `http://user:${secret}%zz@proxy.example.com`, /broken % escape/u],
    ['a slash in the password', `http://user:1/${secret}@proxy.example.com`, /not escaped/u],
    [
      'a question mark in the password',
      `http://user:1?${secret}@proxy.example.com`,
      /not escaped/u,
    ],
    ['a hash in the password', `http://user:1#${secret}@proxy.example.com`, /not escaped/u],
    [
      'a password of nobody',
      `http://:${secret}@proxy.example.com`,
      /without a password, or the other way round/u,
    ],
    [
      'a user alone',
      `http://${secret}@proxy.example.com`,
      /without a password, or the other way round/u,
    ],
    [
      'a user with an empty password',
      `http://${secret}:@proxy.example.com`,
      /without a password, or the other way round/u,
    ],
    ['credentials and no host', `http://user:${secret}@`, /holds no URL/u],
    ['port 0', `http://user:${secret}@proxy.example.com:0`, /names port 0/u],
  ])('is a problem and not a direct connection when it is %s', (_what, value, expected) => {
    const problem = problemOf({ HTTPS_PROXY: value });
    expect(problem).toMatch(/^The environment variable HTTPS_PROXY /u);
    expect(problem).toMatch(expected);
    expect(problem).not.toContain(secret);
    expect(problem).not.toContain('\n');
  });
});

test('no proxy is asked for an IPv6 address, which the transport would write so that none takes it', () => {
  const endpoint = { ...service, host: '2001:db8::1' };
  const found = findProxy(endpoint, { https_proxy: 'http://proxy.example.com' }, 'grpc');
  expect(found).toMatchObject({ ok: false });
  expect(findProxy(endpoint, {}, 'grpc')).toEqual({ ok: true, value: undefined });
});

describe('no_proxy', () => {
  const direct = (list: string, endpoint = service): boolean => {
    const environment = { https_proxy: 'http://proxy.example.com', no_proxy: list };
    const found = findProxy(endpoint, environment, 'grpc');
    return found.ok && found.value === undefined;
  };

  test.each([
    '*',
    '*:443',
    'api.eu2.coralogix.com',
    'API.EU2.Coralogix.com',
    'coralogix.com',
    '.coralogix.com',
    '*.coralogix.com',
    '*coralogix.com',
    'eu2.coralogix.com:443',
    'a.example.com, coralogix.com , b.example.com',
    'a.example.com coralogix.com',
    'a.example.com,\n\tcoralogix.com,',
    ',,coralogix.com,,',
  ])('%j goes direct', (list) => {
    expect(direct(list)).toBe(true);
  });

  test.each([
    ',',
    'example.com,',
    ' , ',
    '.',
    '*.',
    '**',
    'oralogix.com',
    'logix.com',
    'eu2.coralogix.com:8443',
    'api.eu2.coralogix.com.example.com',
    'www.api.eu2.coralogix.com',
    '10.0.0.0/8',
    '::/0',
    'http://coralogix.com',
  ])('%j goes through the proxy', (list) => {
    expect(direct(list)).toBe(false);
  });

  const at = (host: string): Endpoint => ({ ...service, host, port: 8443 });
  test.each([
    ['10.1.2.3', '10.1.2.3', true],
    ['10.1.2.3', '10.1.2.3:8443', true],
    ['10.1.2.3', '10.1.2.3:443', false],
    ['10.1.2.3', '10.0.0.0/8', true],
    ['10.1.2.3', '10.1.2.0/24', true],
    ['10.1.2.3', '10.1.3.0/24', false],
    ['10.1.2.3', '0.0.0.0/0', true],
    ['10.1.2.3', '10.0.0.0/33', false],
    ['10.1.2.3', '10.0.0.0/', false],
    ['10.1.2.3', '10.0.0.0/x', false],
    ['10.1.2.3', '2.3', false],
    ['10.1.2.3', '.1.2.3', false],
    ['2001:db8::1', '2001:db8::1', true],
    ['2001:db8::1', '2001:DB8:0:0:0:0:0:1', true],
    ['2001:db8::1', '[2001:db8::1]', true],
    ['2001:db8::1', '[2001:db8::1]:8443', true],
    ['2001:db8::1', '[2001:db8::1]:443', false],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db8::1', '2001:db9::/32', false],
    ['2001:db8::1', '10.0.0.0/8', false],
    ['10.1.2.3', '*', true],
  ])('%s with %s: direct is %s', (host, list, expected) => {
    expect(direct(list, at(host))).toBe(expected);
  });

  test.each(['NO_PROXY', 'no_grpc_proxy', 'NO_GRPC_PROXY'])('may also be called %s', (name) => {
    const environment = { https_proxy: 'http://proxy.example.com', [name]: 'coralogix.com' };
    expect(proxyOf(environment)).toBeUndefined();
  });

  test('the one that is for gRPC beats the general one', () => {
    const environment = {
      https_proxy: 'http://proxy.example.com',
      no_proxy: '*',
      no_grpc_proxy: 'example.com',
    };
    expect(proxyOf(environment)).toBeDefined();
  });
});
