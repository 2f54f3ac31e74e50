import { describe, expect, test } from '@jest/globals';
import { Secret } from '../src/core/secret.ts';
import { inputNames, type InputName, type InputRecord } from '../src/inputs/declared.ts';
import {
  restoreConnection,
  restoreGitHub,
  toSave,
  type JobEndSettings,
} from '../src/job-end-settings.ts';
import type { Connection } from '../src/network/connection.ts';

const apiKey = 'cxup_0123456789abcdefghijklmnopqrst';
const password = 'pass-word-0123456789';
const direct: Connection = {
  endpoint: { host: 'api.eu2.coralogix.com', port: 443, secure: true, loopback: false },
  proxy: undefined,
  extraCertificates: 'PEM',
  apiKey: new Secret(apiKey),
};
const proxy = {
  host: 'proxy.example.com',
  port: 3128,
  credentials: `user:${password}`,
  variable: 'https_proxy',
};

type Environment = InputRecord['environment'];

/** What the runner hands over. */
function record(
  inputs: Partial<Record<InputName, string>>,
  environment: Environment = {},
): InputRecord {
  const blank = Object.fromEntries(inputNames.map((name) => [name, '']));
  return { inputs: { ...blank, ...inputs } as Record<InputName, string>, environment };
}

/** What comes back after the way through the state. */
function saved(connection: Connection, given: InputRecord): JobEndSettings {
  const settings = toSave(
    { connection, githubToken: undefined, timeoutMs: 90_000, summary: false },
    given,
  );
  return JSON.parse(JSON.stringify(settings)) as JobEndSettings;
}

/** The connection of the job's end, its secrets in clear. */
function restored(settings: JobEndSettings, now: InputRecord): unknown {
  const connection = restoreConnection(settings, now);
  if (!connection.ok) return connection.problems.join(' ');
  return { ...connection.value, apiKey: connection.value.apiKey.reveal() };
}

test('what is saved holds no secret, and the rest', () => {
  const settings = saved({ ...direct, proxy }, record({ api_key: apiKey }));
  const text = JSON.stringify(settings);
  for (const secret of [apiKey, apiKey.slice(5), password]) expect(text).not.toContain(secret);
  expect(settings).toMatchObject({
    connection: { endpoint: direct.endpoint, extraCertificates: 'PEM' },
    proxy: { host: proxy.host, port: proxy.port, needsPassword: true },
    credential: { source: 'api_key' },
    timeoutMs: 90_000,
    summary: false,
  });
});

describe('the credential', () => {
  const byInput = saved(direct, record({ api_key: apiKey }));
  const byVariable = saved(direct, record({}, { CORALOGIX_API_KEY: apiKey }));
  const connected = { ...direct, apiKey };

  test.each<[string, JobEndSettings, InputRecord]>([
    ['the input', byInput, record({ api_key: apiKey })],
    ['the input, with quotes around it', byInput, record({ api_key: `"${apiKey}"` })],
    ['the variable', byVariable, record({}, { CORALOGIX_API_KEY: ` ${apiKey}\n` })],
    ['the variable, where the input is blank', byInput, record({}, { CORALOGIX_API_KEY: apiKey })],
    [
      'the input, where somebody else uses the variable',
      byInput,
      record({ api_key: apiKey }, { CORALOGIX_API_KEY: 'cxup_other' }),
    ],
  ])('is taken from %s', (_from, settings, now) => {
    expect(restored(settings, now)).toEqual(connected);
  });

  test.each<[string, JobEndSettings, InputRecord, RegExp]>([
    ['blank, as an input', byInput, record({}), /`api_key`.* blank .*set CORALOGIX_API_KEY/u],
    ['another one, as an input', byInput, record({ api_key: 'cxup_other' }), /`api_key`.*another/u],
    ['gone, as a variable', byVariable, record({}), /`CORALOGIX_API_KEY`.*blank/u],
    [
      'another one, as a variable',
      byVariable,
      record({}, { CORALOGIX_API_KEY: 'cxup_other' }),
      /`CORALOGIX_API_KEY`.*another key/u,
    ],
  ])('that is %s by now is not used', (_what, settings, now, problem) => {
    expect(restored(settings, now)).toMatch(problem);
  });

  test('of somebody else is never quoted', () => {
    const other = 'cxup_othersecret0123456789';
    expect(restored(byInput, record({ api_key: other }))).not.toContain('othersecret');
  });
});

