import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { createAuthority } from '../../tools/emulator/certificates.ts';
import { apiKey, base, problems, requested, warnings, type Environment } from './step-inputs.ts';

const list = { ...base, operation: 'list' };

async function host(given: object, environment?: Environment): Promise<string> {
  const { connection } = await requested(
    { api_key: apiKey, operation: 'list', ...given },
    environment,
  );
  return connection.endpoint.host;
}

describe('where the service is', () => {
  test('is told by the region, the domain or the endpoint', async () => {
    expect(await host({ region: 'us1' })).toBe('api.us1.coralogix.com');
    expect(await host({ domain: 'coralogix.com' })).toBe('api.eu1.coralogix.com');
    expect(await host({ endpoint: 'a.example.com:8443' })).toBe('a.example.com');
  });

  test('is told by the environment when no input says it', async () => {
    expect(await host({}, { CORALOGIX_REGION: 'US2' })).toBe('api.us2.coralogix.com');
    expect(await host({}, { CORALOGIX_DOMAIN: ' coralogix.us ' })).toBe('api.us1.coralogix.com');
  });

  test('explicit inputs beat the environment, whichever of the two each of them names', async () => {
    const both = { CORALOGIX_REGION: 'US2', CORALOGIX_DOMAIN: 'coralogix.in' };
    expect(await host({ region: 'EU1' }, both)).toBe('api.eu1.coralogix.com');
    expect(await host({ domain: 'eu2.coralogix.com' }, both)).toBe('api.eu2.coralogix.com');
    expect(await host({ endpoint: 'a.example.com' }, both)).toBe('a.example.com');
    expect(await host({ region: 'EU1' }, { CORALOGIX_REGION: 'nonsense' })).toBe(
      'api.eu1.coralogix.com',
    );
  });

  test('both in the environment may be given if they agree; else the problem names them', async () => {
    const same = { CORALOGIX_REGION: 'AP1', CORALOGIX_DOMAIN: 'coralogix.in' };
    expect(await host({}, same)).toBe('api.ap1.coralogix.com');
    const both = { CORALOGIX_REGION: 'US2', CORALOGIX_DOMAIN: 'coralogix.in' };
    expect(await problems({ api_key: apiKey, operation: 'list' }, both)).toEqual([
      expect.stringMatching(
        /\(from CORALOGIX_REGION\) is .* and .* \(from CORALOGIX_DOMAIN\) is /u,
      ),
    ]);
  });

  test('an endpoint beside a region or a domain is warned of', async () => {
    const said = '`endpoint` is given, so `region` and `domain` have no effect.';
    const ingestion_endpoint = 'b.example.com';
    for (const given of [
      { endpoint: 'api.eu1.coralogix.com' },
      { endpoint: 'localhost:8443' },
      { endpoint: 'a.example.com', ingestion_endpoint },
    ]) {
      expect(await warnings({ ...list, ...given })).toEqual([said]);
    }
    expect(await warnings(list)).toEqual([]);
  });

  test('a region beside the endpoint of a relay says where telemetry goes, and that is told', async () => {
    const given = { ...list, endpoint: 'a.example.com' };
    expect(await warnings(given)).toEqual([
      '`endpoint` is given, so `region` and `domain` say only where telemetry goes.',
    ]);
    expect((await requested(given)).ingestion).toMatchObject({
      endpoint: { host: 'ingress.eu2.coralogix.com' },
      placedBy: '`region`',
    });
  });
});

