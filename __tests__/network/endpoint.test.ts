import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { authority, isLoopback, type Endpoint } from '../../src/network/endpoint.ts';
import { regionNames } from '../../src/network/regions.ts';
import {
  parseEndpoint,
  placedBy,
  type EndpointInputs,
} from '../../src/network/service-endpoint.ts';

const nothing: EndpointInputs = { region: undefined, domain: undefined, endpoint: undefined };

function found(inputs: Partial<EndpointInputs>): Endpoint {
  const parsed = parseEndpoint({ ...nothing, ...inputs });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.value;
}

function problem(inputs: Partial<EndpointInputs>): string {
  const parsed = parseEndpoint({ ...nothing, ...inputs });
  if (parsed.ok) throw new Error(`accepted: ${authority(parsed.value)}`);
  return parsed.problems.join('\n');
}

const secure = (host: string, port = 443): Endpoint => ({
  host,
  port,
  secure: true,
  loopback: false,
});

describe('region', () => {
  test.each([
    ['EU1', 'api.eu1.coralogix.com'],
    ['EU2', 'api.eu2.coralogix.com'],
    ['US1', 'api.us1.coralogix.com'],
    ['US2', 'api.us2.coralogix.com'],
    ['US3', 'api.us3.coralogix.com'],
    ['AP1', 'api.ap1.coralogix.com'],
    ['AP2', 'api.ap2.coralogix.com'],
    ['AP3', 'api.ap3.coralogix.com'],
    ['GOV1', 'api.gov1.coralogixgov.us'],
    ['EUROPE1', 'api.eu1.coralogix.com'],
    ['EUROPE2', 'api.eu2.coralogix.com'],
    ['USA1', 'api.us1.coralogix.com'],
    ['USA2', 'api.us2.coralogix.com'],
    ['USA3', 'api.us3.coralogix.com'],
    ['APAC1', 'api.ap1.coralogix.com'],
    ['APAC2', 'api.ap2.coralogix.com'],
    ['APAC3', 'api.ap3.coralogix.com'],
  ])('%s is at %s, in either case', (region, host) => {
    expect(found({ region })).toEqual(secure(host));
    expect(found({ region: region.toLowerCase() })).toEqual(secure(host));
  });

  test('an unknown one lists those that exist', () => {
    const text = problem({ region: 'EU9' });
    expect(text).toContain('`region` is "EU9"');
    expect(text).toContain('EU1, EU2, US1, US2, US3, AP1, AP2, AP3, GOV1');
    expect(regionNames).toHaveLength(9);
  });

  test.each([
    ['EU1', 'eu1.coralogix.com', 'api.eu1.coralogix.com'],
    ['EU1', 'coralogix.com', 'api.eu1.coralogix.com'],
    [
      'us2.coralogix.com',
      'https://my-team.app.us2.coralogix.com/#/settings',
      'api.us2.coralogix.com',
    ],
  ])('%s agrees with the domain %s', (region, domain, host) => {
    expect(found({ region, domain })).toEqual(secure(host));
  });

  test('that does not agree with the domain is a problem that names both, and none of the three is one', () => {
    const text = problem({ region: 'EU1', domain: 'eu2.coralogix.com' });
    expect(text).toBe(
      '`region` is "EU1", which is at api.eu1.coralogix.com, and `domain` is "eu2.coralogix.com", which is at api.eu2.coralogix.com: give one of them.',
    );
    expect(problem({ region: 'EU9', domain: 'x y' }).split('\n')).toHaveLength(2);
    expect(problem({})).toMatch(/^No `region` is given/u);
  });
});