describe('the way', () => {
  const now = (environment: Environment): InputRecord =>
    record({ api_key: apiKey }, { ...environment });
  const given = record({ api_key: apiKey });

  test('is direct when main went directly, whatever the environment says by now', () => {
    const environment = { https_proxy: 'http://elsewhere.example.com:1', CORALOGIX_REGION: 'US1' };
    expect(restored(saved(direct, given), now(environment))).toEqual({ ...direct, apiKey });
  });

  test.each([
    ['is gone', {}],
    ['names another one', { https_proxy: 'http://elsewhere.example.com:1' }],
    ['cannot be used', { https_proxy: 'socks5://elsewhere.example.com:1' }],
    ['is overruled', { no_proxy: '*' }],
  ])('leads through the proxy of main, also when the variable %s', (_what, environment) => {
    const open = { ...proxy, credentials: undefined };
    expect(restored(saved({ ...direct, proxy: open }, given), now(environment))).toEqual({
      ...direct,
      apiKey,
      proxy: open,
    });
  });

  test('takes the password of the proxy from the variable again', () => {
    const settings = saved({ ...direct, proxy }, given);
    const environment = { https_proxy: `http://user:${password}@proxy.example.com:3128` };
    expect(restored(settings, now(environment))).toEqual({ ...direct, apiKey, proxy });
  });

  test.each([
    ['gone', {}],
    ['of another host', { https_proxy: `http://user:${password}@elsewhere.example.com:3128` }],
    ['of another port', { https_proxy: `http://user:${password}@proxy.example.com:3129` }],
    ['without a password', { https_proxy: 'http://proxy.example.com:3128' }],
    ['no URL', { https_proxy: '::' }],
  ])('ends where the password was in a variable that is %s by now', (_what, environment) => {
    const problem = restored(saved({ ...direct, proxy }, given), now(environment));
    expect(problem).toMatch(/went through the proxy proxy\.example\.com:3128.* https_proxy/u);
    expect(problem).not.toContain(password);
  });
});

describe('main’s GitHub', () => {
  const token = 'made-up-token-of-an-app-0123456789';
  const environment = {
    GITHUB_API_URL: 'https://github.example.com/api/v3',
    GITHUB_REPOSITORY: 'acme/shop',
  };
  const given = record({ api_key: apiKey, github_token: token }, environment);
  const { github, ...others } = toSave(
    {
      connection: direct,
      githubToken: new Secret(token),
      timeoutMs: 90_000,
      summary: false,
    },
    given,
  );
  const settings = JSON.parse(JSON.stringify({ ...others, github })) as JobEndSettings;

  test('is saved without its token', () => {
    expect(JSON.stringify(settings)).not.toContain(token.slice(5));
  });

  test.each([
    ['the same token', token, token],
    ['the same token, with quotes around it', `"${token}"`, token],
    ['another token', 'made-up-token-of-somebody-else', undefined],
    ['no token', '', undefined],
  ])('is asked with %s: only with its own', (_what, now, used) => {
    const elsewhere = {
      GITHUB_API_URL: 'https://evil.example.com',
      GITHUB_REPOSITORY: 'other/place',
    };
    const found = restoreGitHub(settings, record({ github_token: now }, elsewhere));
    expect({ ...found, token: found.token?.reveal() }).toEqual({
      token: used,
      apiUrl: 'https://github.example.com/api/v3',
      repository: { owner: 'acme', repo: 'shop' },
    });
  });

  test('is none where main had no token', () => {
    const without = saved(direct, given);
    expect(restoreGitHub(without, given).token).toBeUndefined();
  });
});