describe('where telemetry goes', () => {
  const verifying = {
    api_key: apiKey,
    operation: 'create',
    name: 'a',
    team_id: '1',
    verify: 'true',
  };

  test('has to be said for a service on this machine, where a proof is asked for', async () => {
    const endpoint = 'https://localhost:8443';
    const said =
      '`ingestion_endpoint` is not given, and from `endpoint`, which is "https://localhost:8443", it does not follow where telemetry goes. Give `ingestion_endpoint`.';
    expect(await problems({ ...verifying, endpoint })).toEqual([said]);
    const team = '`team_id` is "none": it must be a whole number from 1 to 4294967295.';
    expect(await problems({ ...verifying, endpoint, team_id: 'none' })).toEqual([team, said]);
    for (const verify of ['false', '']) {
      expect((await requested({ ...verifying, endpoint, verify })).ingestion).toBeUndefined();
    }
    // An operation that proves nothing is only told that it has no effect.
    const read = { ...verifying, endpoint, operation: 'get', team_id: '' };
    expect(await warnings(read)).toEqual([
      'The input `verify` is not used by `get`, and has no effect.',
    ]);
  });

  test('follows over PrivateLink', async () => {
    const endpoint = 'api.private.eu2.coralogix.com';
    for (const given of [{ endpoint }, { domain: endpoint }]) {
      const { connection, ingestion } = await requested({ ...verifying, ...given });
      expect(connection.endpoint.host).toBe(endpoint);
      expect(ingestion?.endpoint).toMatchObject({
        host: 'ingress.private.eu2.coralogix.com',
        port: 443,
      });
    }
  });

  test('is told to be wrong besides the endpoint that is wrong', async () => {
    const given = { endpoint: 'a.example.com/api', ingestion_endpoint: 'b.example.com/v1/logs' };
    const both = [
      expect.stringMatching(/^`endpoint` is "a\.example\.com\/api".*with nothing after it\.$/u),
      expect.stringMatching(/^`ingestion_endpoint` is "b\.example\.com\/v1\/logs"; it must be/u),
    ];
    expect(await problems({ ...verifying, ...given })).toEqual(both);
    expect(await problems({ ...verifying, ...given, verify: 'false' })).toEqual(both);
  });

  test('is told once, where it is as unknown as the service', async () => {
    expect(await problems(verifying)).toEqual([expect.stringMatching(/^No `region` is given/u)]);
  });

  test('has a way of its own: what `no_proxy` excepts is the one host or the other', async () => {
    const region = 'EU2';
    const way = async (no_proxy: string): Promise<unknown> => {
      const variables = { https_proxy: 'http://proxy.example.com:3128', no_proxy };
      const { connection, ingestion } = await requested({ ...verifying, region }, variables);
      return [connection.proxy?.host, ingestion?.proxy?.host];
    };
    const proxy = 'proxy.example.com';
    expect(await way('')).toEqual([proxy, proxy]);
    expect(await way('api.eu2.coralogix.com')).toEqual([undefined, proxy]);
    expect(await way('ingress.eu2.coralogix.com')).toEqual([proxy, undefined]);
    expect(await way('.coralogix.com')).toEqual([undefined, undefined]);
  });

  test('cannot be an IPv6 address through a proxy, and is named as what it was given with', async () => {
    const variables = { https_proxy: 'http://proxy.example.com:3128' };
    const ingestion_endpoint = 'https://[2001:db8::1]:4317';
    const given = { ...verifying, region: 'EU2', ingestion_endpoint };
    expect(await problems(given, variables)).toEqual([
      expect.stringContaining('through which `ingestion_endpoint` cannot be an IPv6 address'),
    ]);
  });
});