describe('domain', () => {
  test.each([
    ['eu1.coralogix.com', 'api.eu1.coralogix.com'],
    ['coralogix.com', 'api.eu1.coralogix.com'],
    ['eu2.coralogix.com', 'api.eu2.coralogix.com'],
    ['us1.coralogix.com', 'api.us1.coralogix.com'],
    ['coralogix.us', 'api.us1.coralogix.com'],
    ['us2.coralogix.com', 'api.us2.coralogix.com'],
    ['cx498.coralogix.com', 'api.us2.coralogix.com'],
    ['us3.coralogix.com', 'api.us3.coralogix.com'],
    ['coralogix.in', 'api.ap1.coralogix.com'],
    ['app.coralogix.in', 'api.ap1.coralogix.com'],
    ['coralogixsg.com', 'api.ap2.coralogix.com'],
    ['ap3.coralogix.com', 'api.ap3.coralogix.com'],
    ['gov1.coralogixgov.us', 'api.gov1.coralogixgov.us'],
    ['EU2.Coralogix.COM', 'api.eu2.coralogix.com'],
    ['new1.coralogix.com', 'api.new1.coralogix.com'],
    // What peers shipped as bugs: `api.` twice, a scheme or a slash kept, the SDKs' older host.
    ['api.eu2.coralogix.com', 'api.eu2.coralogix.com'],
    ['api.coralogix.com', 'api.eu1.coralogix.com'],
    ['https://api.eu2.coralogix.com/', 'api.eu2.coralogix.com'],
    ['http://eu2.coralogix.com//', 'api.eu2.coralogix.com'],
    ['ng-api-grpc.coralogix.com', 'api.eu1.coralogix.com'],
    ['ng-api-grpc.api.eu2.coralogix.com', 'api.eu2.coralogix.com'],
    // PrivateLink has hosts of its own.
    ['api.private.eu2.coralogix.com', 'api.private.eu2.coralogix.com'],
    ['https://api.private.eu2.coralogix.com/', 'api.private.eu2.coralogix.com'],
    ['private.eu2.coralogix.com', 'api.private.eu2.coralogix.com'],
    ['ingress.private.eu2.coralogix.com:443', 'api.private.eu2.coralogix.com'],
    // What people paste: the address of their browser, hosts of ingestion, a port, a name, quotes.
    ['https://my-team.app.eu2.coralogix.com/#/dashboard?id=1', 'api.eu2.coralogix.com'],
    ['https://my-team.app.eu9.example.com/', 'api.eu9.example.com'],
    ['my-team.coralogix.com', 'api.eu1.coralogix.com'],
    ['https://my-team.app.coralogix.in/', 'api.ap1.coralogix.com'],
    ['my-team.cx498.coralogix.com', 'api.us2.coralogix.com'],
    ['dashboard.eu2.coralogix.com', 'api.eu2.coralogix.com'],
    ['ingress.eu2.coralogix.com:443', 'api.eu2.coralogix.com'],
    ['ng-api-http.coralogix.us', 'api.us1.coralogix.com'],
    ['api.api.eu2.coralogix.com', 'api.eu2.coralogix.com'],
    ['eu2.coralogix.com:443', 'api.eu2.coralogix.com'],
    ['eu2.coralogix.com/path', 'api.eu2.coralogix.com'],
    ['EU2', 'api.eu2.coralogix.com'],
    ['"eu2.coralogix.com"', 'api.eu2.coralogix.com'],
    [" 'eu2.coralogix.com' ", 'api.eu2.coralogix.com'],
    // A region that this version does not know is none of EU1's teams.
    ['eu3.coralogix.com', 'api.eu3.coralogix.com'],
    ['coralogix.example.com', 'api.coralogix.example.com'],
  ])('%s leads to %s', (domain, host) => {
    expect(found({ domain })).toEqual(secure(host));
    // The two are confused, and nothing is lost by that.
    expect(found({ region: domain })).toEqual(secure(host));
  });

  test.each([
    'eu2 coralogix.com',
    'eu2..coralogix.com',
    '-eu2.coralogix.com',
    'eu2.coralogix.com:444',
    'eu2.coralogix.com\nevil.example.com',
    `${'a'.repeat(64)}.example.com`,
    'https://',
    'EU9',
    'localhost',
  ])('%j is no domain name', (domain) => {
    expect(problem({ domain })).toMatch(/^`domain` is ".*", which is no domain name\./u);
  });
});

