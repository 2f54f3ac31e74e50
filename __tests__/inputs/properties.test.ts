import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inputNames, type InputName } from '../../src/inputs/declared.ts';
import { operationNames } from '../../src/operations/index.ts';
import { oneLine } from '../../src/core/text.ts';
import { read, someId, type Environment, type Given } from './step-inputs.ts';

const key = `cxup_${randomBytes(12).toString('hex')}`;
const token = `ghp_${randomBytes(12).toString('hex')}`;
const password = randomBytes(12).toString('hex');

const long = fc
  .constantFrom('x', '\n', '{', '::error::', '😀', `${someId},`, '-----BEGIN')
  .map((unit) => unit.repeat(Math.ceil(100_000 / unit.length)));

const anything = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      '\n',
      '\u0000',
      '\ud800',
      '\u202e',
      '::error::x',
      '##[error]',
    ),
  },
  { weight: 1, arbitrary: long },
);

/** The credential, and what careless hands make of it. */
const spoilt = (secret: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(secret),
    fc.tuple(anything, anything).map(([before, after]) => `${before}${secret}${after}`),
    fc.constantFrom(`Bearer ${secret}`, `${secret}\n${secret}`, `"${secret}"`, `${secret}é`),
  );

const plausible: Readonly<Partial<Record<InputName, readonly string[]>>> = {
  operation: operationNames,
  region: ['EU2', 'us1', 'EU9'],
  domain: ['eu2.coralogix.com', 'https://coralogix.com/'],
  endpoint: ['http://127.0.0.1:9000', 'a.example.com:443', '[::1]:9', 'http://a.example.com'],
  team_id: ['1', '7', '4001', '4294967295', '0', '4294967296'],
  name: ['n', 'my-app/{branch}', '{{x}}', '{pull_request}', '{environment}', '{', '}'],
  key_id: [someId, `${someId}\n${someId}`, 'x'],
  is_active: ['true', 'FALSE', 'yes'],
  access_policy: ['', '{}'],
  lifetime: ['job'],
  retire: ['delete'],
  retire_when: ['now'],
  secret_name: ['CX_KEY', 'GITHUB_X'],
  environment: ['dev'],
  max_prune: ['0', '5'],
  dry_run: ['true'],
  summary: ['false'],
  hashed: ['True'],
  timeout_seconds: ['1', '3601'],
};

const inputs: fc.Arbitrary<Given> = fc.record(
  Object.fromEntries(
    inputNames.map((name) => {
      if (name === 'api_key') return [name, spoilt(key)];
      if (name === 'github_token') return [name, spoilt(token)];
      const words = plausible[name];
      return [name, words === undefined ? anything : fc.oneof(fc.constantFrom(...words), anything)];
    }),
  ),
  { requiredKeys: [] },
);

const proxy = fc
  .record({
    scheme: fc.constantFrom('http://', 'https://', 'socks5://', '', '//'),
    user: fc.constantFrom('user:', ':', 'us%zzer:', 'us@er:', ''),
    spoilt: spoilt(password),
    host: fc.constantFrom(
      '@proxy.example.com:3128',
      '@',
      '@proxy:port',
      '',
      '@[::1',
      '@proxy/path',
    ),
  })
  .map((parts) => `${parts.scheme}${parts.user}${parts.spoilt}${parts.host}`);

const environment: fc.Arbitrary<Environment> = fc.record(
  {
    CORALOGIX_API_KEY: spoilt(key),
    CORALOGIX_REGION: fc.oneof(fc.constantFrom('EU1', 'x'), anything),
    CORALOGIX_DOMAIN: fc.oneof(fc.constantFrom('coralogix.us', 'x'), anything),
    CORALOGIX_TEAM_ID: fc.oneof(fc.constantFrom('1', '-1'), anything),
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    no_proxy: anything,
  },
  { requiredKeys: [] },
);

describe('whatever the inputs are', () => {
  test('the reader gives a request or problems, each one line at the runner, and throws nothing', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(inputs, environment, async (given, variables) => {
        const found = await read(given, variables);
        const told = found.ok ? found.value.warnings : found.problems;
        if (!found.ok) {
          refused += 1;
          expect(found.problems.length).toBeGreaterThan(0);
        }
        for (const sentence of told) {
          expect(sentence).not.toBe('');
          // Already before the log makes sure of it.
          expect(sentence).toBe(oneLine(sentence, 100_000));
          expect(sentence.length).toBeLessThan(3500);
          for (const secret of [key, token, password])
            expect(sentence.includes(secret)).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(0);
  });

  test('a request made of plausible inputs alone is often read', async () => {
    let steps = 0;
    const good: fc.Arbitrary<Given> = fc.record(
      Object.fromEntries(
        Object.entries(plausible).map(([name, words]) => [name, fc.constantFrom(...words)]),
      ),
      { requiredKeys: ['operation', 'name', 'team_id'] },
    );
    await fc.assert(
      fc.asyncProperty(good, async (given) => {
        const found = await read({
          endpoint: '127.0.0.1:9',
          ...given,
          api_key: key,
          region: '',
          domain: '',
        });
        if (found.ok) steps += 1;
        else expect(found.problems.length).toBeGreaterThan(0);
      }),
      // Always the same, as it is about how many there are.
      { numRuns: 200, seed: 1 },
    );
    expect(steps).toBeGreaterThan(5);
  });

  // A credential in the wrong place is masked in the log; an endpoint is also where people paste it.
  test('a credential in front of a host is not repeated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('endpoint', 'domain'),
        fc.constantFrom('', 'https://', 'http://', 'grpc://'),
        anything,
        async (input, scheme, rest) => {
          const text = `${scheme}user:${password}@${rest}`;
          const found = await read({ operation: 'list', api_key: key, [input]: text });
          expect(JSON.stringify(found)).not.toContain(password);
        },
      ),
      { numRuns: 200 },
    );
  });
});