describe('api_key', () => {
  test('comes from the input, or else from the environment', async () => {
    const other = randomBytes(12).toString('hex');
    const environment = { CORALOGIX_API_KEY: ` ${other}\n` };
    const key = async (given: object): Promise<string> =>
      (
        await requested({ region: 'EU2', operation: 'list', ...given }, environment)
      ).connection.apiKey.reveal();
    expect(await key({ api_key: apiKey })).toBe(apiKey);
    expect(await key({})).toBe(other);
  });

  test.each([
    ['a line break', `${apiKey}\n${apiKey}`, 'holds a line break'],
    ['a carriage return', `${apiKey}\r${apiKey}`, 'holds a line break'],
    ['a blank', `${apiKey} ${apiKey}`, 'holds blanks or characters that no key has'],
    ['a letter that is not ASCII', `${apiKey}é`, 'holds blanks or characters that no key has'],
    ['a control character', `${apiKey}\u0007x`, 'holds blanks or characters that no key has'],
    ['the word in front of it', `Bearer ${apiKey}`, 'must be the key alone'],
    ['the word in small letters', `bearer ${apiKey}`, 'must be the key alone'],
    ['a length that no key has', apiKey.repeat(1000), 'holds blanks or characters'],
  ])('with %s is refused, without being repeated', async (_what, text, said) => {
    for (const [given, environment, source] of [
      [{ region: 'EU2', operation: 'list', api_key: text }, {}, '`api_key`'],
      [
        { region: 'EU2', operation: 'list' },
        { CORALOGIX_API_KEY: text },
        '`api_key` (from CORALOGIX_API_KEY)',
      ],
    ] as const) {
      const [problem = '', ...rest] = await problems(given, environment);
      expect(problem.startsWith(`${source} ${said}`)).toBe(true);
      expect(problem.includes(apiKey)).toBe(false);
      expect(rest).toEqual([]);
    }
  });

  test('missing is a problem that says what it is', async () => {
    expect(await problems({ region: 'EU2', operation: 'list' })).toEqual([
      '`api_key` (or the environment variable CORALOGIX_API_KEY) is missing: it is your Coralogix management key, with the `ApiKeys` preset, and best kept in a secret. A secret that does not exist is empty, and so is each one for a pull request from a fork or from Dependabot.',
    ]);
  });
});

test('an extra certificate is read, and a wrong one is a problem', async () => {
  const { certificate } = await createAuthority('x');
  const { connection } = await requested({ ...list, ca_certificate: certificate });
  expect(connection.extraCertificates).toBe(`${certificate.trim()}\n`);
  expect((await requested(list)).connection.extraCertificates).toBeUndefined();
  expect(await problems({ ...list, ca_certificate: '-----BEGIN X-----' })).toEqual([
    expect.stringMatching(/^`ca_certificate` holds no certificate/u),
  ]);
});

test('a proxy is found, unless the host is excepted or this machine', async () => {
  const proxied = { HTTPS_PROXY: 'http://proxy.example.com:3128' };
  expect((await requested(list, proxied)).connection.proxy?.host).toBe('proxy.example.com');
  const excepted = { ...proxied, NO_PROXY: '.coralogix.com' };
  expect((await requested(list, excepted)).connection.proxy).toBeUndefined();
  const here = { ...list, region: '', endpoint: 'http://127.0.0.1:9000' };
  expect((await requested(here, proxied)).connection.proxy).toBeUndefined();
});

test('a proxy that could not be used is a problem beside the others', async () => {
  const found = await problems({ region: 'EU2', operation: 'list' }, { https_proxy: 'socks5://a' });
  expect(found).toHaveLength(2);
  expect(found.join()).toMatch(/`api_key`.*variable https_proxy names a proxy of the kind socks5/u);
});

describe('github_token, timeout_seconds and summary', () => {
  test('have their defaults', async () => {
    expect(await requested({ ...list, github_token: '' })).toMatchObject({
      githubToken: undefined,
      timeoutMs: 60_000,
      summary: true,
    });
  });

  test('are read', async () => {
    const token = randomBytes(12).toString('hex');
    const step = await requested({
      ...list,
      github_token: token,
      timeout_seconds: '5',
      summary: 'FALSE',
    });
    expect(step).toMatchObject({ timeoutMs: 5000, summary: false });
    expect(step.githubToken?.reveal()).toBe(token);
  });

  test('a broken token is refused, without being repeated', async () => {
    const token = randomBytes(12).toString('hex');
    const [problem = ''] = await problems({ ...list, github_token: `${token}\n${token}` });
    expect(problem).toMatch(/^`github_token` holds a line break/u);
    expect(problem.includes(token)).toBe(false);
  });

  test.each(['0', '3601', '-1', '1.5', '1e2', 'ten', '٣', ' 5 s', '99999999999999999999'])(
    'timeout_seconds: %s is refused',
    async (timeout_seconds) => {
      expect(await problems({ ...list, timeout_seconds })).toEqual([
        expect.stringMatching(
          /^`timeout_seconds` is ".*": it must be a whole number from 1 to 3600\.$/u,
        ),
      ]);
    },
  );
});
