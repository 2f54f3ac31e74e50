import { describe, expect, test } from '@jest/globals';
import { authority } from '../../src/network/endpoint.ts';
import { senderDomain } from '../../src/network/sender-settings.ts';
import {
  parseIngestionEndpoint,
  type IngestionInputs,
} from '../../src/network/ingestion-endpoint.ts';
import { regions } from '../../src/network/regions.ts';

const nothing: IngestionInputs = {
  region: undefined,
  domain: undefined,
  endpoint: undefined,
  ingestionEndpoint: undefined,
};

function found(inputs: Partial<IngestionInputs>): string {
  const parsed = parseIngestionEndpoint({ ...nothing, ...inputs });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const { endpoint } = parsed.value;
  return `${endpoint.secure ? 'https' : 'http'}://${authority(endpoint)}`;
}

function problem(inputs: Partial<IngestionInputs>): string {
  const parsed = parseIngestionEndpoint({ ...nothing, ...inputs });
  if (parsed.ok) throw new Error(`accepted: ${authority(parsed.value.endpoint)}`);
  return parsed.problems.join('\n');
}

describe('where telemetry goes', () => {
  test.each(regions)('follows from the region $name, by each of its names', (region) => {
    const ingress = `https://ingress.${region.domain}:443`;
    for (const name of [region.name, ...region.aliases]) {
      expect(found({ region: name })).toBe(ingress);
    }
    for (const domain of [region.domain, ...region.legacyDomains]) {
      expect(found({ domain })).toBe(ingress);
      expect(found({ domain: `https://my-team.app.${domain}/#/explore` })).toBe(ingress);
      expect(found({ endpoint: `api.${domain}` })).toBe(ingress);
      expect(found({ endpoint: `https://ng-api-grpc.${domain}:443` })).toBe(ingress);
    }
  });

  test.each<[string, Partial<IngestionInputs>]>([
    ['domain', { domain: 'api.private.eu2.coralogix.com' }],
    ['domain of ingestion', { domain: 'ingress.private.eu2.coralogix.com:443' }],
    ['endpoint', { endpoint: 'api.private.eu2.coralogix.com' }],
  ])('stays on PrivateLink where the %s is', (_what, inputs) => {
    expect(found(inputs)).toBe('https://ingress.private.eu2.coralogix.com:443');
  });

  test('follows from a domain that this version does not know', () => {
    expect(found({ domain: 'eu3.coralogix.com' })).toBe('https://ingress.eu3.coralogix.com:443');
  });

  test('follows from the region that is given besides a relay of the API', () => {
    const endpoint = 'relay.example.com:8443';
    expect(found({ endpoint, region: 'EU2' })).toBe('https://ingress.eu2.coralogix.com:443');
    expect(problem({ endpoint, region: 'EU9' })).toContain('no Coralogix region');
  });

  test('follows from the endpoint of the API itself, whatever region is given besides', () => {
    const endpoint = 'api.private.eu2.coralogix.com';
    for (const region of ['EU2', 'US1', 'EU9']) {
      expect(found({ endpoint, region })).toBe('https://ingress.private.eu2.coralogix.com:443');
    }
  });

  test.each([
    ['ingress.eu2.coralogix.com:443', 'https://ingress.eu2.coralogix.com:443'],
    ['"https://collector.example.com:4317"', 'https://collector.example.com:4317'],
    ['http://127.0.0.1:4317', 'http://127.0.0.1:4317'],
  ])('is %s where `ingestion_endpoint` says so, whatever the rest says', (text, expected) => {
    for (const rest of [{}, { region: 'EU1' }, { endpoint: 'relay.example.com' }, { domain: '' }]) {
      expect(found({ ...rest, ingestionEndpoint: text })).toBe(expected);
    }
  });

  test.each(['relay.example.com', 'api.example.com:8443', 'api.eu2.coralogix.com.example.com'])(
    'is not guessed from the endpoint %s, to whom a key would be sent',
    (endpoint) => {
      expect(problem({ endpoint })).toBe(
        `\`ingestion_endpoint\` is not given, and from \`endpoint\`, which is "${endpoint}", it does not follow where telemetry goes. Give \`ingestion_endpoint\`, or \`region\` besides.`,
      );
    },
  );

  test('is not the real one for the keys of a service on this machine', () => {
    const endpoint = 'http://127.0.0.1:8080';
    for (const region of [undefined, 'EU2']) {
      expect(problem({ endpoint, region })).toMatch(/Give `ingestion_endpoint`\.$/u);
    }
  });

  test('that is written wrongly is told by its own name', () => {
    const text = problem({ ingestionEndpoint: 'https://ingress.eu2.coralogix.com/v1/logs' });
    expect(text).toMatch(/^`ingestion_endpoint` is "https:.*"; .*, with nothing after it\.$/u);
    expect(problem({ ingestionEndpoint: 'http://ingress.eu2.coralogix.com' })).toContain(
      'plain text goes to a loopback address only',
    );
    const secret = problem({ ingestionEndpoint: 'user:w0rd@ingress.eu2.coralogix.com' });
    expect(secret).toMatch(/^`ingestion_endpoint` holds a user name or a password/u);
    expect(secret).not.toContain('w0rd');
  });

  test('is as unknown as the service, where nothing is given', () => {
    expect(problem({})).toMatch(/^No `region` is given/u);
    expect(problem({ region: 'EU1', domain: 'eu2.coralogix.com' })).toContain('give one of them');
  });
});

describe('the domain that senders are given', () => {
  function domain(inputs: Partial<IngestionInputs>): string | undefined {
    const parsed = parseIngestionEndpoint({ ...nothing, ...inputs });
    return parsed.ok ? senderDomain(parsed.value.endpoint) : undefined;
  }

  test('leads to the same ingress, when `ingress.` is put before it', () => {
    expect(domain({ region: 'EU2' })).toBe('eu2.coralogix.com');
    expect(domain({ domain: 'coralogix.us' })).toBe('us1.coralogix.com');
    expect(domain({ endpoint: 'api.private.eu2.coralogix.com' })).toBe('private.eu2.coralogix.com');
  });

  test.each(['collector.example.com:4317', 'ingress.example.com:8443', 'http://127.0.0.1:4317'])(
    'is not told where telemetry goes to %s',
    (ingestionEndpoint) => {
      expect(domain({ region: 'EU2', ingestionEndpoint })).toBeUndefined();
    },
  );
});