describe('endpoint', () => {
  test.each([
    ['api.eu2.coralogix.com', secure('api.eu2.coralogix.com')],
    ['API.EU2.coralogix.com:8443', secure('api.eu2.coralogix.com', 8443)],
    ['https://proxy.example.com:50051/', secure('proxy.example.com', 50051)],
    ['https://proxy.example.com:443', secure('proxy.example.com')],
    ['[2001:db8::1]:8443', secure('2001:db8::1', 8443)],
    ['https://[2001:DB8:0:0::1]', secure('2001:db8::1')],
    ['192.0.2.1', secure('192.0.2.1')],
    ['https://localhost:9000', { ...secure('localhost', 9000), loopback: true }],
    ['127.0.0.1:9000', { ...secure('127.0.0.1', 9000), loopback: true }],
  ])('%s is understood', (endpoint, expected) => {
    expect(found({ endpoint })).toEqual(expected);
  });

  test('beats region and domain', () => {
    const inputs = { endpoint: 'a.example.com', region: 'XX', domain: 'also wrong' };
    expect(found(inputs)).toEqual(secure('a.example.com'));
  });

  const plain = (host: string, port: number): Endpoint => ({
    host,
    port,
    secure: false,
    loopback: true,
  });

  test.each([
    ['http://127.0.0.1:9000', plain('127.0.0.1', 9000)],
    ['http://127.0.0.1', plain('127.0.0.1', 80)],
    ['http://127.1:9000', plain('127.0.0.1', 9000)],
    ['http://0x7f.1:9000', plain('127.0.0.1', 9000)],
    ['http://2130706433:9000', plain('127.0.0.1', 9000)],
    ['http://127.255.255.254:9000', plain('127.255.255.254', 9000)],
    ['http://[::1]:9000', plain('::1', 9000)],
    ['http://[::ffff:127.0.0.1]:9000', plain('::ffff:7f00:1', 9000)],
    // The name could be made to lead elsewhere.
    ['http://localhost:9000', plain('127.0.0.1', 9000)],
    ['HTTP://LOCALHOST:9000', plain('127.0.0.1', 9000)],
  ])('plain text goes to the loopback address %s', (endpoint, expected) => {
    expect(found({ endpoint })).toEqual(expected);
  });

  test.each([
    'http://api.eu2.coralogix.com',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://foo.localhost',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://0',
    'http://[::]',
    'http://[::ffff:10.0.0.1]',
    'http://[::2]',
    'http://10.0.0.1',
  ])('plain text does not go to %s', (endpoint) => {
    expect(problem({ endpoint })).toContain('plain text goes to a loopback address only');
  });

  test.each([
    'grpc://a.example.com',
    'ftp://a.example.com',
    'a.example.com:0',
    'a.example.com:65536',
    'a.example.com:port',
    'a.example.com/path',
    'a.example.com?query=1',
    'https://a.example.com/#top',
    'https://',
    'a b.example.com',
    'a.example.com\nb.example.com',
    'a.example.com\u0000',
    '[2001:db8::1',
    '2001:db8::1',
    'a..example.com',
    'https://a.example.com.',
  ])('%j is refused', (endpoint) => {
    expect(problem({ endpoint })).toMatch(/^`endpoint` is ".*"; it must be host\[:port\]/u);
  });
});

test.each(['https://user:pass%s@a.example.com', 'user:pass%s@a.example.com', '@pass%s b'])(
  'credentials in %s are refused, and not repeated',
  (template) => {
    const text = template.replace('%s', 'w0rd');
    for (const inputs of [{ endpoint: text }, { domain: text }]) {
      expect(problem(inputs)).toMatch(/holds a user name or a password/u);
      expect(problem(inputs)).not.toContain('w0rd');
    }
  },
);

test('text from outside is quoted on one short line', () => {
  const text = problem({ endpoint: `http://\n::error::${'x'.repeat(100_000)}` });
  expect(text).not.toMatch(/\n/u);
  expect(text.length).toBeLessThan(400);
});

test('a loopback host is told by its address', () => {
  expect(['localhost', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['localhost.example.com', '126.0.0.1', '::2', ''].map(isLoopback)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('an authority puts brackets around an IPv6 address only', () => {
  expect(authority({ host: '::1', port: 1 })).toBe('[::1]:1');
  expect(authority({ host: '127.0.0.1', port: 2 })).toBe('127.0.0.1:2');
  expect(authority({ host: 'a.example.com', port: 443 })).toBe('a.example.com:443');
});

test('hints name the place by what was given, and by nothing else', () => {
  const given = fc.option(fc.string({ minLength: 1 }), { nil: undefined });
  fc.assert(
    fc.property(
      given,
      given,
      given,
      fc.boolean(),
      (region, domain, endpoint, isFromEnvironment) => {
        fc.pre(region !== undefined || domain !== undefined || endpoint !== undefined);
        const named = placedBy({ region, domain, endpoint, isFromEnvironment });
        const [, input = ''] = /^`([a-z]+)`/u.exec(named) ?? [];
        expect({ region, domain, endpoint }).toHaveProperty(input, expect.any(String));
        expect(named.includes('CORALOGIX_')).toBe(isFromEnvironment && endpoint === undefined);
      },
    ),
  );
});
